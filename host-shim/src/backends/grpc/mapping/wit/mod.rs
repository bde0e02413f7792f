//! The world of a service, as WIT.

mod definitions;
mod docs;

use super::names::{kebab, normal};
use crate::backends::wit::{self, escaped};
use definitions::Definitions;
use docs::Docs;
use prost_reflect::{MessageDescriptor, MethodDescriptor, ServiceDescriptor};
use std::collections::BTreeSet;

/// How many parameters a function has at most. A request with more fields is one record.
const PARAMETERS: usize = 4;

/// Codes that are errors of a function, and not of the call.
const CODES: [&str; 13] = [
    "cancelled",
    "unknown",
    "invalid-argument",
    "not-found",
    "already-exists",
    "permission-denied",
    "resource-exhausted",
    "failed-precondition",
    "aborted",
    "out-of-range",
    "internal",
    "data-loss",
    "unauthenticated",
];

/// The world of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// A WIT package with the interface of the service and a world that exports it.
    pub text: String,
    /// What of the service has no form in WIT, and is left out: methods, and fields of messages.
    pub omitted: Vec<String>,
}

/// Writes the world of a service, which a [source](super::super::Grpc) of the service can be had as.
/// Comments of `.proto` files become documentation.
///
/// # Errors
/// When there is no world for it: its name is none in WIT, or none of its methods has a form there.
pub fn of(service: &ServiceDescriptor) -> Result<Described, String> {
    let described = describe(service, true)?;
    match parses(&described.text) {
        Ok(()) => Ok(described),
        // Text that a stranger wrote may have characters that WIT forbids.
        Err(_) => {
            let described = describe(service, false)?;
            parses(&described.text)?;
            Ok(described)
        }
    }
}

fn parses(text: &str) -> Result<(), String> {
    let parsed = wit::parsed(text).map(drop);
    parsed.map_err(|error| format!("what was written is no WIT: {error}"))
}

fn describe(service: &ServiceDescriptor, with_docs: bool) -> Result<Described, String> {
    let name = service.full_name();
    let interface = kebab(service.name());
    let interface = interface.ok_or_else(|| format!("`{name}` is no name in WIT"))?;
    let functions: Vec<_> = service
        .methods()
        .map(|method| kebab(method.name()))
        .collect();
    let taken = functions.iter().flatten().cloned();
    let mut definitions = Definitions::new(taken.collect(), Docs::new(with_docs));
    let (status, code) = (
        definitions.free(["status", "grpc-status", "call-status"]),
        definitions.free(["status-code", "grpc-status-code", "call-status-code"]),
    );
    let mut text = String::new();
    let mut known = BTreeSet::new();
    for (method, function) in service.methods().zip(functions) {
        let function = match function {
            _ if method.is_client_streaming() => Err("takes a stream of requests"),
            None => Err("has no name in WIT"),
            Some(function) if !known.insert(function.clone()) => Err("is called like another"),
            Some(function) => Ok(function),
        };
        match function {
            Ok(function) => {
                text += &function_text(&mut definitions, &method, &function, &status);
            }
            Err(reason) => definitions.omit(format!("`{}` {reason}", method.full_name())),
        }
    }
    if known.is_empty() {
        return Err(format!("`{name}` has no method with one request"));
    }
    let mut all = format!("package {};\n\n", package(service));
    all += &definitions
        .docs
        .of("", &service.parent_file(), service.path());
    all += &format!("interface {} {{\n", escaped(&interface));
    all += &status_text(&status, &code);
    all += &definitions.text;
    all += text.trim_end();
    all += "\n";
    if !definitions.omitted.is_empty() {
        let omitted = definitions.omitted.join("\n    // - ");
        all += &format!("\n    // Left out, since it has no form in WIT:\n    // - {omitted}\n");
    }
    let world = match interface.strip_suffix("-service") {
        Some(name) => name.to_owned(),
        None => format!("{interface}-service"),
    };
    all += "}\n\n";
    all += &wit::exporting(&escaped(&world), &escaped(&interface));
    Ok(Described {
        text: all,
        omitted: definitions.omitted,
    })
}

fn function_text(
    definitions: &mut Definitions,
    method: &MethodDescriptor,
    function: &str,
    status: &str,
) -> String {
    let input = method.input();
    let record = match input.fields().len() {
        0..=PARAMETERS => None,
        _ => definitions.record(&input),
    };
    let parameters = match record {
        Some(record) => format!("{}: {record}", whole(&input)),
        None => {
            let fields = definitions.fields(&input).into_iter();
            let fields: Vec<_> = fields.map(|it| format!("{}: {}", it.name, it.ty)).collect();
            fields.join(", ")
        }
    };
    let reply = definitions.record(&method.output());
    let ok = match (reply, method.is_server_streaming()) {
        (None, _) => "_".to_owned(),
        (Some(record), true) => format!("list<{record}>"),
        (Some(record), false) => record,
    };
    let (file, path) = (method.parent_file(), method.path());
    let docs = definitions.docs.of("    ", &file, path);
    docs + &wit::function(&escaped(function), &parameters, &ok, status) + "\n"
}

/// What a parameter is called that is a whole message: like none of its fields.
fn whole(message: &MessageDescriptor) -> String {
    let is_field = |name: &str| {
        message
            .fields()
            .any(|field| normal(field.name()) == normal(name))
    };
    let mut name = "request".to_owned();
    while is_field(&name) {
        name.insert_str(0, "whole-");
    }
    name
}

/// The name of a service's package.
fn package(service: &ServiceDescriptor) -> String {
    let parts = service.package_name().split('.');
    let parts: Vec<_> = parts.filter_map(kebab).collect();
    let (namespace, name) = match parts.as_slice() {
        [] => ("grpc".to_owned(), kebab(service.name())),
        [only] => ("grpc".to_owned(), Some(only.clone())),
        [first, rest @ ..] => (first.clone(), Some(rest.join("-"))),
    };
    let name = name.unwrap_or_else(|| "service".to_owned());
    format!("{}:{}", escaped(&namespace), escaped(&name))
}

fn status_text(status: &str, code: &str) -> String {
    let fields = wit::field("code", code) + &wit::field("message", "string");
    let codes: String = CODES.map(wit::case).concat();
    "    /// Why a call failed, as the server says it.\n".to_owned()
        + &wit::definition("record", status, &fields)
        + &wit::definition("enum", code, &codes)
}
