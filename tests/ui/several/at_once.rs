//! At once.

first_class::first_class_world!({ wrld: "x", world: "rule", path: "given/rule.wit", with: { "nothing": crate::X }, optional: ["nothing"], features: ["nothing"] });

fn main() {}
