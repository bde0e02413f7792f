//! The host of the gateway example: wasmtime's own HTTP host, with the shim in it.
//!
//! A library for the tests, which serve with it too.

mod folder;
mod fuse;
mod load;
mod origin;
mod server;
mod state;
mod turns;
mod upstream;

pub use folder::Folder;
pub use load::{Load, Tally};
pub use origin::serve_origin;
pub use server::Gateway;
