//! The examples of the book that are about this crate, as doc tests.

/// The wire.
#[doc = include_str!("../../docs/wire.md")]
struct Wire;
