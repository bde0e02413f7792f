//! What a check has found, for people and for programs.

use first_class_abi::fit::{Mismatch, Subject};
use first_class_abi::wit_parser::{InterfaceId, Span, WorldItem};
use first_class_abi::{Difference, World};
use miette::{Diagnostic, NamedSource, SourceSpan};
use serde::Serialize;
use std::path::Path;

/// A plugin that does not fit.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("`{plugin}` does not fit the world `{world}`")]
pub(super) struct Misfit {
    plugin: String,
    world: String,
    #[help]
    help: &'static str,
    #[related]
    findings: Vec<Finding>,
}

/// One reason.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{message}")]
struct Finding {
    /// What the reason is about, by its name.
    subject: String,
    kind: &'static str,
    message: String,
    #[source_code]
    text: Option<NamedSource<String>>,
    #[label("expected here")]
    place: Option<SourceSpan>,
}

/// The result for programs. Fields may be added, but not taken away.
#[derive(Serialize)]
pub(super) struct Report<'a> {
    world: String,
    fits: bool,
    differences: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    subject: &'a str,
    kind: &'static str,
    message: &'a str,
}

impl Misfit {
    pub(super) fn of_differences(plugin: &Path, world: &World, found: &[Difference]) -> Self {
        let findings = found.iter().map(|difference| {
            let (text, place) = place(world, &difference.subject).unzip();
            Finding {
                subject: difference.subject.to_string(),
                kind: kind(&difference.mismatch),
                message: difference.to_string(),
                text,
                place,
            }
        });
        let help = "change the plugin, or check it against the world that it was made for";
        Self::new(plugin, world, help, findings.collect())
    }

    pub(super) fn of_imports(plugin: &Path, world: &World, imports: &[String]) -> Self {
        let findings = imports.iter().map(|import| Finding {
            subject: import.clone(),
            kind: "not-provided",
            message: format!("{import}: the plugin imports it, and nobody provides it"),
            text: None,
            place: None,
        });
        let help = "a plugin may import WASI, `first-class:worlds`, and what its world imports; all \
                    else its host has to provide";
        Self::new(plugin, world, help, findings.collect())
    }

    fn new(plugin: &Path, world: &World, help: &'static str, findings: Vec<Finding>) -> Self {
        Misfit {
            plugin: plugin.display().to_string(),
            world: world.full_name(),
            help,
            findings,
        }
    }
}

impl<'a> Report<'a> {
    pub(super) fn new(world: &World, misfit: Option<&'a Misfit>) -> Self {
        let findings = misfit.iter().flat_map(|misfit| &misfit.findings);
        let differences = findings.map(|finding| Entry {
            subject: &finding.subject,
            kind: finding.kind,
            message: &finding.message,
        });
        Report {
            world: world.full_name(),
            fits: misfit.is_none(),
            differences: differences.collect(),
        }
    }
}

fn kind(mismatch: &Mismatch) -> &'static str {
    match mismatch {
        Mismatch::NotExported { .. } => "not-exported",
        Mismatch::IncompatibleVersion { .. } => "incompatible-version",
        Mismatch::NotImported => "not-imported",
        Mismatch::NotOffered { .. } => "not-offered",
        Mismatch::Missing => "missing",
        Mismatch::Unexpected => "unexpected",
        Mismatch::Renamed { .. } => "renamed",
        Mismatch::Reordered { .. } => "reordered",
        Mismatch::Differs { .. } => "differs",
    }
}

/// Where the WIT of the world says what is expected; nothing if the world is not from files.
fn place(world: &World, subject: &Subject) -> Option<(NamedSource<String>, SourceSpan)> {
    let location = world
        .resolve()
        .source_map
        .resolve_span(span(world, subject)?)?;
    let text = std::fs::read_to_string(location.path).ok()?;
    let (start, length) = (location.range.start, location.range.len());
    let source = NamedSource::new(location.path, text);
    Some((source, (start, length).into()))
}

fn span(world: &World, subject: &Subject) -> Option<Span> {
    let resolve = world.resolve();
    let items = &resolve.worlds[world.id()];
    let items = || items.exports.iter().chain(&items.imports);
    let item = |name: &str| {
        let mut named = items().filter(|(key, _)| resolve.name_world_key(key) == name);
        named.next().map(|(_, item)| item)
    };
    let interface = |name: &str| -> Option<InterfaceId> {
        match item(name)? {
            WorldItem::Interface { id, .. } => Some(*id),
            _ => None,
        }
    };
    match subject {
        Subject::Interface(name) => Some(item(name)?.span()),
        Subject::Function {
            interface: None,
            name,
        }
        | Subject::Type {
            interface: None,
            name,
        } => Some(item(name)?.span()),
        Subject::Function {
            interface: Some(home),
            name,
        } => {
            let functions = &resolve.interfaces[interface(home)?].functions;
            Some(functions.get(name)?.span)
        }
        Subject::Type {
            interface: Some(home),
            name,
        } => {
            let types = &resolve.interfaces[interface(home)?].types;
            Some(resolve.types[*types.get(name)?].span)
        }
    }
}
