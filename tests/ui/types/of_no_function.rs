//! Of no function.

first_class::first_class_world!({
    world: "rule",
    inline: "package acme:lint;
        interface types { type error = error-context; }
        world rule { export types; }",
});

fn main() {}
