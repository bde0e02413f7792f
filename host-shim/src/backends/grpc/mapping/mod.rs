//! What of gRPC is what of a world: services and interfaces, methods and functions, messages and
//! values, as the documentation of the [backend](super) says. It knows no network.

mod fields;
mod fit;
mod method;
mod names;
mod plan;
mod receive;
mod send;
mod services;
mod spelled;
mod status;
mod types;
pub mod wit;

pub(super) use method::{Mapping, Method};
pub(super) use receive::ReceiveError;
pub(super) use services::is_candidate;
pub(super) use status::name as code_name;
