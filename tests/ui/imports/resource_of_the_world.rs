//! Resource of the world.

first_class::first_class_world!({
    world: "rule",
    inline: "package acme:lint;
        world rule { resource cart { add: func(); } export check: func(); }",
});

fn main() {}
