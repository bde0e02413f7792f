//! Rule `fragile`: doubled punctuation, such as two commas in a row.
//!
//! It has a bug, on purpose: it takes each character for one byte. So it works on ASCII, and
//! panics at the first character that is longer, be it `…`, `→` or `é`; which shows that a
//! plugin's trap is contained.

use bindings::{Description, Document, Finding, Fix, Guest, Position, Range, Severity};

mod bindings {
    //! What `wit-bindgen` makes of the world `rule`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Fragile;

    wit_bindgen::generate!({ world: "rule", path: "../../wit/lint" });
    export!(Fragile);
}

struct Fragile;

impl Guest for Fragile {
    fn describe() -> Description {
        Description {
            title: "Doubled punctuation".into(),
            summary: "Two commas, semicolons or question marks in a row are a slip.".into(),
            severity: Severity::Warning,
        }
    }

    fn check(document: Document) -> Vec<Finding> {
        (1..)
            .zip(&document.lines)
            .flat_map(|(number, line)| doubled(number, line))
            .collect()
    }
}

fn doubled(line: u32, text: &str) -> impl Iterator<Item = Finding> {
    text.char_indices()
        .filter(|(at, mark)| {
            // The bug: `at + 1` lies within the character if that has more than one byte.
            let rest = &text[at + 1..];
            matches!(mark, ',' | ';' | '?') && rest.starts_with(*mark)
        })
        .map(move |(at, mark)| finding(line, at as u32 + 1, mark))
}

fn finding(line: u32, column: u32, mark: char) -> Finding {
    let position = |column| Position { line, column };
    Finding {
        range: Range {
            start: position(column),
            end: position(column + 1),
        },
        severity: None,
        message: format!("`{mark}` stands here twice"),
        fix: Some(Fix::Delete),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_doubled_marks() {
        let columns: Vec<_> = doubled(1, "What?? No,, (a, b)...")
            .map(|finding| finding.range.start.column)
            .collect();
        assert_eq!(columns, [5, 10]);
    }

    #[test]
    #[should_panic(expected = "not a char boundary")]
    fn has_its_bug() {
        let _ = doubled(1, "and so on …").count();
    }
}
