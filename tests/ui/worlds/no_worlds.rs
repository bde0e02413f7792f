//! No worlds.

first_class::first_class_world!({ world: "rule", inline: "package acme:lint;" });

fn main() {}
