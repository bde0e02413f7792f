//! What a batch lends has to be there until it is run.

mod world {
    first_class::first_class_world!({
        world: "w",
        inline: "package a:b;
            interface things {
                resource thing { constructor(); }
                use-it: func(it: borrow<thing>);
            }
            world w { export things; }",
    });
}

use world::WInstance;

fn lend(instance: &WInstance) -> Result<(), first_class::CallError> {
    let mut batch = instance.batch();
    let thing = world::w::things::Thing::new(instance.things())?;
    let ticket = batch.things().use_it(&thing);
    drop(thing);
    batch.run()?.get(ticket)
}

fn main() {}
