//! Callers and plugins that do all they can to do harm.
//!
//! The caller is a puppet without our guest runtime (`tests/components/hostile.wat`), so a case
//! hands the contract any number, address and byte, in any order. Its plugins are a hand-written
//! module (`plugins/target.wat`) with a line changed here and there. Whatever a case does, it has
//! to end with a value, a failure of the contract, or the trap of the caller itself, and nobody
//! else may notice: see [`case`].

mod case;
mod honest;
mod puppet;
mod target;

mod bombs;
mod buffers;
mod claims;
mod functions;
mod handles;
mod instances;
mod lists;
mod loops;
mod memory;
mod names;
mod reallocs;
mod renewal;
mod traps;
mod values;
mod worlds;
