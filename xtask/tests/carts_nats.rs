//! The example `carts-nats` as a user runs it.

use std::process::Command;

#[test]
fn a_cart_is_lost_with_its_machine_and_said_to_be() {
    let nats = first_class_peers::program("nats-server");
    if nats.is_none() {
        return;
    }
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["example", "carts-nats"])
        .output()
        .expect("xtask runs");
    let printed = String::from_utf8_lossy(&output.stdout);
    let after = printed.split_once("The first shim is killed.\n");
    let (before, after) = after.unwrap_or_else(|| panic!("{printed}"));
    assert!(
        before.contains("things, 1638 cents in the cart\n"),
        "{printed}"
    );
    for line in [
        "the cart is away: `cart/alice` ",
        "the cart is lost: the instance that was called before is gone, with its state",
        "things into a new one\n",
        "40 things for 8190 cents\n",
    ] {
        assert!(after.contains(line), "{line:?} is not in:\n{printed}");
    }
    assert_eq!(after.matches("the cart is lost").count(), 1, "{printed}");
    assert_eq!(output.status.code(), Some(0), "{printed}");
}
