//! World is missing.

first_class::first_class_world!({ path: "given/rule.wit" });

fn main() {}
