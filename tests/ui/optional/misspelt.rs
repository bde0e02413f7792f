//! Misspelt.

first_class::first_class_world!({ world: "rule", path: "given/rule.wit", optional: ["chek", "acme:lint/inf"] });

fn main() {}
