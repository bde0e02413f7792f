//! C, with the clang and the C library for WASI that Zig comes with.

use std::process::Command;

use anyhow::Result;
use wit_bindgen_c::Opts;

use super::{Job, bindings, tool};

pub(super) const FILE: &str = "plugin.c";

pub(super) fn build(job: &Job<'_>) -> Result<bool> {
    let Some(python) = first_class_peers::python() else {
        return Ok(false);
    };
    tool::announce(job);
    bindings::write(job, Opts::default().build(), job.scratch)?;
    let name = job.world.replace('-', "_");
    let module = job.scratch.join("module.wasm");
    let mut clang = Command::new(python);
    clang
        .args(["-m", "ziglang", "cc", "-target", "wasm32-wasi"])
        .args(["-mexec-model=reactor", "-std=c17", "-Os", "-s"])
        .args(["-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter"])
        .arg("-I")
        .arg(job.scratch)
        .arg(job.source.join(FILE))
        .arg(job.scratch.join(format!("{name}.c")))
        // Tells the module its world.
        .arg(job.scratch.join(format!("{name}_component_type.o")))
        .arg("-o")
        .arg(&module)
        .env("ZIG_GLOBAL_CACHE_DIR", job.cache.join("zig"))
        .env("ZIG_LOCAL_CACHE_DIR", job.cache.join("zig"));
    tool::run(clang)?;
    bindings::componentize(job, &module)?;
    Ok(true)
}
