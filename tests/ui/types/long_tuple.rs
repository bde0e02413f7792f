//! Long tuple.

first_class::first_class_world!({
    world: "rule",
    inline: "package acme:lint;
        world rule {
            export f: func(t: tuple<u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8>);
        }",
});

fn main() {}
