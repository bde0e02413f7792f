//! Forgotten method.

first_class::first_class_world!({ world: "stage", path: "given/flow.wit" });

struct Log;

impl stage::LogImports for Log {}

fn main() {
    let _ = StageInstance::load_with("x", Log);
}
