//! Empty.

#[derive(first_class::ComponentType, first_class::Lower, first_class::Lift)]
struct Nothing {}

#[derive(first_class::ComponentType, first_class::Lower, first_class::Lift)]
enum Never {}

fn main() {}
