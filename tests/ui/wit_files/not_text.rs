//! Not text.

first_class::first_class_world!({ world: "rule", path: "given/not-text.bin" });

fn main() {}
