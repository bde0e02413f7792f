//! Which service an interface is.

use super::names::{item, normal, short};
use prost_reflect::ServiceDescriptor;

/// Whether a service, by its full name, may be one of these interfaces. If the embedder has named
/// services, only those may.
pub(crate) fn is_candidate(service: &str, named: &[String], interfaces: &[&str]) -> bool {
    match named {
        [] => interfaces
            .iter()
            .any(|interface| normal(item(interface)) == normal(short(service))),
        named => named.iter().any(|named| named == service),
    }
}

/// The service that an interface is, of those that there are; or why there is none. One that is
/// named alone is meant whatever the interface is called.
pub(super) fn find<'s>(
    services: &'s [ServiceDescriptor],
    named: &[String],
    interface: &str,
) -> Result<&'s ServiceDescriptor, String> {
    if let [only] = named {
        let found = services.iter().find(|service| service.full_name() == only);
        return found.ok_or_else(|| format!("there is no service `{only}`; {}", list(services)));
    }
    let candidates: Vec<_> = services
        .iter()
        .filter(|service| is_candidate(service.full_name(), named, &[interface]))
        .filter(|service| normal(item(interface)) == normal(service.name()))
        .collect();
    match candidates.as_slice() {
        [only] => Ok(only),
        [] => Err(format!(
            "there is no service that is called like it; {}",
            list(services)
        )),
        several => {
            let names: Vec<_> = several
                .iter()
                .map(|it| format!("`{}`", it.full_name()))
                .collect();
            Err(format!(
                "several services are called like it: {}; `Grpc::service` says which is meant",
                names.join(", ")
            ))
        }
    }
}

fn list(services: &[ServiceDescriptor]) -> String {
    /// How many services are listed.
    const MOST: usize = 20;
    let mut names: Vec<_> = services
        .iter()
        .map(|service| format!("`{}`", service.full_name()))
        .take(MOST)
        .collect();
    if services.len() > MOST {
        names.push("others".into());
    }
    match names.is_empty() {
        true => "there are none".into(),
        false => format!("there is {}", names.join(", ")),
    }
}
