//! Links between the documents: each leads to a file that is there, and to a heading in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

/// The folder of the book, which holds all that its pages link to.
const BOOK: &str = "docs/";

/// The page that lists all others.
const CONTENTS: &str = "docs/SUMMARY.md";

/// Where documents are that are read elsewhere, such as those of packages.
const ELSEWHERE: &str = "https://github.com/first-class-worlds/first-class/blob/main/";

/// What a document links to, and what it can be linked at.
#[derive(Default)]
struct Document {
    links: Vec<String>,
    anchors: BTreeSet<String>,
}

/// What is wrong with the links of these documents, which are among the files of the repository.
pub(crate) fn problems(root: &Path, files: &[String]) -> Result<Vec<String>> {
    let mut documents = BTreeMap::new();
    for path in files.iter().filter(|path| path.ends_with(".md")) {
        let text = fs::read_to_string(root.join(path));
        let text = text.with_context(|| format!("cannot read {path}"))?;
        documents.insert(path.as_str(), Document::read(&text));
    }
    let files: BTreeSet<_> = files.iter().map(String::as_str).collect();
    let mut problems = Vec::new();
    let mut listed = BTreeSet::new();
    for (path, document) in &documents {
        for link in &document.links {
            let Some((target, anchor)) = target(path, link) else {
                continue;
            };
            if *path == CONTENTS {
                listed.insert(target.clone());
            }
            let leaves = path.starts_with(BOOK) && !target.starts_with(BOOK);
            let is_there = target.ends_with('/') || files.contains(target.as_str());
            let linked = documents.get(target.as_str());
            let reason = match anchor {
                _ if leaves => "leads out of the book",
                _ if !is_there => "leads to no file",
                Some(anchor) if linked.is_some_and(|it| !it.anchors.contains(anchor)) => {
                    "leads to no heading"
                }
                _ => continue,
            };
            problems.push(format!("{path}: the link `{link}` {reason}"));
        }
    }
    let pages = documents.keys().filter(|path| path.starts_with(BOOK));
    let unlisted = pages.filter(|path| **path != CONTENTS && !listed.contains(**path));
    problems.extend(unlisted.map(|path| format!("{path}: is not in {CONTENTS}")));
    Ok(problems)
}

impl Document {
    fn read(text: &str) -> Self {
        let mut document = Document::default();
        let mut heading: Option<String> = None;
        for event in Parser::new(text) {
            match event {
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    document.links.push(dest_url.into_string());
                }
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::Text(text) | Event::Code(text) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&text);
                    }
                }
                Event::End(TagEnd::Heading(_)) => {
                    let heading = heading.take().unwrap_or_default();
                    document.anchors.insert(anchor(&heading));
                }
                _ => {}
            }
        }
        document
    }
}

/// The anchor of a heading, as mdBook and GitHub make it.
fn anchor(heading: &str) -> String {
    let kept = heading
        .trim()
        .chars()
        .filter_map(|character| match character {
            ' ' => Some('-'),
            '-' | '_' => Some(character),
            _ => character.is_alphanumeric().then_some(character),
        });
    kept.flat_map(char::to_lowercase).collect()
}

/// The file that a link leads to, by its path from the root, and the heading; nothing for other sites.
fn target<'a>(from: &str, link: &'a str) -> Option<(String, Option<&'a str>)> {
    let (path, anchor) = match link.split_once('#') {
        Some((path, anchor)) => (path, Some(anchor)),
        None => (link, None),
    };
    if let Some(path) = path.strip_prefix(ELSEWHERE) {
        return Some((path.to_owned(), anchor));
    }
    if path.contains(':') {
        return None;
    }
    if path.is_empty() {
        return Some((from.to_owned(), anchor));
    }
    let mut parts: Vec<_> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            _ => parts.push(part),
        }
    }
    Some((parts.join("/"), anchor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_links_that_lead_nowhere() -> Result<()> {
        let root = tempfile::tempdir()?;
        let pages = [
            (CONTENTS, "[A](a.md) [b](uses/b.md)"),
            (
                "docs/a.md",
                "# One `two`, three\n[b](uses/b.md#there) [up](../README.md)",
            ),
            (
                "docs/uses/b.md",
                "[a](../a.md#one-two-three) [c](c.md) [](#not)",
            ),
            (
                "docs/alone.md",
                "```\n[code](nothing.md)\n```\n`[code](nothing.md)`",
            ),
            (
                "README.md",
                "[site](https://a.b/c) [book](docs/) [a](docs/a.md#one)",
            ),
        ];
        for (path, text) in pages {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().context("a folder")?)?;
            fs::write(path, text)?;
        }
        let files = pages.map(|(path, _)| path.to_owned());
        assert_eq!(
            problems(root.path(), &files)?,
            [
                "README.md: the link `docs/a.md#one` leads to no heading",
                "docs/a.md: the link `uses/b.md#there` leads to no heading",
                "docs/a.md: the link `../README.md` leads out of the book",
                "docs/uses/b.md: the link `c.md` leads to no file",
                "docs/uses/b.md: the link `#not` leads to no heading",
                "docs/alone.md: is not in docs/SUMMARY.md",
            ]
        );
        Ok(())
    }
}
