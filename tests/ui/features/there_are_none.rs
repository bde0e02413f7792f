//! There are none.

first_class::first_class_world!({ world: "rule", inline: "package a:b; world rule {}", features: ["beta"] });

fn main() {}
