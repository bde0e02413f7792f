//! Method of a resource.

first_class::first_class_world!({ world: "rule", path: "given/rule.wit", optional: ["acme:lint/carts#[constructor]cart"] });

fn main() {}
