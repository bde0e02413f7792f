//! The example `gateway` as a user runs it. How fast this machine is must not matter.

use std::process::Command;

#[test]
fn no_request_is_lost_under_load() {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["example", "gateway", "--seconds", "1", "--clients", "2"])
        .output()
        .expect("xtask runs");
    let printed = String::from_utf8_lossy(&output.stdout);
    let messages = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{printed}{messages}");
    for line in [
        "plugins linked statically ",
        "plugins loaded ",
        "one is replaced ",
        "one dies of each tenth ",
        "requests without an answer: 0",
    ] {
        assert!(printed.contains(line), "{line:?} is not in:\n{printed}");
    }
}
