//! Map of the wrong kind.

first_class::first_class_world!({ world: "rule", path: "given/rule.wit", with: ["acme:lint/types"] });

fn main() {}
