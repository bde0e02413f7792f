//! Cases with several values.

#[derive(first_class::ComponentType, first_class::Lower, first_class::Lift)]
enum Fix {
    Two(u32, u32),
    Named { x: u32 },
    One(u32),
}

fn main() {}
