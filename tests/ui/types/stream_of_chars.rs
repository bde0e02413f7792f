//! Stream of chars.

first_class::first_class_world!({
    world: "rule",
    inline: "package acme:lint;
        world rule { export read: func() -> stream<char>; }",
});

fn main() {}
