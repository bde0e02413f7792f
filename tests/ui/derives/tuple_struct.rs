//! Tuple struct.

#[derive(first_class::ComponentType, first_class::Lower, first_class::Lift)]
struct Point(u32, u32);

fn main() {}
