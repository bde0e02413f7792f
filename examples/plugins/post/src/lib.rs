//! Carrier `post`: goes everywhere, at the prices of a table.

use bindings::{Guest, Parcel, Quote, Refusal};

mod bindings {
    //! What `wit-bindgen` makes of the world `carrier`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Post;

    wit_bindgen::generate!({ world: "carrier", path: "../../wit/carriers" });
    export!(Post);
}

/// Up to so many grams, for so many cents.
const PRICES: [(u32, u32); 4] = [(1_000, 450), (2_000, 700), (5_000, 1_150), (10_000, 1_900)];

struct Post;

impl Guest for Post {
    fn offer(parcel: Parcel) -> Result<Quote, Refusal> {
        let fitting = PRICES.iter().find(|(most, _)| parcel.grams <= *most);
        let (_, cents) = fitting.ok_or(Refusal::TooHeavy(PRICES[PRICES.len() - 1].0))?;
        Ok(Quote {
            cents: *cents,
            days: 4,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cents(grams: u32) -> Option<u32> {
        let kilometres = 1;
        let quote = Post::offer(Parcel { grams, kilometres });
        quote.map(|quote| quote.cents).ok()
    }

    #[test]
    fn the_first_price_that_fits_is_taken() {
        let prices = [0, 1_000, 1_001, 10_000, 10_001].map(cents);
        assert_eq!(prices, [Some(450), Some(450), Some(700), Some(1_900), None]);
    }
}
