//! Other version.

first_class::first_class_world!({ world: "acme:lint/rule@2.0.0", path: "given/rule.wit" });

fn main() {}
