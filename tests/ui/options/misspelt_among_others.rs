//! Misspelt among others.

first_class::first_class_world!({ world: "rule", path: "given/rule.wit", additional_derive: [Hash] });

fn main() {}
