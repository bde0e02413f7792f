//! The comments of `.proto` files as documentation.

use crate::backends::wit::documentation;
use prost_reflect::FileDescriptor;
use std::collections::HashMap;

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

    /// What is said of something.
    pub(super) fn of(&mut self, indent: &str, file: &FileDescriptor, path: &[i32]) -> String {
        if !self.is_wanted {
            return String::new();
        }
        let name = file.name().to_owned();
        let comments = self.files.entry(name).or_insert_with(|| comments(file));
        let comment = comments.get(path).map(String::as_str).unwrap_or_default();
        documentation(indent, comment.lines().map(str::trim))
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
