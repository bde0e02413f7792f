//! Imported interface.

first_class::first_class_world!({
    world: "rule",
    inline: "package acme:lint;
        interface log { write: func(text: string); }
        world rule { import log; export check: func(); }",
});

fn main() {}
