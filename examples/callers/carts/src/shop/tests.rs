//! Shopping with real carts, natively: the same handles as in the component, over a shim in this
//! process.

use super::*;
use first_class_host::Shim;
use std::path::Path;
use std::time::Duration;

/// What `cargo xtask build-examples` makes of the plugin.
const CART: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../target/wasm32-wasip2/guest/cart.wasm"
);

/// Long enough for a cart on any machine.
const LONG: Duration = Duration::from_secs(60);

/// Lets this thread see a cart of alice and one of the family.
fn host() {
    let sources = ["cart/alice", "cart/family"];
    let shim = sources.iter().fold(Shim::builder(), |shim, source| {
        shim.file(*source, Path::new(CART))
    });
    let shim = shim
        .deadline(LONG)
        .build()
        .expect("`cargo xtask test` builds the cart");
    first_class_native::host_with(&shim);
}

#[test]
fn both_carts_are_filled_and_shown() {
    host();
    let own = Cart::of("alice").expect("is there");
    let goods = [Good::new("milk", 120, 2), Good::new("tea", 390, 1)];
    let mut out = Vec::new();
    fill(&mut out, &own, &goods).expect("is filled");
    assert_eq!(
        String::from_utf8(out).expect("is text"),
        "\
cart/alice:
  2 milk at 1.20: 2.40
  1 tea at 3.90: 3.90
  total: 6.30
cart/family:
  1 milk at 1.20: 1.20
  1 tea at 3.90: 3.90
  total: 5.10
"
    );
}

#[test]
fn a_good_that_a_cart_refuses_is_named() {
    host();
    let own = Cart::of("alice").expect("is there");
    let goods = [Good::new("milk", 120, 2), Good::new("milk", 130, 1)];
    let error = fill(&mut Vec::new(), &own, &goods).expect_err("has another price");
    assert_eq!(
        error.to_string(),
        "`cart/alice` does not take `milk`: it is there at 1.20, and has one price in a cart"
    );
}

#[test]
fn the_cart_of_somebody_else_is_not_there() {
    host();
    assert!(matches!(Cart::of("bob"), Err(LoadError::NotFound { .. })));
}
