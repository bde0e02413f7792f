//! Error context.

first_class::first_class_world!({
    world: "rule",
    inline: "package acme:lint;
        world rule { export fail: func(why: error-context); }",
});

fn main() {}
