//! Unknown.

first_class::first_class_world!({ world: "plugin", path: "given/rule.wit" });

fn main() {}
