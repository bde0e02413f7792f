//! Grants in a folder `here` beside a folder `there`.

use std::os::unix::fs::symlink;

use tempfile::TempDir;

use super::*;

struct Tree {
    folder: TempDir,
}

impl Tree {
    fn new() -> Result<Self> {
        let tree = Self {
            folder: tempfile::tempdir()?,
        };
        for file in ["here/a.md", "here/sub/b.md", "there/c.md"] {
            let path = tree.path(file);
            fs::create_dir_all(path.parent().context("a folder")?)?;
            fs::write(path, "")?;
        }
        Ok(tree)
    }

    fn path(&self, path: &str) -> PathBuf {
        let root = fs::canonicalize(self.folder.path()).expect("the folder is there");
        root.join(path)
    }

    fn text(&self, path: &str) -> String {
        self.path(path).to_str().expect("a plain path").to_owned()
    }

    /// The argument as the caller gets it, and what it may read besides `here`.
    fn grant(&self, argument: &str) -> Result<(String, Vec<(String, PathBuf)>)> {
        let grants = Grants::new(&self.path("here"), &[argument.to_owned()])?;
        let mut directories = grants.directories;
        assert_eq!(directories.remove("."), Some(self.path("here")));
        Ok((grants.arguments.concat(), directories.into_iter().collect()))
    }
}

#[test]
fn what_is_inside_needs_nothing() -> Result<()> {
    let tree = Tree::new()?;
    for argument in [
        "a.md",
        "./sub/b.md",
        "sub",
        ".",
        "--rules",
        "",
        "missing.md",
    ] {
        assert_eq!(tree.grant(argument)?, (argument.to_owned(), Vec::new()));
    }
    Ok(())
}

#[test]
fn what_is_outside_comes_with_its_directory() -> Result<()> {
    let tree = Tree::new()?;
    let there = tree.path("there");
    let absolute = tree.text("there");
    for (argument, name) in [
        ("../there/c.md", "../there"),
        ("sub/../../there/c.md", "sub/../../there"),
        ("../there", "../there"),
        (&format!("{absolute}/c.md"), &absolute),
    ] {
        let directories = vec![(name.to_owned(), there.clone())];
        assert_eq!(tree.grant(argument)?, (argument.to_owned(), directories));
    }
    Ok(())
}

#[test]
fn what_does_not_exist_gives_nothing_away() -> Result<()> {
    let tree = Tree::new()?;
    for argument in ["../there/missing.md", "/missing.md", "../nowhere/c.md"] {
        assert_eq!(tree.grant(argument)?, (argument.to_owned(), Vec::new()));
    }
    Ok(())
}

#[test]
fn links_lead_where_they_lead() -> Result<()> {
    let tree = Tree::new()?;
    symlink(tree.path("here/sub/b.md"), tree.path("here/inside.md"))?;
    symlink("../there/c.md", tree.path("here/outside.md"))?;
    symlink("../there", tree.path("here/folder"))?;

    assert_eq!(tree.grant("inside.md")?, ("sub/b.md".into(), Vec::new()));
    let there = vec![(tree.text("there"), tree.path("there"))];
    assert_eq!(tree.grant("outside.md")?, (tree.text("there/c.md"), there));
    let folder = vec![("folder".into(), tree.path("there"))];
    assert_eq!(tree.grant("folder/c.md")?, ("folder/c.md".into(), folder));
    Ok(())
}
