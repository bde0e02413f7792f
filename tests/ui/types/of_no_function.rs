//! Of no function.

first_class::first_class_world!({
    world: "rule",
    inline: "package acme:lint;
        interface types { type bytes = stream<u8>; }
        world rule { export types; }",
});

fn main() {}
