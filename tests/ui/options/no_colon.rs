//! No colon.

first_class::first_class_world!({ world "rule" });

fn main() {}
