//! What an embedder sees of calls through a backend.

use crate::LONG;
use crate::custom::{Office, OfficeInstance};
use first_class_host::backends::BackendError;
use first_class_host::{Caller, Retry, Shim, Source};
use metrics_util::debugging::{DebugValue, DebuggingRecorder};

#[test]
fn the_ends_of_calls_are_counted() {
    let office = Office::default();
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let shim = metrics::with_local_recorder(&recorder, || {
        let source = Source::backend(office.clone()).retry(Retry::default().attempts(1));
        let builder = Shim::builder().source("office", source).metrics();
        builder.deadline(LONG).build().expect("builds")
    });
    first_class_native::host_as(&shim, Caller::default());
    let instance = OfficeInstance::load("office").expect("loads");
    let message = || String::from("on purpose");
    office.answer([
        BackendError::Unreachable { message: message() },
        BackendError::Lost { message: message() },
        BackendError::Failed { message: message() },
    ]);
    for _ in 0..3 {
        assert!(instance.add(1).is_err());
    }
    assert_eq!(instance.add(1), Ok(1));
    assert_eq!(shim.snapshot().calls, 4);

    let counted = snapshotter.snapshot().into_vec();
    let outcome = |outcome: &str| {
        let found = counted.iter().find(|(key, ..)| {
            let mut labels = key.key().labels();
            labels.any(|label| label.key() == "outcome" && label.value() == outcome)
                && key.key().name() == "first_class_calls_total"
        });
        match found {
            Some((.., DebugValue::Counter(count))) => *count,
            other => panic!("{outcome}: {other:?}"),
        }
    };
    let outcomes = ["ok", "unavailable", "remote", "dead"].map(outcome);
    assert_eq!(outcomes, [1, 2, 1, 0]);
}
