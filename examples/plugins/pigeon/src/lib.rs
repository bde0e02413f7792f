//! Carrier `pigeon`: cheap, as long as the parcel is next to nothing.

use bindings::{Guest, Parcel, Quote, Refusal};

mod bindings {
    //! What `wit-bindgen` makes of the world `carrier`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Pigeon;

    wit_bindgen::generate!({ world: "carrier", path: "../../wit/carriers" });
    export!(Pigeon);
}

/// What a bird can carry.
const MOST_GRAMS: u32 = 75;

/// How far it finds home.
const MOST_KILOMETRES: u32 = 800;

struct Pigeon;

impl Guest for Pigeon {
    fn offer(parcel: Parcel) -> Result<Quote, Refusal> {
        if parcel.grams > MOST_GRAMS {
            return Err(Refusal::TooHeavy(MOST_GRAMS));
        }
        if parcel.kilometres > MOST_KILOMETRES {
            return Err(Refusal::TooFar(MOST_KILOMETRES));
        }
        Ok(Quote { cents: 40, days: 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_is_too_much() {
        let refusal = |grams, kilometres| Pigeon::offer(Parcel { grams, kilometres }).err();
        assert!(refusal(75, 800).is_none());
        assert!(matches!(refusal(76, 800), Some(Refusal::TooHeavy(75))));
        assert!(matches!(refusal(75, 801), Some(Refusal::TooFar(800))));
    }
}
