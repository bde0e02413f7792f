//! Carrier `ferry`: the cheapest of all, and in no hurry.
//!
//! It waits for the tide before it answers. While it does, nothing runs: its host is free to run
//! others.

use bindings::{Guest, Parcel, Quote, Refusal};
use std::thread;
use std::time::Duration;

mod bindings {
    //! What `wit-bindgen` makes of the world `carrier`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Ferry;

    wit_bindgen::generate!({ world: "carrier", path: "../../wit/carriers" });
    export!(Ferry);
}

/// How long the tide takes.
const TIDE: Duration = Duration::from_millis(400);

struct Ferry;

impl Guest for Ferry {
    fn offer(parcel: Parcel) -> Result<Quote, Refusal> {
        thread::sleep(TIDE);
        Ok(Quote {
            cents: price(&parcel),
            days: 9,
        })
    }
}

/// More than can be counted is not cheap, either way.
fn price(parcel: &Parcel) -> u32 {
    let cents = 300 + u64::from(parcel.grams) / 10 + u64::from(parcel.kilometres) / 10;
    cents.try_into().unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weight_and_way_cost_the_same() {
        let price = |grams, kilometres| price(&Parcel { grams, kilometres });
        assert_eq!(price(2_500, 1_200), 670);
        assert_eq!(price(u32::MAX, 0), price(0, u32::MAX));
    }
}
