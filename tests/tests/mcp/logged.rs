//! What a process writes to its standard error, in the host's log.

use crate::host;
use crate::stub::{StubInstance, stub, tools};
use first_class_tests::eventually;
use std::fs::{self, File};
use std::sync::Mutex;

#[test]
fn what_a_process_says_aside_is_logged_with_its_source() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let log = folder.path().join("log");
    let subscriber = tracing_subscriber::fmt()
        .with_writer(Mutex::new(File::create(&log).expect("is a path")))
        .with_ansi(false)
        .with_env_filter("first_class_host::backends::mcp=info")
        .finish();
    // Where the line is read is a thread of the shim's, and other tests log to it as well.
    tracing::subscriber::set_global_default(subscriber).expect("is the only one");
    let Some(mcp) = stub("", &tools(), None) else {
        return;
    };
    let _shim = host([("talkative", mcp)]);
    let instance = StubInstance::load("talkative").expect("loads");
    assert_eq!(instance.say("hi"), Ok("hi".into()));
    let is_logged = |line: &str| {
        let said = [
            "INFO",
            "a line of the standard error",
            "source=\"talkative\"",
        ];
        said.iter().all(|it| line.contains(it))
    };
    eventually(|| {
        let log = fs::read_to_string(&log).expect("is there");
        log.lines().any(is_logged)
    });
}
