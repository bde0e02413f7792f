//! The files of this repository.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// The files under a folder, as sorted paths from it with `/` between their parts. What cargo
/// built is left out, and so are hidden folders.
pub(crate) fn files(root: &Path) -> Result<Vec<String>> {
    let mut files = Vec::new();
    collect(root, "", &mut files)?;
    files.sort();
    Ok(files)
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<String>) -> Result<()> {
    let unreadable = || format!("cannot list {}", folder.display());
    for entry in fs::read_dir(folder).with_context(unreadable)? {
        let entry = entry.with_context(unreadable)?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let path = format!("{prefix}{name}");
        let kind = entry.file_type().with_context(unreadable)?;
        if kind.is_file() {
            files.push(path);
        } else if kind.is_dir() && !name.starts_with('.') && name != "target" {
            collect(&entry.path(), &format!("{path}/"), files)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_out_what_is_not_ours() -> Result<()> {
        let root = tempfile::tempdir()?;
        for file in ["b.md", "a/c.md", "a/target/d.md", ".git/e.md"] {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().context("a folder")?)?;
            fs::write(path, "")?;
        }
        assert_eq!(files(root.path())?, ["a/c.md", "b.md"]);
        Ok(())
    }
}
