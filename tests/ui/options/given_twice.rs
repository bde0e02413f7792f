//! Given twice.

first_class::first_class_world!({ world: "rule", path: "given/rule.wit", world: "fixer" });

fn main() {}
