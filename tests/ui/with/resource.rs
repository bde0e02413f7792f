//! Resource.

first_class::first_class_world!({
    world: "rule",
    path: "given/rule.wit",
    with: { "acme:lint/carts/cart": crate::mine::Document },
});

pub mod mine {
    #[derive(first_class::ComponentType, first_class::Lower, first_class::Lift, Clone, PartialEq, Debug)]
    pub struct Document { pub path: String, pub size: u32 }
}

fn main() {}
