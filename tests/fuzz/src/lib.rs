//! Fuzzing of the places where a stranger's bytes are decoded.
//!
//! A target takes any bytes and panics when what is made of them is wrong. `tests/brief` replays
//! the corpus of each, with some mutations, on every run of the tests; `cargo xtask fuzz` looks for
//! new inputs with libFuzzer for as long as one likes. Either says where it left an input that
//! fails; copied into the corpus, it is replayed from then on.
//!
//! `corpus/TARGET/` has seeds, which `UPDATE_EXPECT=1` writes anew, and under the names that
//! libFuzzer gave them the smallest inputs of long runs that reach different code.

pub mod contract;
pub mod loader;
pub mod packed;
pub mod values;
pub mod world;

/// A place that decodes, and what has to hold there.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, which is that of its folder in the corpus, too.
    pub name: &'static str,
    /// Takes one input. It panics when the input is handled wrongly.
    pub run: fn(&[u8]),
    /// Well-formed inputs to begin with.
    pub seeds: fn() -> Vec<Seed>,
    /// How many mutations of the corpus are tried with all other tests.
    pub mutations: u32,
}

/// An input under the name of its file.
#[derive(Clone, Debug)]
pub struct Seed {
    /// The name of the file.
    pub name: String,
    /// What is in it.
    pub data: Vec<u8>,
}

/// All targets.
pub const TARGETS: [Target; 5] = [
    Target {
        name: "world",
        run: world::run,
        seeds: world::seeds,
        mutations: 5000,
    },
    Target {
        name: "values",
        run: values::run,
        seeds: values::seeds,
        mutations: 10_000,
    },
    Target {
        name: "packed",
        run: packed::run,
        seeds: packed::seeds,
        mutations: 10_000,
    },
    Target {
        name: "loader",
        run: loader::run,
        seeds: loader::seeds,
        mutations: 800,
    },
    Target {
        name: "contract",
        run: contract::run,
        seeds: contract::seeds,
        mutations: 800,
    },
];
