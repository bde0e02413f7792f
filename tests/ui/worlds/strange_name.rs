//! Strange name.

first_class::first_class_world!({ world: "a b/c@@", path: "given/rule.wit" });

fn main() {}
