//! The reference host for first-class worlds, a library on wasmtime.
//!
//! A *caller* is a component that imports the contract `first-class:worlds`: it loads plugins by
//! name while it runs, and calls them. This crate services that import. An embedder describes
//! the plugins with [`Shim::builder`], gives each caller's store a [`ShimCtx`], and adds the
//! contract to its linker with [`add_to_linker`]:
//!
//! ```no_run
//! use first_class_host::{Shim, ShimCtx, ShimView};
//! use wasmtime::component::{Linker, ResourceTable};
//!
//! struct State {
//!     shim: ShimCtx,
//!     table: ResourceTable,
//! }
//!
//! impl ShimView for State {
//!     fn shim(&mut self) -> &mut ShimCtx {
//!         &mut self.shim
//!     }
//!
//!     fn table(&mut self) -> &mut ResourceTable {
//!         &mut self.table // that of WASI
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let shim = Shim::builder().directory("plugins").build()?;
//! let engine = wasmtime::Engine::default();
//! let mut linker: Linker<State> = Linker::new(&engine);
//! first_class_host::add_to_linker(&mut linker)?;
//! let state = State { shim: shim.caller(), table: ResourceTable::new() };
//! let store = wasmtime::Store::new(&engine, state);
//! # Ok(())
//! # }
//! ```
//!
//! Each instance of a plugin has a store of its own: a trap, an endless loop or a grown memory
//! costs that instance and nothing else, and dropping it gives everything back. Every guest counts
//! as hostile, callers as well as plugins.
//!
//! - [`Source`] says where a component is, what its instances are granted ([`WasiGrants`]: nothing
//!   unless set) and may take ([`Limits`]), and how long they live: as long as the handle that
//!   loaded them, or [named](Source::named), one for all who load its name.
//! - [`Caller`] says who a caller is and what it may load; what it may not does not exist for it.
//! - [`Capacity`] says what the shim as a whole takes on.
//! - [`add_to_linker_async`] is for embedders that enter their stores asynchronously, in any
//!   executor; one shim serves any number of callers of both kinds, on any threads.
//! - [`Shim::snapshot`], [`ShimBuilder::metrics`] and the spans and events of `tracing` say what
//!   goes on.
//!
//! # Features
//!
//! None is on by default.
//!
//! | feature | what it adds |
//! |---|---|
//! | `config` | `first-class.toml`, in the module `config`; with all of the features below |
//! | `grpc` | gRPC services as sources: `backends::grpc` |
//! | `mcp` | MCP servers as sources, as child processes and over HTTP: `backends::mcp` |
//! | `nats` | calls over NATS, and serving plugins to it: `backends::nats`, `serving::nats` |
//! | `wrpc` | calls of wRPC servers, and serving plugins to wRPC clients: `backends::wrpc`, `serving::wrpc` |

pub mod backends;
#[cfg(doctest)]
mod book;
mod bridge;
mod builder;
mod callbacks;
mod caller;
mod chain;
#[cfg(feature = "config")]
pub mod config;
mod desk;
mod engine;
mod error;
mod exchange;
mod failure;
mod instance;
mod linker;
mod lock;
mod named;
mod plan;
mod plugin_state;
mod policy;
mod pool;
mod provided;
mod seeing;
#[cfg(any(feature = "nats", feature = "wrpc"))]
pub mod serving;
mod shim;
mod sources;
mod waits;

pub use builder::ShimBuilder;
pub use caller::{Callback, CallbackScalar, Outcome, ShimCtx, Step, Transfer};
pub use engine::Pooling;
pub use error::{CallError, LoadError, ShimError};
pub use failure::Failure;
pub use linker::{ShimView, add_to_linker, add_to_linker_async};
pub use plan::check;
pub use plugin_state::PluginState;
pub use policy::{
    Caller, Capacity, Capture, Exceeded, Limit, Limits, Output, PatternError, Restart, Retry,
    WasiGrants,
};
pub use seeing::Snapshot;
pub use shim::Shim;
pub use sources::Source;
