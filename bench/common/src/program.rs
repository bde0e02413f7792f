//! How a program chooses what it measures, where it writes, and how it ends.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

/// The status that a program ends with, after it has said what was wrong.
pub fn end(result: Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Those of all cases that are called so, in the order in which they are; without any names, all.
///
/// # Errors
/// When there is no case of a name, with what there is.
pub fn chosen<C>(
    mut cases: Vec<C>,
    names: &[String],
    name_of: impl Fn(&C) -> &str,
) -> Result<Vec<C>> {
    let unknown = |name: &&String| !cases.iter().any(|case| name_of(case) == name.as_str());
    if let Some(name) = names.iter().find(unknown) {
        let known: Vec<&str> = cases.iter().map(&name_of).collect();
        bail!("there is no case `{name}`; there is: {}", known.join(", "));
    }
    if !names.is_empty() {
        cases.retain(|case| names.iter().any(|name| name == name_of(case)));
    }
    Ok(cases)
}

/// Writes a file, and makes its folder if there is none.
///
/// # Errors
/// When it cannot be written, with its path.
pub fn write(path: &Path, text: &str) -> Result<()> {
    let unwritable = || format!("cannot write {}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(unwritable)?;
    }
    fs::write(path, text).with_context(unwritable)
}

#[cfg(test)]
mod tests {
    use super::chosen;

    #[test]
    fn cases_are_chosen_by_name_and_keep_their_order() {
        let chosen = |names: &[&str]| {
            let names: Vec<_> = names.iter().map(ToString::to_string).collect();
            let chosen = chosen(vec!["add", "echo", "load"], &names, |name| name);
            chosen.map_err(|error| error.to_string())
        };
        assert_eq!(chosen(&[]), Ok(vec!["add", "echo", "load"]));
        assert_eq!(chosen(&["load", "add"]), Ok(vec!["add", "load"]));
        let error = "there is no case `lod`; there is: add, echo, load";
        assert_eq!(chosen(&["add", "lod"]), Err(error.to_owned()));
    }
}
