//! Names that differ in case alone.

first_class::first_class_world!({
    world: "rule",
    inline: "package acme:lint;
        world rule { export get: func(); export GET: func(); }",
});

fn main() {}
