//! Many calls of an instance in one crossing.

mod ends;
mod kinds;
mod limits;
mod random;
mod raw;
mod resources;

use first_class_host::{Shim, ShimBuilder, Source};
use first_class_tests::{LONG, guest, patient, shim_of};

first_class::first_class_world!({ world: "faulty", path: "wit/faulty" });
first_class::first_class_world!({ world: "mover", path: "wit/mover" });
first_class::first_class_world!({ world: "shop", path: "wit/shop" });
first_class::first_class_world!({ world: "values", path: "wit/values" });

/// A shim of its own for the thread of a test.
fn host(builder: ShimBuilder) -> Shim {
    let shim = builder.build().expect("builds");
    first_class_native::host_with(&shim);
    shim
}

/// The same with one guest package, under its name without `test-`.
fn host_of(package: &str) -> Shim {
    host(shim_of(&[package]))
}

/// The same with one source, by this name.
fn host_source(name: &str, source: Source) -> Shim {
    host(patient().source(name, source))
}

/// The source of a guest package.
fn source(package: &str) -> Source {
    Source::file(guest(package))
}
