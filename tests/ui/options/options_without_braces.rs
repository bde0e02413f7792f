//! Options without braces.

first_class::first_class_world!("rule", path: "given/rule.wit");

fn main() {}
