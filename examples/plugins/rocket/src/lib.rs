//! Carrier `rocket`: around the world in no time.
//!
//! It has a bug, on purpose: it takes for granted that the way leads around the world at least once.
//! For any shorter one it divides by zero, and traps; which costs its own quote and nobody else's.

use bindings::{Guest, Parcel, Quote, Refusal};

mod bindings {
    //! What `wit-bindgen` makes of the world `carrier`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Rocket;

    wit_bindgen::generate!({ world: "carrier", path: "../../wit/carriers" });
    export!(Rocket);
}

/// Once around the world.
const ORBIT_KILOMETRES: u32 = 40_000;

const ORBIT_CENTS: u32 = 10_000_000;

struct Rocket;

impl Guest for Rocket {
    fn offer(parcel: Parcel) -> Result<Quote, Refusal> {
        Ok(Quote {
            cents: ORBIT_CENTS.saturating_add(surcharge(&parcel)),
            days: 1,
        })
    }
}

/// What the weight costs: less, the more orbits it is spread over.
fn surcharge(parcel: &Parcel) -> u32 {
    // The bug: there may be no whole orbit.
    parcel.grams / (parcel.kilometres / ORBIT_KILOMETRES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_around_the_world() {
        let parcel = Parcel {
            grams: 500,
            kilometres: 80_000,
        };
        assert_eq!(surcharge(&parcel), 250);
    }

    #[test]
    #[should_panic(expected = "divide by zero")]
    fn has_its_bug() {
        let parcel = Parcel {
            grams: 500,
            kilometres: 1_200,
        };
        surcharge(&parcel);
    }
}
