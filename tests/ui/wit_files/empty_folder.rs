//! Empty folder.

first_class::first_class_world!({ world: "rule", path: "given/empty" });

fn main() {}
