//! A result is taken once: there may be resources in it.

mod world {
    first_class::first_class_world!({
        world: "w",
        inline: "package a:b; world w { export add: func(a: u32, b: u32) -> u32; }",
    });
}

use world::WInstance;

fn add(instance: &WInstance) -> Result<u32, first_class::CallError> {
    let mut batch = instance.batch();
    let sum = batch.add(1, 2);
    let results = batch.run()?;
    Ok(results.get(sum)? + results.get(sum)?)
}

fn main() {}
