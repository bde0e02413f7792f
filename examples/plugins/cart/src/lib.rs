//! A cart: items that are kept as long as the instance lives, for whoever holds a handle of it.

mod contents;

mod bindings {
    //! What `wit-bindgen` makes of the world `cart`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Cart;

    wit_bindgen::generate!({ world: "cart", path: "../../wit/carts" });
    export!(Cart);
}

use bindings::exports::acme::carts::items::{Guest, Line, Refusal};
use contents::Contents;
use std::cell::RefCell;

thread_local! {
    /// An instance is one cart.
    static CONTENTS: RefCell<Contents> = const { RefCell::new(Contents::new()) };
}

struct Cart;

impl Guest for Cart {
    fn add(item: String, price_cents: u32, count: u32) -> Result<u32, Refusal> {
        CONTENTS.with_borrow_mut(|contents| contents.add(item, price_cents, count))
    }

    fn remove(item: String, count: u32) -> u32 {
        CONTENTS.with_borrow_mut(|contents| contents.remove(&item, count))
    }

    fn list() -> Vec<Line> {
        CONTENTS.with_borrow(|contents| contents.lines().to_vec())
    }

    fn total() -> u64 {
        CONTENTS.with_borrow(Contents::total)
    }
}
