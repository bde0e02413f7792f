//! Names of projects.

use miette::{Result, miette};
use std::fmt;
use std::path::Path;

/// What cargo refuses as the name of a package, of those names that are otherwise good: folders that it
/// builds in, the crate of the standard library for tests, and Rust's keywords.
const FOLDERS: [&str; 4] = ["build", "deps", "examples", "incremental"];
const TESTS: &str = "test";
const KEYWORDS: [&str; 50] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "if", "impl", "in",
    "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// The name of a project, which is good for a crate and for a WIT package.
pub(super) struct Name(String);

impl Name {
    /// The name of a project with this path.
    pub(super) fn of(path: &Path) -> Result<Self> {
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| {
            miette!(
                help = "give a path such as `hello`, whose last part is the name of the project",
                "`{}` has no name in it",
                path.display()
            )
        })?;
        if name == TESTS || FOLDERS.contains(&name) || KEYWORDS.contains(&name) {
            return Err(miette!(
                help = format!("choose another name, such as `my-{name}`"),
                "`{name}` cannot be the name of a crate"
            ));
        }
        if is_good(name) {
            return Ok(Name(name.to_owned()));
        }
        let suggestion = suggestion(name);
        let help = match is_good(&suggestion) {
            true => format!("`{suggestion}` is one"),
            false => "`hello-world` is one".to_owned(),
        };
        Err(miette!(
            help = help,
            "`{name}` is no name for a project: it takes words of lower-case letters and digits that \
             begin with a letter, with `-` between them"
        ))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_good(name: &str) -> bool {
    name.split('-').all(|word| {
        word.starts_with(|first: char| first.is_ascii_lowercase())
            && word
                .chars()
                .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit())
    })
}

/// The same name with `-` for what separates words.
fn suggestion(name: &str) -> String {
    let mut words = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() || !character.is_ascii_alphanumeric() {
            words.push('-');
        }
        if character.is_ascii_alphanumeric() {
            words.push(character.to_ascii_lowercase());
        }
    }
    let words: Vec<_> = words.split('-').filter(|word| !word.is_empty()).collect();
    words.join("-")
}

#[cfg(test)]
mod tests {
    use super::Name;
    use std::path::Path;

    #[test]
    fn names_are_those_of_crates_and_of_wit() {
        for name in ["hello", "a1-b2", "x"] {
            let path = Path::new("some/where").join(name);
            assert_eq!(Name::of(&path).expect("is good").to_string(), name);
        }
        let help = |name: &str| {
            let error = Name::of(Path::new(name)).err().expect("is refused");
            error
                .help()
                .map(|help| help.to_string())
                .unwrap_or_default()
        };
        assert_eq!(help("hello_world"), "`hello-world` is one");
        assert_eq!(help("HelloWorld"), "`hello-world` is one");
        assert_eq!(help("1st"), "`hello-world` is one");
        assert_eq!(help("a--b"), "`a-b` is one");
        for name in ["test", "incremental", "unsafe", "yield"] {
            assert_eq!(
                help(name),
                format!("choose another name, such as `my-{name}`")
            );
        }
        assert!(help("..").contains("last part"));
    }
}
