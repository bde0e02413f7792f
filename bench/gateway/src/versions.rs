//! Which versions decide about figures.

/// The versions of all that this program is made of.
pub(crate) const LOCK: &str = include_str!("../../../Cargo.lock");

/// Packages, each after a package that uses it.
pub(crate) const USED: &[(&str, &str)] = &[
    ("gateway-host", "first-class-host"),
    ("gateway-host", "wasmtime"),
    ("gateway-host", "wasmtime-wasi-http"),
    ("gateway-host", "hyper"),
    ("gateway-host", "tokio"),
    ("first-class-bench-common", "mimalloc"),
];

#[cfg(test)]
mod tests {
    use super::{LOCK, USED};
    use first_class_bench_common::machine::versions;

    #[test]
    fn everything_has_a_version() {
        versions(LOCK, USED).expect("are in the lock");
    }
}
