//! Unknown type in a folder.

first_class::first_class_world!({ world: "rule", path: "given/folder" });

fn main() {}
