//! Pending unused.

#![deny(unused_must_use)]
#![allow(dead_code)]

first_class::first_class_world!({ world: "stage", path: "given/flow.wit" });

fn run(instance: &StageInstance) -> Result<(), first_class::CallError> {
    instance.start().run("x")?;
    instance.run_async("x");
    instance.start().run("x");
    Ok(())
}

fn main() {}
