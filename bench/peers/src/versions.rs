//! Which versions decide about figures.

use first_class_bench_common::machine::version;

/// The versions of all that this program is made of.
pub(crate) const LOCK: &str = include_str!("../Cargo.lock");

/// This package.
const PROGRAM: &str = "first-class-bench-peers";

/// Packages, each after a package that uses it.
pub(crate) const USED: &[(&str, &str)] = &[
    (PROGRAM, "first-class-host"),
    ("first-class-host", "wasmtime"),
    (PROGRAM, "wit-bindgen-wrpc"),
    (PROGRAM, "wrpc-transport"),
    (PROGRAM, "async-nats"),
    (PROGRAM, "tonic"),
    (PROGRAM, "tonic-health"),
    (PROGRAM, "wasm-link"),
    (PROGRAM, "extism"),
    ("first-class-bench-extism-plugin", "extism-pdk"),
    (PROGRAM, "golem-wasm-rpc"),
    (PROGRAM, "tokio"),
    ("first-class-bench-common", "mimalloc"),
];

/// The version of a package that this one uses.
pub(crate) fn version_of(package: &str) -> Option<&'static str> {
    version(LOCK, PROGRAM, package)
}

/// The version of the engine that a package runs plugins on.
pub(crate) fn engine_of(package: &str) -> Option<&'static str> {
    version(LOCK, package, "wasmtime")
}

#[cfg(test)]
mod tests {
    use super::{LOCK, USED};
    use first_class_bench_common::machine::versions;

    #[test]
    fn everything_has_a_version() {
        versions(LOCK, USED).expect("are in the lock");
    }
}
