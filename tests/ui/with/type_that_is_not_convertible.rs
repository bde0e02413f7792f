//! Type that is not convertible.

first_class::first_class_world!({
    world: "rule",
    path: "given/rule.wit",
    with: { "acme:lint/types/document": crate::Text },
});

pub struct Text;

fn main() {}
