//! A guest that imports forty functions and calls each.

mod bindings {
    //! What `wit-bindgen` makes of the world `importing-caller`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Caller;

    wit_bindgen::generate!({ world: "importing-caller", path: "../../wit/size" });
    export!(Caller);
}

use bindings::first_class::size::library::{
    self, Author, Book, Genre, Loan, Place, Problem, Rights,
};
use std::hint::black_box;

struct Caller;

macro_rules! call {
    ($function:ident($($argument:expr),*)) => {
        let _ = black_box(library::$function($(black_box($argument)),*));
    };
}

impl bindings::Guest for Caller {
    fn run(seed: u64) {
        bench_size_calls::call_all!(call, seed);
    }
}
