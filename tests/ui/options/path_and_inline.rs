//! Path and inline.

first_class::first_class_world!({ world: "rule", path: "given/rule.wit", inline: "package a:b;" });

fn main() {}
