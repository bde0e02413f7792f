//! Map entries of the wrong kind.

first_class::first_class_world!({
    world: "rule",
    path: "given/rule.wit",
    with: { types: crate::x, "acme:lint/types": 3 },
});

fn main() {}
