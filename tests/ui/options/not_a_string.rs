//! Not a string.

first_class::first_class_world!(rule);

fn main() {}
