//! Rate limiter `allowance`: each client may send so many requests within a second.

mod window;

use bindings::{Admission, Guest};
use std::cell::RefCell;
use std::time::{SystemTime, UNIX_EPOCH};
use window::Windows;

mod bindings {
    //! What `wit-bindgen` makes of the world `limiter`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Allowance;

    wit_bindgen::generate!({ world: "limiter", path: "../../wit/gateway" });
    export!(Allowance);
}

/// How many requests a client may send within a second, unless `PER_SECOND` says otherwise.
const PER_SECOND: u32 = 100;

thread_local! {
    static WINDOWS: RefCell<Windows> = RefCell::new(Windows::new(per_second()));
}

struct Allowance;

impl Guest for Allowance {
    fn admit(client: String) -> Admission {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let second = now.unwrap_or_default().as_secs();
        let admitted = WINDOWS.with_borrow_mut(|windows| windows.admit(client, second));
        if admitted {
            Admission::Admitted
        } else {
            Admission::Later(1)
        }
    }
}

fn per_second() -> u32 {
    let said = std::env::var("PER_SECOND");
    let said = said.ok().and_then(|number| number.parse().ok());
    said.unwrap_or(PER_SECOND)
}
