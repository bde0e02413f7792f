//! Imported function.

first_class::first_class_world!({
    world: "rule",
    inline: "package acme:lint;
        world rule { import now: func() -> u64; export check: func(); }",
});

fn main() {}
