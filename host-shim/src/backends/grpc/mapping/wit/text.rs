//! Names and comments as WIT has them.

use prost_reflect::FileDescriptor;
use std::collections::HashMap;

/// What cannot be a name without a `%`.
const KEYWORDS: [&str; 42] = [
    "as",
    "async",
    "bool",
    "borrow",
    "char",
    "constructor",
    "enum",
    "error-context",
    "export",
    "f32",
    "f64",
    "flags",
    "from",
    "func",
    "future",
    "import",
    "include",
    "interface",
    "list",
    "map",
    "option",
    "own",
    "package",
    "record",
    "resource",
    "result",
    "s16",
    "s32",
    "s64",
    "s8",
    "static",
    "stream",
    "string",
    "tuple",
    "type",
    "u16",
    "u32",
    "u64",
    "u8",
    "use",
    "variant",
    "with",
];

/// A name as it stands in WIT.
pub(super) fn escaped(name: &str) -> String {
    match name == "world" || KEYWORDS.contains(&name) {
        true => format!("%{name}"),
        false => name.to_owned(),
    }
}

/// The comments of `.proto` files.
pub(super) struct Docs {
    is_wanted: bool,
    /// By file and path, of the files that were looked at.
    files: HashMap<String, HashMap<Vec<i32>, String>>,
}

impl Docs {
    pub(super) fn new(is_wanted: bool) -> Self {
        Docs {
            is_wanted,
            files: HashMap::new(),
        }
    }

    /// Writes what is said of something.
    pub(super) fn write(
        &mut self,
        text: &mut String,
        indent: &str,
        file: &FileDescriptor,
        path: &[i32],
    ) {
        if !self.is_wanted {
            return;
        }
        let comments = self
            .files
            .entry(file.name().to_owned())
            .or_insert_with(|| comments(file));
        for line in comments
            .get(path)
            .into_iter()
            .flat_map(|comment| comment.lines())
        {
            let line = format!("{indent}/// {}", line.trim());
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
}

fn comments(file: &FileDescriptor) -> HashMap<Vec<i32>, String> {
    let info = file.file_descriptor_proto().source_code_info.iter();
    let locations = info.flat_map(|info| &info.location);
    let comments = locations.filter_map(|location| {
        let comment = location.leading_comments.as_ref()?;
        Some((location.path.clone(), comment.trim().to_owned()))
    });
    comments.collect()
}
