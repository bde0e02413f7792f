//! No value.

first_class::first_class_world!({ world: "rule", path: });

fn main() {}
