//! Go, with its own compiler.

use std::fs;
use std::process::Command;

use anyhow::Result;
use wit_bindgen_go::{Format, Opts};

use super::{Job, bindings, tool};

pub(super) const FILE: &str = "plugin.go";

/// The package of the bindings, with what they use, and the package that a plugin's functions are in.
const GENERATOR: &str = "wit-bindgen-go";
const RUNTIME: &str = "go.bytecodealliance.org/pkg";
const EXPORTS: &str = "export_wit_world";

pub(super) fn build(job: &Job<'_>) -> Result<bool> {
    let Some(go) = first_class_peers::python_script("go") else {
        return Ok(false);
    };
    tool::announce(job);
    let options = Opts {
        format: Format::False,
        ..Opts::default()
    };
    bindings::write(job, options.build(), job.scratch)?;
    // Nothing is fetched: what the bindings use comes with their generator.
    let runtime = job.workspace.dependency(GENERATOR)?.join("src/pkg");
    let modules = format!(
        "module wit_component\n\ngo 1.25\n\nrequire {RUNTIME} v0.0.0\n\nreplace {RUNTIME} => {:?}\n",
        runtime.display().to_string()
    );
    fs::write(job.scratch.join("go.mod"), modules)?;
    let exports = job.scratch.join(EXPORTS);
    fs::create_dir_all(&exports)?;
    fs::copy(job.source.join(FILE), exports.join(FILE))?;

    let module = job.scratch.join("module.wasm");
    let mut compiler = Command::new(go);
    compiler
        .current_dir(job.scratch)
        .args(["build", "-buildmode=c-shared"])
        // The runtime asks Go's own for memory, which Go would not have anybody do.
        .arg("-ldflags=-checklinkname=0 -s -w")
        .arg("-o")
        .arg(&module)
        .arg(".")
        .envs([("GOOS", "wasip1"), ("GOARCH", "wasm")])
        .envs([
            ("GOPROXY", "off"),
            ("GOTOOLCHAIN", "local"),
            ("GOFLAGS", "-mod=mod"),
        ])
        .env("GOCACHE", job.cache.join("go"))
        .env("GOPATH", job.cache.join("go-path"));
    tool::run(compiler)?;
    bindings::embed(job, &module)?;
    bindings::componentize(job, &module)?;
    Ok(true)
}
