//! Misspelt.

first_class::first_class_world!({ world: "rul", path: "given/rule.wit" });

fn main() {}
