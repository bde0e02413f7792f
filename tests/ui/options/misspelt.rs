//! Misspelt.

first_class::first_class_world!({ wold: "rule", path: "given/rule.wit" });

fn main() {}
