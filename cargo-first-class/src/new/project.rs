//! The files of a new project.

use super::name::Name;
use first_class_abi::wit_parser::Resolve;
use std::path::PathBuf;

/// What a project has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Caller,
    Plugin,
    Both,
}

/// Where the crate `first-class` comes from.
pub(super) enum Dependency {
    Registry,
    Path(PathBuf),
}

/// A file of a project, by its path from there.
pub(super) struct File {
    pub(super) path: &'static str,
    pub(super) text: String,
}

const WORKSPACE: &str = include_str!("templates/workspace.toml");
const CALLER_MANIFEST: &str = include_str!("templates/caller.toml");
const CALLER: &str = include_str!("templates/caller.rs.in");
const PLUGIN_MANIFEST: &str = include_str!("templates/plugin.toml");
const PLUGIN: &str = include_str!("templates/plugin.rs.in");
const WORLD: &str = include_str!("templates/world.wit");
const PROFILE: &str = include_str!("templates/profile.toml");

/// The version of `wit-bindgen` that plugins are written with: the one that we are tested with.
const WIT_BINDGEN: &str = "0.61.1";

/// The name as that of a WIT package: with a `%` if it is a keyword there.
fn wit_name(name: &Name) -> String {
    let package = format!("package example:{name};");
    match Resolve::new().push_source("name.wit", &package) {
        Ok(_) => name.to_string(),
        Err(_) => format!("%{name}"),
    }
}

/// All files of a project, which may be a member of a workspace that has profiles of its own.
pub(super) fn files(
    kind: Kind,
    name: &Name,
    dependency: &Dependency,
    is_member: bool,
) -> Vec<File> {
    let first_class = match dependency {
        Dependency::Registry => format!("\"{}\"", env!("CARGO_PKG_VERSION")),
        Dependency::Path(path) => format!("{{ path = {:?} }}", path.display().to_string()),
    };
    let fill = |text: &str, package: &str, wit: &str| {
        text.replace("{package}", package)
            .replace("{wit}", wit)
            .replace("{project}", &wit_name(name))
            .replace("{first-class}", &first_class)
            .replace("{wit-bindgen}", WIT_BINDGEN)
            .replace("{rust-version}", env!("CARGO_PKG_RUST_VERSION"))
    };
    let file = |path, text: String| File { path, text };
    let mut files = vec![
        file(".gitignore", "/target\n".into()),
        file("wit/greeter.wit", fill(WORLD, "", "")),
    ];
    let alone = |manifest: &str| {
        let profile = if is_member {
            String::new()
        } else {
            format!("\n{PROFILE}")
        };
        fill(&format!("{manifest}{profile}"), &name.to_string(), "wit")
    };
    files.extend(match kind {
        Kind::Caller => vec![
            file("Cargo.toml", alone(CALLER_MANIFEST)),
            file("src/main.rs", fill(CALLER, "", "wit")),
        ],
        Kind::Plugin => vec![
            file("Cargo.toml", alone(PLUGIN_MANIFEST)),
            file("src/lib.rs", fill(PLUGIN, "", "wit")),
        ],
        Kind::Both => vec![
            file(
                "Cargo.toml",
                fill(&format!("{WORKSPACE}\n{PROFILE}"), "", ""),
            ),
            file("caller/Cargo.toml", fill(CALLER_MANIFEST, "caller", "")),
            file("caller/src/main.rs", fill(CALLER, "", "../wit")),
            file("plugin/Cargo.toml", fill(PLUGIN_MANIFEST, "plugin", "")),
            file("plugin/src/lib.rs", fill(PLUGIN, "", "../wit")),
        ],
    });
    files
}
