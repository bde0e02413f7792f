//! Resource of WASI.

first_class::first_class_world!({
    world: "rule",
    inline: "package acme:lint;
        interface out { use wasi:io/streams@0.2.0.{output-stream}; open: func() -> output-stream; }
        world rule { import out; export check: func(); }
        package wasi:io@0.2.0 { interface streams { resource output-stream; } }",
});

struct Out;

impl rule::OutImports for Out {
    fn open(&mut self) {}
}

fn main() {
    let _ = RuleInstance::load_with("x", Out);
}
