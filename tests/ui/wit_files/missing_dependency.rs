//! Missing dependency.

first_class::first_class_world!({ world: "rule", path: "given/deps-missing" });

fn main() {}
