//! Lists of the wrong kind.

first_class::first_class_world!({ world: "rule", path: "given/rule.wit", features: "beta", optional: [check], additional_derives: ["Hash"] });

fn main() {}
