//! Borrowed.

first_class::first_class_world!({ world: "stage", path: "given/flow.wit" });

struct Log<'a>(&'a mut Vec<String>);

impl stage::LogImports for Log<'_> {
    fn write(&mut self, _: stage::log::Level, message: String) {
        self.0.push(message);
    }
}

fn main() {
    let mut messages = Vec::new();
    let _ = StageInstance::load_with("x", Log(&mut messages));
    drop(messages);
}
