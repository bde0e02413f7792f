//! Inline syntax.

first_class::first_class_world!({
    world: "rule",
    inline: "package acme:lint;
        world rule { export check: fun(); }",
});

fn main() {}
