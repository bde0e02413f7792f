//! Field that does not cross.

#[derive(first_class::ComponentType, first_class::Lower, first_class::Lift)]
struct Wait {
    time: std::time::Duration,
}

fn main() {}
