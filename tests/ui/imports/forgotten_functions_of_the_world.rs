//! Forgotten functions of the world.

first_class::first_class_world!({
    world: "stage",
    inline: "package acme:flow;
        interface log { write: func(message: string); }
        world stage { import log; import now: func() -> u64; export run: func(); }",
});

struct Log;

impl stage::LogImports for Log {
    fn write(&mut self, _: String) {}
}

fn main() {
    let _ = StageInstance::load_with("x", Log);
}
