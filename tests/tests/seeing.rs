//! What an embedder sees: events, spans, metrics, the snapshot.

use first_class_host::{Caller, Source};
use first_class_tests::{component, guest, patient};
use metrics_util::MetricKind;
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use std::fmt::Write;
use std::sync::{Arc, LazyLock, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

first_class::first_class_world!({ world: "accumulator", path: "wit/accumulator" });
first_class::first_class_world!({ world: "system", path: "wit/system" });
first_class::first_class_world!({ world: "text", path: "wit/text" });

/// Writes down what it is told, a line each.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

/// Writes fields down.
struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, " {field}={value:?}");
    }
}

impl Log {
    fn line(&self, kind: &str, record: impl FnOnce(&mut Fields<'_>)) {
        let mut log = self.0.lock().expect("is whole");
        log.push_str(kind);
        record(&mut Fields(&mut log));
        log.push('\n');
    }

    fn text(&self) -> String {
        self.0.lock().expect("is whole").clone()
    }
}

impl<S: Subscriber> Layer<S> for Log {
    fn on_new_span(&self, span: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        self.line(span.metadata().name(), |fields| span.record(fields));
    }

    fn on_record(&self, _: &Id, record: &Record<'_>, _: Context<'_, S>) {
        self.line("record", |fields| record.record(fields));
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        self.line("event", |fields| event.record(fields));
    }
}

/// What all tests of this program have been told; each looks for its own sources. One for each test
/// would not do: whether anybody listens at some place is remembered for the whole program.
static LOG: LazyLock<Log> = LazyLock::new(|| {
    let log = Log::default();
    let subscriber = tracing_subscriber::registry().with(log.clone());
    tracing::subscriber::set_global_default(subscriber).expect("is the only one");
    log
});

#[test]
fn what_a_plugin_wrote_before_it_died_is_told() {
    let log = &*LOG;
    let shim = patient().source("system", Source::file(guest("test-system")));
    first_class_native::host_with(&shim.build().expect("builds"));
    let system = SystemInstance::load("system").expect("loads");
    assert!(system.die("first line\nlast words").is_err());
    let text = log.text();
    let find = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part}:\n{text}"));
    let (first, last) = (find("line=first line"), find("line=last words"));
    let death = find("message=an instance died");
    assert!(first < last && last < death, "{text}");
    assert!(text.contains(r#"source="system""#), "{text}");
    assert!(text.contains("dies_here"), "{text}");
}

#[test]
fn loads_and_calls_have_spans() {
    let log = &*LOG;
    let shim = patient().source("text", Source::bytes(component("text", &[])));
    first_class_native::host_with(&shim.build().expect("builds"));
    let text = TextInstance::load("text").expect("loads");
    text.echo("four").expect("echoes");
    let text = log.text();
    for line in [
        r#"load source="text""#,
        r#"record outcome="ok""#,
        r#"call source="text" instance=0 function="echo" bytes_in=20"#,
        "record bytes_out=12",
    ] {
        assert!(text.contains(line), "{line}:\n{text}");
    }
}

#[test]
fn metrics_count_calls_and_measure_them() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    metrics::with_local_recorder(&recorder, || {
        let shim = patient()
            .source("it/*", Source::bytes(component("accumulator", &[])))
            .metrics()
            .build()
            .expect("builds");
        first_class_native::host_as(&shim, Caller::default());
        for name in ["it/a", "it/b"] {
            let sum = AccumulatorInstance::load(name).expect("loads");
            sum.add(1).expect("adds");
            sum.add(1).expect("adds");
        }
        assert!(AccumulatorInstance::load("other").is_err());
    });
    let mut said = String::new();
    for (key, _, _, value) in snapshotter.snapshot().into_vec() {
        let (kind, key) = key.into_parts();
        let labels: Vec<_> = key
            .labels()
            .map(|label| format!("{}={}", label.key(), label.value()))
            .collect();
        let value = match (kind, value) {
            (MetricKind::Counter, DebugValue::Counter(count)) => count as usize,
            (_, DebugValue::Histogram(values)) => values.len(),
            (_, other) => panic!("{other:?}"),
        };
        writeln!(said, "{} {} {value}", key.name(), labels.join(" ")).expect("is text");
    }
    for line in [
        "first_class_calls_total source=it/* outcome=ok 4\n",
        "first_class_calls_total source=it/* outcome=trap 0\n",
        "first_class_call_seconds source=it/* 4\n",
        "first_class_call_bytes_in source=it/* 4\n",
        "first_class_loads_total outcome=ok 2\n",
        "first_class_loads_total outcome=error 1\n",
        "first_class_load_seconds  3\n",
    ] {
        assert!(said.contains(line), "{line}:\n{said}");
    }
}

#[test]
fn a_snapshot_says_what_there_is_and_what_there_was() {
    let one_page = ("(func $start)", "(func $start) (memory 1)");
    let plugin = component("accumulator", &[one_page]);
    let shim = patient().source("it", Source::bytes(plugin));
    let shim = shim.build().expect("builds");
    first_class_native::host_with(&shim);
    let instances: Vec<_> = (0..3)
        .map(|_| AccumulatorInstance::load("it").expect("loads"))
        .collect();
    for instance in &instances {
        instance.add(1).expect("adds");
    }
    let snapshot = shim.snapshot();
    assert_eq!((snapshot.instances, snapshot.calls), (3, 3));
    assert_eq!((snapshot.deaths, snapshot.compilations), (0, 1));
    // The bridges have none, since nothing needed a buffer.
    assert_eq!(snapshot.memory_bytes, 3 << 16);
    drop(instances);
    let snapshot = shim.snapshot();
    assert_eq!((snapshot.instances, snapshot.memory_bytes), (0, 0));
}
