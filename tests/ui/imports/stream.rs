//! Stream.

first_class::first_class_world!({
    world: "rule",
    inline: "package acme:lint;
        interface log { write: func(to: stream<u8>, text: string); }
        world rule { import log; export check: func(); }",
});

struct Log;

impl rule::LogImports for Log {
    fn write(&mut self, _: (), _: String) {}
}

fn main() {
    let _ = RuleInstance::load_with("x", Log);
}
