//! Not send.

use std::rc::Rc;

first_class::first_class_world!({ world: "stage", path: "given/flow.wit" });

struct Log(Rc<u8>);

impl stage::LogImports for Log {
    fn write(&mut self, _: stage::log::Level, _: String) {}
}

fn main() {
    let _ = StageInstance::load_with("x", Log(Rc::new(1)));
}
