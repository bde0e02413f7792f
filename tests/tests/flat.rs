//! A million callbacks in one call. There is no other test here, since the memory is that of the
//! whole process.

use first_class_tests::{Caller, shim_of};
use std::time::Duration;

#[test]
fn a_million_callbacks_in_one_call_take_no_memory() {
    let shim = shim_of(&["test-asker"]).deadline(Duration::from_secs(600));
    let shim = shim.build().expect("builds");
    Caller::run("test-server", &shim, &["count", "1000"]).expect_success();
    let before = resident();
    let output = Caller::run("test-server", &shim, &["count", "1000000"]).expect_success();
    assert_eq!(output, "999999000000\n");
    let grown = resident().saturating_sub(before);
    // A kilobyte for each would be a thousand times as much.
    assert!(grown < 8 << 20, "{grown} bytes");
}

/// The most memory that this process has had, in bytes, where the system says it.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kilobytes
        .and_then(|it| it.parse::<usize>().ok())
        .unwrap_or(0)
        << 10
}
