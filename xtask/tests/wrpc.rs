//! The example `wrpc` as a user runs it, with servers that have nothing of ours.

use std::process::Command;

#[test]
fn servers_of_wrpc_are_carriers_like_any_other() {
    for (parcel, expected) in [
        (
            &["1500", "40"],
            "\
1500 g over 40 km
drone: 1200 cents, in 1 days
train: 160 cents, in 1 days
zeppelin: is not there
",
        ),
        (
            &["9000", "4000"],
            "\
9000 g over 4000 km
drone: carries no more than 2000 g
train: goes no further than 3000 km
zeppelin: is not there
",
        ),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(["example", "wrpc"])
            .args(parcel)
            .output()
            .expect("xtask runs");
        let printed = String::from_utf8_lossy(&output.stdout);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(printed, expected, "{said}");
        assert_eq!(output.status.code(), Some(0), "{said}");
    }
}
