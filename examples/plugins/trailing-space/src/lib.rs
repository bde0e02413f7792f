//! Rule `trailing-space`: white space at the ends of lines.

use bindings::{Description, Document, Finding, Fix, Guest, Position, Range, Severity};

mod bindings {
    //! What `wit-bindgen` makes of the world `rule`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::TrailingSpace;

    wit_bindgen::generate!({ world: "rule", path: "../../wit/lint" });
    export!(TrailingSpace);
}

struct TrailingSpace;

impl Guest for TrailingSpace {
    fn describe() -> Description {
        Description {
            title: "Trailing white space".into(),
            summary: "White space at the end of a line cannot be seen, but changes the file."
                .into(),
            severity: Severity::Warning,
        }
    }

    fn check(document: Document) -> Vec<Finding> {
        (1..)
            .zip(&document.lines)
            .filter_map(|(number, line)| trailing(number, line))
            .collect()
    }
}

fn trailing(line: u32, text: &str) -> Option<Finding> {
    let kept = text.trim_end().chars().count() as u32;
    let length = text.chars().count() as u32;
    let position = |column| Position { line, column };
    (kept < length).then(|| Finding {
        range: Range {
            start: position(kept + 1),
            end: position(length + 1),
        },
        severity: None,
        message: "white space at the end of the line".into(),
        fix: Some(Fix::Delete),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(text: &str) -> Option<(u32, u32)> {
        trailing(1, text).map(|finding| (finding.range.start.column, finding.range.end.column))
    }

    #[test]
    fn finds_blanks_of_every_kind() {
        assert_eq!(columns("é  "), Some((2, 4)));
        assert_eq!(columns("tab\t"), Some((4, 5)));
        assert_eq!(columns("no-break\u{a0}"), Some((9, 10)));
    }

    #[test]
    fn finds_a_line_of_nothing_else() {
        assert_eq!(columns("    "), Some((1, 5)));
    }

    #[test]
    fn leaves_clean_lines_alone() {
        assert_eq!(columns(""), None);
        assert_eq!(columns("  indented"), None);
    }
}
