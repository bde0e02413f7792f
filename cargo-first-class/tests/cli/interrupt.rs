//! Ctrl-C while a caller runs.

use crate::session::Session;
use crate::tool::folder;
use first_class_tests::component;

#[test]
fn a_caller_that_computes_ends() {
    let here = folder(&[]);
    let mut session = Session::start(here.path(), &[]);
    assert_eq!(session.ask("arguments"), "test-console");
    session.tell("spin");
    session.interrupt();
    assert_eq!(session.end(), (Some(130), String::new()));
}

#[test]
fn a_caller_that_waits_for_input_ends() {
    let here = folder(&[]);
    let mut session = Session::start(here.path(), &[]);
    session.ask("arguments");
    session.interrupt();
    assert_eq!(session.end(), (Some(130), String::new()));
}

#[test]
fn a_caller_that_waits_for_a_plugin_ends() {
    let endless = component(
        "accumulator",
        &[("(global.set", "(loop (br 0)) (global.set")],
    );
    let here = folder(&[("plugins/endless.wasm", &endless)]);
    let options = ["--plugins", "plugins", "--deadline", "600000"];
    let mut session = Session::start(here.path(), &options);
    assert_eq!(session.ask("load endless"), "loaded endless as 0");
    session.tell("add 0 1");
    session.interrupt();
    assert_eq!(session.end(), (Some(130), String::new()));
}
