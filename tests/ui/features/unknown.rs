//! Unknown.

first_class::first_class_world!({ world: "rule", path: "given/rule.wit", features: ["beta", "betta"] });

fn main() {}
