//! Text of the wrong kind.

first_class::first_class_world!({ world: rule, path: 3 });

fn main() {}
