//! Forgotten interface.

first_class::first_class_world!({ world: "filter", path: "given/flow.wit" });

struct Log;

impl filter::LogImports for Log {
    fn write(&mut self, _: filter::log::Level, _: String) {}
}

impl FilterImports for Log {
    fn now(&mut self) -> u64 {
        0
    }
}

fn main() {}
