//! Resources that a plugin exports.

use first_class_tests::{Caller, shim_of};

#[test]
fn resources_work_in_every_position_and_none_is_left() {
    let shim = shim_of(&["test-shop"]).build().expect("builds");
    let output = Caller::run("test-shopper", &shim, &[]).expect_success();
    assert_eq!(output, "no cart is left\n");
    assert_eq!(shim.snapshot().deaths, 0);
}

#[test]
fn a_hundred_thousand_resources_are_all_dropped() {
    let shim = shim_of(&["test-shop"]).build().expect("builds");
    let output = Caller::run("test-soak", &shim, &[]).expect_success();
    assert!(
        output.ends_with("carts were made, none is left\n"),
        "{output}"
    );
    assert_eq!(shim.snapshot().deaths, 0);
}
