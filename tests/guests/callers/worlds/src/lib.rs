//! A handle of every world in `tests/worlds`. That this compiles, natively and for
//! `wasm32-wasip2`, is the test; an error names the world by its path.

pub mod implemented;

/// What stands for types of worlds that have the option `with`.
pub mod mine {
    /// A user's own record.
    #[derive(
        first_class::ComponentType, first_class::Lower, first_class::Lift, Clone, PartialEq, Debug,
    )]
    pub struct Point {
        /// To the right.
        pub x: i32,
        /// Down.
        pub y: i32,
    }

    /// A user's own enum.
    #[derive(
        first_class::ComponentType, first_class::Lower, first_class::Lift, Clone, PartialEq, Debug,
    )]
    pub enum Sort {
        /// The first.
        A,
        /// The second.
        B,
    }
}

include!(concat!(env!("OUT_DIR"), "/worlds.rs"));
