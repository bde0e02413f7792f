//! Syntax.

first_class::first_class_world!({ world: "rule", path: "given/broken.wit" });

fn main() {}
