//! The example `fan-out` as a user runs it. How fast this machine is must not matter.

use std::process::{Command, Output};

fn fan_out(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["example", "fan-out"])
        .args(arguments)
        .output()
        .expect("xtask runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The two times that are printed last, in milliseconds.
fn times(printed: &str) -> Option<(u64, u64)> {
    let times = printed.lines().last()?.strip_prefix("all at once: ")?;
    let (at_once, in_turn) = times.split_once("; one after the other: ")?;
    let milliseconds = |time: &str| time.strip_suffix(" ms")?.parse().ok();
    Some((milliseconds(at_once)?, milliseconds(in_turn)?))
}

#[test]
fn a_deadline_holds_for_all_together() {
    let output = fan_out(&["--deadline", "350"]);
    let printed = text(&output.stdout);
    // The wind is waited for for ever.
    let late = "  zeppelin: no answer\n";
    assert!(printed.contains(late), "{late:?} is not in:\n{printed}");
    let (at_once, in_turn) = times(&printed).expect("both are printed");
    assert!(at_once >= 350, "{printed}");
    // Here the tide is waited for by itself, and takes longer than that.
    assert!(in_turn >= 700, "{printed}");
    assert_eq!(output.status.code(), Some(0), "{printed}");
}

#[test]
fn with_time_enough_each_carrier_has_its_say() {
    let output = fan_out(&["--deadline", "60000", "--grams", "5000"]);
    let printed = text(&output.stdout);
    for line in [
        "a parcel of 5000 g over 1200 km:\n",
        "  courier: 44.60 in 1 day\n",
        "  pigeon: declines, it carries no more than 75 g\n",
        "  post: 11.50 in 4 days\n",
        "  railway: 11.23 in 2 days\n",
        "  rocket: failed, `rocket` trapped in `offer`: ",
        "  zeppelin: failed, `zeppelin` did not finish `offer` within 4000 ms; the host raises the limit with `Limits::deadline`\n",
        "best: ",
    ] {
        assert!(printed.contains(line), "{line:?} is not in:\n{printed}");
    }
    assert!(!printed.contains("no answer"), "{printed}");
    assert_eq!(output.status.code(), Some(0), "{printed}");
}

#[test]
fn a_parcel_that_nobody_takes_is_a_failure() {
    let output = fan_out(&["--deadline", "0", "--grams", "100000", "--km", "30000"]);
    let (printed, messages) = (text(&output.stdout), text(&output.stderr));
    assert!(!printed.contains("best: "), "{printed}");
    assert!(
        messages.contains("fan-out: no carrier takes the parcel; try a longer `--deadline`"),
        "{messages}"
    );
    assert_eq!(output.status.code(), Some(1));
}
