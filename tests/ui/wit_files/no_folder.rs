//! No folder.

first_class::first_class_world!("rule");

fn main() {}
