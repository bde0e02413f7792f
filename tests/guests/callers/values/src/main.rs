//! Sends every type of value there and back, with the values at the edges of each type.

first_class::first_class_world!({ world: "values", path: "../../../wit/values" });

mod compounds;
mod large;
mod parameters;
mod scalars;

fn main() {
    let sources = ValuesInstance::available().expect("the world is sound");
    for source in sources {
        let instance = ValuesInstance::load(&source).expect("loads");
        scalars::check(&instance.scalars());
        compounds::check(&instance.compounds());
        parameters::check(&instance);
        large::check(&instance.compounds());
        println!("{source}: all values came back");
    }
}
