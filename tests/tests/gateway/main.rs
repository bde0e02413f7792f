//! The gateway example over a real HTTP client: what it answers, while its plugins fail and while they
//! are replaced.

mod answers;
mod client;
mod deadline;
mod failures;
mod languages;
mod replaced;
