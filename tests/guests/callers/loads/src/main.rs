//! Says what it could load, then loads what its arguments name and calls it twice, whatever
//! comes of it.

first_class::first_class_world!({ world: "accumulator", path: "../../../wit/accumulator" });

use std::error::Error;

fn main() {
    let sources = AccumulatorInstance::available().expect("the world is sound");
    println!("available: {sources:?}");
    for source in std::env::args().skip(1) {
        match AccumulatorInstance::load(&source) {
            Err(error) => println!("{}", describe(error)),
            Ok(instance) => {
                println!("{source} is loaded");
                for value in [1, 2] {
                    match instance.add(value) {
                        Ok(total) => println!("- it adds {value}, which makes {total}"),
                        Err(error) => println!("- {}", describe(error)),
                    }
                }
            }
        }
    }
}

/// The variant of an error, and what it says.
fn describe(error: impl Error) -> String {
    let fields = format!("{error:?}");
    let variant = fields.split([' ', '(']).next().unwrap_or_default();
    format!("{variant}: {error}")
}
