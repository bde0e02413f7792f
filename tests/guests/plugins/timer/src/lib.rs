//! Functions that are `async`, and really give way before they return.

mod bindings {
    //! What `wit-bindgen` makes of the world `timer`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Timer;

    wit_bindgen::generate!({ world: "timer", path: "../../../wit/timer" });
    export!(Timer);
}

use bindings::exports::test::timer::clocks;
use std::cell::Cell;
use wit_bindgen::spawn_local;

struct Timer;

struct Stopwatch {
    laps: Cell<u32>,
}

async fn give_way(turns: u32) {
    for _ in 0..turns {
        wit_bindgen::yield_async().await;
    }
}

impl clocks::GuestStopwatch for Stopwatch {
    fn new() -> Self {
        Stopwatch { laps: Cell::new(0) }
    }

    async fn lap(&self, turns: u32) -> u32 {
        give_way(turns).await;
        self.laps.set(self.laps.get() + 1);
        self.laps.get()
    }
}

impl clocks::Guest for Timer {
    type Stopwatch = Stopwatch;

    async fn trap_later(turns: u32) {
        spawn_local(async move {
            give_way(turns).await;
            panic!("later");
        });
    }

    async fn double(text: String, turns: u32) -> String {
        give_way(turns).await;
        text.repeat(2)
    }
}

impl bindings::Guest for Timer {
    async fn sum(numbers: Vec<u32>) -> u64 {
        give_way(1).await;
        numbers.into_iter().map(u64::from).sum()
    }

    fn plain(a: u32) -> u32 {
        a + 1
    }
}
