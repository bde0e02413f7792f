//! The subjects: ways by which a guest can reach another component.
//!
//! Those that are measured by calls are [callers](caller::Caller), which differ in the component, and
//! in what the host links its imports with.

pub(crate) mod caller;
pub(crate) mod fused;
pub(crate) mod handle;
pub(crate) mod made;
pub(crate) mod memory;
pub(crate) mod plain;
pub(crate) mod relay;
pub(crate) mod state;
pub(crate) mod val;
