//! No such path.

first_class::first_class_world!({ world: "rule", path: "../nowhere" });

fn main() {}
