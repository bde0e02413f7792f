//! Resource of an import.

first_class::first_class_world!({
    world: "rule",
    inline: "package acme:lint;
        interface carts { resource cart; }
        interface tills { use carts.{cart}; pay: func(cart: cart); }
        world rule { export tills; }",
});

fn main() {}
