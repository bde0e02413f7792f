//! Resource in a function of the world.

first_class::first_class_world!({
    world: "rule",
    inline: "package acme:lint;
        interface carts { resource cart; }
        world rule { use carts.{cart}; export carts; export pay: func(cart: borrow<cart>); }",
});

fn main() {}
