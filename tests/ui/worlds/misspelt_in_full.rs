//! Misspelt in full.

first_class::first_class_world!({ world: "acme:lnt/rule@1.2.0", path: "given/rule.wit" });

fn main() {}
