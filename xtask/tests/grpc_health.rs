//! The example `grpc-health` as a user runs it, with servers that nobody here wrote.

use std::process::Command;

#[test]
fn servers_of_several_makers_tell_how_they_are() {
    let peers = [
        first_class_peers::python(),
        first_class_peers::npm_file("grpc-health-check"),
        first_class_peers::program("etcd"),
    ];
    if peers.contains(&None) {
        return;
    }
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["example", "grpc-health", "acme.Pages"])
        .output()
        .expect("xtask runs");
    let printed = String::from_utf8_lossy(&output.stdout);
    let expected = "\
health/db: is well
health/fax: is not there
health/mail: is not well
health/web: is well

acme.Pages:
health/db: does not have it
health/fax: is not there
health/mail: does not have it
health/web: is well
";
    assert_eq!(
        printed,
        expected,
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(output.status.code(), Some(0));
}
