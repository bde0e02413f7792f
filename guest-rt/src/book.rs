//! The examples of the book that are a guest's, as doc tests.

/// What a guest deals with.
#[doc = include_str!("../../docs/concepts.md")]
struct Concepts;

/// Many plugins of one world.
#[doc = include_str!("../../docs/uses/plugins.md")]
struct Plugins;
