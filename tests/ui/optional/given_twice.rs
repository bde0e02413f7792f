//! Given twice.

first_class::first_class_world!({ world: "rule", path: "given/rule.wit", optional: ["check", "check"] });

fn main() {}
