//! A guest that calls forty methods of a handle.

mod bindings {
    //! What `wit-bindgen` makes of the world `caller`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Caller;

    wit_bindgen::generate!({ world: "caller", path: "../../wit/size" });
    export!(Caller);
}

first_class::first_class_world!({ world: "plugin", path: "../../wit/size" });

use plugin::library::{Author, Book, Genre, Loan, Place, Problem, Rights};
use std::hint::black_box;

struct Caller;

impl bindings::Guest for Caller {
    fn run(seed: u64) {
        let Ok(plugin) = PluginInstance::load("plugin") else {
            return;
        };
        macro_rules! call {
            ($function:ident($($argument:expr),*)) => {
                let _ = black_box(plugin.library().$function($(black_box($argument)),*));
            };
        }
        bench_size_calls::call_all!(call, seed);
    }
}
