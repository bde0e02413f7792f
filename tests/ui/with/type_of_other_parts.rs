//! Type of other parts.

first_class::first_class_world!({
    world: "rule",
    path: "given/rule.wit",
    with: { "acme:lint/types/document": crate::Text },
});

#[derive(first_class::ComponentType, first_class::Lower, first_class::Lift)]
pub struct Text { pub path: String }

fn main() {}
