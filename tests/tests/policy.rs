//! Policy: what callers may load, and what plugins are granted.

use first_class::LoadError;
use first_class_host::{Caller, Capture, Output, Shim, Source, WasiGrants};
use first_class_tests::{component, guest, patient};
use std::fs;
use std::sync::{Arc, Mutex};

first_class::first_class_world!({ world: "accumulator", path: "wit/accumulator" });
first_class::first_class_world!({ world: "system", path: "wit/system" });

fn names(shim: &Shim, caller: Caller) -> Vec<String> {
    first_class_native::host_as(shim, caller);
    AccumulatorInstance::available().expect("is a world")
}

#[test]
fn a_caller_sees_what_it_is_granted_by_name_or_pattern_and_nothing_else() {
    let plugin = || Source::bytes(component("accumulator", &[]));
    let shim = patient()
        .source("a", plugin())
        .source("b", plugin())
        .source("team/x", plugin())
        .source("team/y", plugin())
        .build()
        .expect("builds");
    let all = ["a", "b", "team/x", "team/y"];
    assert_eq!(names(&shim, Caller::default()), all);
    let some = Caller::new("some").may_load(["b", "team/*"]);
    assert_eq!(names(&shim, some.expect("are patterns")), &all[1..]);
    let none = Caller::new("none").may_load([""; 0]).expect("is nothing");
    assert!(names(&shim, none).is_empty());

    // What it may not load looks like what is not there.
    let refused = |name: &str| match AccumulatorInstance::load(name) {
        Err(error @ LoadError::NotFound { .. }) => {
            error.to_string().replace(&format!("`{name}`"), "…")
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(refused("a"), refused("nowhere"));
}

#[test]
fn a_function_decides_with_the_caller_at_hand() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = asked.clone();
    let shim = patient()
        .source("cart/*", Source::bytes(component("accumulator", &[])))
        .access(move |caller, source| {
            let question = format!("{caller} {source}");
            log.lock().expect("is whole").push(question);
            source == format!("cart/{caller}")
        })
        .build()
        .expect("builds");
    first_class_native::host_as(&shim, Caller::new("alice"));
    assert!(AccumulatorInstance::load("cart/alice").is_ok());
    let refused = AccumulatorInstance::load("cart/bob");
    assert!(matches!(refused, Err(LoadError::NotFound { .. })));
    let asked = asked.lock().expect("is whole");
    assert_eq!(*asked, ["alice cart/alice", "alice cart/bob"]);
}

#[test]
fn bytes_of_a_guest_are_loaded_only_if_that_is_granted() {
    let shim = patient().build().expect("builds");
    let plugin = component("accumulator", &[]);
    first_class_native::host_as(&shim, Caller::new("untrusted"));
    let refused = AccumulatorInstance::load_bytes(&plugin);
    assert_eq!(refused.err(), Some(LoadError::BytesNotGranted));

    first_class_native::host_as(&shim, Caller::new("trusted").may_load_bytes());
    let one = AccumulatorInstance::load_bytes(&plugin).expect("loads");
    let other = AccumulatorInstance::load_bytes(&plugin).expect("loads");
    assert_eq!((one.add(2), other.add(3)), (Ok(2), Ok(3)));
    one.respawn().expect("starts again");
    assert_eq!(one.add(1), Ok(1));
    assert_eq!(shim.snapshot().compilations, 1);
    let refused = AccumulatorInstance::load_bytes(b"no component");
    assert!(matches!(refused, Err(LoadError::NotAComponent { .. })));
}

fn system(grants: WasiGrants) -> SystemInstance {
    let source = Source::file(guest("test-system")).wasi(grants);
    let shim = patient().source("system", source);
    first_class_native::host_with(&shim.build().expect("builds"));
    SystemInstance::load("system").expect("loads")
}

#[test]
fn a_plugin_is_granted_nothing_unless_its_source_says_so() {
    let system = system(WasiGrants::default());
    assert_eq!(system.arguments(), Ok(vec![]));
    assert_eq!(system.variable("PATH"), Ok(None));
    assert!(matches!(system.read_file("/etc/hostname"), Ok(Err(_))));
    assert!(matches!(system.read_file("Cargo.toml"), Ok(Err(_))));
    assert!(matches!(system.connect("127.0.0.1:1"), Ok(Err(_))));
}

#[test]
fn a_plugin_has_what_its_source_is_granted() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("a.txt"), "inside").expect("writes");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("has one").to_string();
    let printed = Capture::last(1 << 10);
    let grants = WasiGrants::default()
        .read_directory(folder.path(), "data")
        .variable("COLOUR", "green")
        .argument("system")
        .argument("--fast")
        .network()
        .stdout(Output::Capture(printed.clone()));
    let system = system(grants);
    assert_eq!(
        system.arguments(),
        Ok(vec!["system".into(), "--fast".into()])
    );
    assert_eq!(system.variable("COLOUR"), Ok(Some("green".into())));
    assert_eq!(system.read_file("data/a.txt"), Ok(Ok("inside".into())));
    assert!(matches!(system.write_file("data/b.txt", "new"), Ok(Err(_))));
    assert!(matches!(
        system.read_file("data/../../etc/hostname"),
        Ok(Err(_))
    ));
    assert_eq!(system.connect(&address), Ok(Ok(())));
    system.print("hello").expect("prints");
    assert_eq!(printed.contents(), b"hello\n");
}

#[test]
fn a_directory_can_be_granted_for_writing() {
    let folder = tempfile::tempdir().expect("a folder");
    let system = system(WasiGrants::default().write_directory(folder.path(), "data"));
    assert_eq!(system.write_file("data/b.txt", "new"), Ok(Ok(())));
    let written = fs::read_to_string(folder.path().join("b.txt"));
    assert_eq!(written.expect("is there"), "new");
}
