//! Nothing.

first_class::first_class_world!();

fn main() {}
