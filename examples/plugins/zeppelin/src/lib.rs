//! Carrier `zeppelin`: drifts with the wind, which takes it 90 km a day.
//!
//! It has a bug, on purpose: if the way is no multiple of that, it drifts past its destination and
//! back again, for ever; which shows that nobody has to wait for it.

use bindings::{Guest, Parcel, Quote, Refusal};
use std::cmp::Ordering;

mod bindings {
    //! What `wit-bindgen` makes of the world `carrier`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Zeppelin;

    wit_bindgen::generate!({ world: "carrier", path: "../../wit/carriers" });
    export!(Zeppelin);
}

const KILOMETRES_A_DAY: u32 = 90;

/// What a day in the air costs.
const DAY_CENTS: u32 = 110;

const MOST_KILOMETRES: u32 = 20_000;

struct Zeppelin;

impl Guest for Zeppelin {
    fn offer(parcel: Parcel) -> Result<Quote, Refusal> {
        if parcel.kilometres > MOST_KILOMETRES {
            return Err(Refusal::TooFar(MOST_KILOMETRES));
        }
        let days = days(parcel.kilometres);
        Ok(Quote {
            cents: days * DAY_CENTS,
            days,
        })
    }
}

fn days(kilometres: u32) -> u32 {
    let (mut at, mut days) = (0, 0u32);
    loop {
        match at.cmp(&kilometres) {
            Ordering::Less => at += KILOMETRES_A_DAY,
            // The bug: from here it goes back to where it has come from.
            Ordering::Greater => at -= KILOMETRES_A_DAY,
            Ordering::Equal => return days,
        }
        days = days.wrapping_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrives_where_the_wind_takes_it() {
        assert_eq!([0, 90, 1_260].map(days), [0, 1, 14]);
    }
}
