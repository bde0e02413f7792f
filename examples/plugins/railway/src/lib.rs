//! Carrier `railway`: looks for the cheapest way, which takes a while.
//!
//! The dearer a train, the further it goes, and each change costs something. It tries all ways to
//! cut the distance into trains.

use bindings::{Guest, Parcel, Quote, Refusal};

mod bindings {
    //! What `wit-bindgen` makes of the world `carrier`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Railway;

    wit_bindgen::generate!({ world: "carrier", path: "../../wit/carriers" });
    export!(Railway);
}

/// Beyond that, looking takes too long.
const MOST_KILOMETRES: u32 = 2_000;

const MOST_GRAMS: u32 = 100_000;

/// What a change costs, in cents.
const CHANGE: u32 = 60;

/// Trains stop each so many metres.
const METRES_BETWEEN_STOPS: u32 = 200;

struct Railway;

impl Guest for Railway {
    fn offer(parcel: Parcel) -> Result<Quote, Refusal> {
        if parcel.grams > MOST_GRAMS {
            return Err(Refusal::TooHeavy(MOST_GRAMS));
        }
        if parcel.kilometres > MOST_KILOMETRES {
            return Err(Refusal::TooFar(MOST_KILOMETRES));
        }
        let stops = parcel.kilometres * 1_000 / METRES_BETWEEN_STOPS;
        Ok(Quote {
            cents: cheapest_way(stops) + parcel.grams / 25,
            days: 2,
        })
    }
}

/// What the cheapest way over so many stops costs. It is made of cheapest ways over fewer.
fn cheapest_way(stops: u32) -> u32 {
    let mut ways: Vec<u32> = vec![0];
    for far in 1..=stops {
        let trains = (1..=far).map(train);
        let ways_before = ways.iter().rev();
        let all = trains
            .zip(ways_before)
            .map(|(train, before)| train + before);
        ways.push(all.min().unwrap_or_default());
    }
    ways.pop().unwrap_or_default()
}

/// What one train over so many stops costs.
fn train(stops: u32) -> u32 {
    CHANGE + stops * stops / 10_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_way_is_one_train() {
        assert_eq!(cheapest_way(0), 0);
        assert_eq!(cheapest_way(1), CHANGE);
        assert_eq!(cheapest_way(250), train(250));
    }

    #[test]
    fn a_long_way_is_cheaper_with_changes() {
        assert!(cheapest_way(1_500) <= 2 * train(750));
        assert!(2 * train(750) < train(1_500));
    }

    #[test]
    fn says_how_far_it_goes() {
        let quote = Railway::offer(Parcel {
            grams: 1,
            kilometres: 2_001,
        });
        assert!(matches!(quote, Err(Refusal::TooFar(2_000))));
    }
}
