//! Nothing implemented.

first_class::first_class_world!({ world: "stage", path: "given/flow.wit" });

struct Log;

fn main() {
    let _ = StageInstance::load_with("x", Log);
    let _ = StageInstance::load_bytes_with(b"x", Log);
}
