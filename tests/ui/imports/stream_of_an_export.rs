//! Stream of an export.

first_class::first_class_world!({
    world: "rule",
    inline: "package acme:lint;
        interface log { write: func(text: string); }
        world rule { import log; export read: func() -> stream<u8>; }",
});

struct Log;

impl rule::LogImports for Log {
    fn write(&mut self, _: String) {}
}

fn main() {
    let _ = RuleInstance::load_with("x", Log);
}
