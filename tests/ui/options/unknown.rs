//! Unknown.

first_class::first_class_world!({ world: "rule", path: "given/rule.wit", colour: "blue" });

fn main() {}
