//! The workspace that a new package lies in, which it joins as with `cargo new`.

use glob::Pattern;
use miette::{Result, miette};
use std::fs;
use std::path::{Path, PathBuf};
use toml_edit::{Array, DocumentMut, Item, Value};

/// A workspace around a package that is not one of its members yet.
pub(super) struct Workspace {
    manifest: PathBuf,
    document: DocumentMut,
    /// The package as the workspace names it.
    member: String,
}

/// How a package and the workspaces around it stand to each other.
pub(super) enum Standing {
    /// There is no workspace, or it excludes the package.
    Alone,
    /// The workspace counts the package as a member already.
    Member,
    /// The workspace has to be told.
    Stranger(Box<Workspace>),
}

impl Standing {
    /// Looks for a workspace around a package, as cargo will. What cannot be read is left for cargo to
    /// complain about.
    pub(super) fn of(package: &Path) -> Self {
        let package = std::path::absolute(package).unwrap_or(package.to_owned());
        for folder in package.ancestors().skip(1) {
            let manifest = folder.join("Cargo.toml");
            let text = fs::read_to_string(&manifest).ok();
            let document = text.and_then(|text| text.parse::<DocumentMut>().ok());
            let Some(document) = document.filter(|document| document.contains_key("workspace"))
            else {
                continue;
            };
            let Some(member) = member(folder, &package) else {
                return Standing::Alone;
            };
            if names(&document, "exclude").any(|path| package.starts_with(folder.join(path))) {
                return Standing::Alone;
            }
            let is_named = |pattern: &str| {
                let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
                Pattern::new(pattern).is_ok_and(|pattern| pattern.matches(&member))
            };
            if names(&document, "members").any(is_named) {
                return Standing::Member;
            }
            return Standing::Stranger(Box::new(Workspace {
                manifest,
                document,
                member,
            }));
        }
        Standing::Alone
    }
}

impl Workspace {
    /// The workspace's own `Cargo.toml`.
    pub(super) fn manifest(&self) -> &Path {
        &self.manifest
    }

    /// Makes the package a member.
    pub(super) fn join(mut self) -> Result<()> {
        let failed = |reason: &str| {
            miette!(
                help = format!("add \"{}\" to the members of the workspace", self.member),
                "`{}` cannot be changed: {reason}",
                self.manifest.display()
            )
        };
        let workspace = self.document["workspace"].as_table_like_mut();
        let members = workspace.map(|workspace| {
            workspace
                .entry("members")
                .or_insert(Item::Value(Value::Array(Array::new())))
        });
        let members = members.and_then(Item::as_array_mut);
        push(
            members.ok_or_else(|| failed("it has no list of members"))?,
            &self.member,
        );
        let written = fs::write(&self.manifest, self.document.to_string());
        written.map_err(|error| failed(&error.to_string()))
    }
}

/// Adds a name to a list in the way in which it is written.
fn push(names: &mut Array, name: &str) {
    let last = names.iter().last().map(|last| last.decor().clone());
    let mut value = Value::from(name);
    match last {
        Some(decor) if names.len() > 1 || decor.prefix().is_some_and(is_line) => {
            *value.decor_mut() = decor;
            names.push_formatted(value);
        }
        _ => names.push(value),
    }
}

fn is_line(prefix: &toml_edit::RawString) -> bool {
    prefix.as_str().is_some_and(|prefix| prefix.contains('\n'))
}

/// The names in a list of the workspace.
fn names<'a>(document: &'a DocumentMut, list: &str) -> impl Iterator<Item = &'a str> {
    let names = document["workspace"].get(list).and_then(Item::as_array);
    names.into_iter().flatten().filter_map(Value::as_str)
}

/// A package as a workspace names it: its path from there, with `/`.
fn member(folder: &Path, package: &Path) -> Option<String> {
    let parts = package.strip_prefix(folder).ok()?.iter();
    let parts: Option<Vec<_>> = parts.map(|part| part.to_str()).collect();
    parts.map(|parts| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::{Standing, Workspace};
    use std::fs;
    use tempfile::TempDir;

    /// A folder with this `Cargo.toml`, and how a package `some/new` in it stands to it.
    fn standing(manifest: &str) -> (TempDir, Standing) {
        let folder = tempfile::tempdir().expect("a temporary directory");
        fs::write(folder.path().join("Cargo.toml"), manifest).expect("is written");
        let standing = Standing::of(&folder.path().join("some/new"));
        (folder, standing)
    }

    /// The `Cargo.toml` after the package has joined.
    fn joined(manifest: &str) -> String {
        let (folder, standing) = standing(manifest);
        let Standing::Stranger(workspace) = standing else {
            panic!("is no stranger to {manifest}");
        };
        Workspace::join(*workspace).expect("joins");
        fs::read_to_string(folder.path().join("Cargo.toml")).expect("is there")
    }

    #[test]
    fn a_package_joins_the_list_as_it_is_written() {
        for (before, after) in [
            ("[workspace]\n", "[workspace]\nmembers = [\"some/new\"]\n"),
            (
                "[workspace] # ours\nmembers = [\"a\"] # all\n",
                "[workspace] # ours\nmembers = [\"a\", \"some/new\"] # all\n",
            ),
            (
                "[workspace]\nmembers = [\n    \"a\",\n    \"b\",\n]\n",
                "[workspace]\nmembers = [\n    \"a\",\n    \"b\",\n    \"some/new\",\n]\n",
            ),
        ] {
            assert_eq!(joined(before), after);
        }
    }

    #[test]
    fn who_is_a_member_or_excluded_changes_nothing() {
        let of = |manifest: &str| standing(manifest).1;
        for members in ["\"some/*\"", "\"some/new\"", "\"./some/new/\""] {
            let manifest = format!("[workspace]\nmembers = [{members}]\n");
            assert!(matches!(of(&manifest), Standing::Member), "{manifest}");
        }
        for manifest in [
            "[workspace]\nexclude = [\"some\"]\n",
            "[package]\n",
            "no manifest",
        ] {
            assert!(matches!(of(manifest), Standing::Alone), "{manifest}");
        }
        let refused = match of("workspace.members = 1\n") {
            Standing::Stranger(workspace) => Workspace::join(*workspace),
            _ => Ok(()),
        };
        let refused = refused.expect_err("has no list").to_string();
        assert!(refused.ends_with("it has no list of members"), "{refused}");
    }
}
