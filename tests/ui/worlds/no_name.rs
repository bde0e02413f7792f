//! No name.

first_class::first_class_world!({ world: "", path: "given/rule.wit" });

fn main() {}
