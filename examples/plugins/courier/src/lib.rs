//! Carrier `courier`: at the door the next day, for a price.

use bindings::{Guest, Parcel, Quote, Refusal};

mod bindings {
    //! What `wit-bindgen` makes of the world `carrier`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Courier;

    wit_bindgen::generate!({ world: "carrier", path: "../../wit/carriers" });
    export!(Courier);
}

/// What one person can lift.
const MOST_GRAMS: u32 = 30_000;

/// How far a van gets in a night.
const MOST_KILOMETRES: u32 = 2_500;

struct Courier;

impl Guest for Courier {
    fn offer(parcel: Parcel) -> Result<Quote, Refusal> {
        if parcel.grams > MOST_GRAMS {
            return Err(Refusal::TooHeavy(MOST_GRAMS));
        }
        if parcel.kilometres > MOST_KILOMETRES {
            return Err(Refusal::TooFar(MOST_KILOMETRES));
        }
        Ok(Quote {
            cents: 1_500 + parcel.grams * 2 / 5 + parcel.kilometres * 4 / 5,
            days: 1,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weight_and_way_have_their_price() {
        let quote = Courier::offer(Parcel {
            grams: 2_500,
            kilometres: 1_200,
        });
        assert_eq!(
            quote.map(|quote| (quote.cents, quote.days)).ok(),
            Some((3_460, 1))
        );
    }
}
