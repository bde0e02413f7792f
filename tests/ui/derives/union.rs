//! Union.

#[derive(first_class::ComponentType, first_class::Lower, first_class::Lift)]
union Bits {
    a: u32,
    b: f32,
}

fn main() {}
