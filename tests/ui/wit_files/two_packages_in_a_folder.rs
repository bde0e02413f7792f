//! Two packages in a folder.

first_class::first_class_world!({ world: "rule", path: "given/twice" });

fn main() {}
