//! Rule `notes`: notes to oneself that were left behind.

use bindings::{Description, Document, Finding, Guest, Position, Range, Severity};

mod bindings {
    //! What `wit-bindgen` makes of the world `rule`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Notes;

    wit_bindgen::generate!({ world: "rule", path: "../../wit/lint" });
    export!(Notes);
}

/// The words that make a note, and how much they matter if not as much as any.
const MARKS: [(&str, Option<Severity>); 3] = [
    ("FIXME", Some(Severity::Error)),
    ("TODO", None),
    ("XXX", Some(Severity::Warning)),
];

struct Notes;

impl Guest for Notes {
    fn describe() -> Description {
        Description {
            title: "Notes left behind".into(),
            summary: "A FIXME, TODO or XXX is work that is left to do.".into(),
            severity: Severity::Note,
        }
    }

    fn check(document: Document) -> Vec<Finding> {
        (1..)
            .zip(&document.lines)
            .flat_map(|(number, line)| notes_in(number, line))
            .collect()
    }
}

fn notes_in(number: u32, line: &str) -> impl Iterator<Item = Finding> {
    MARKS.iter().flat_map(move |(mark, severity)| {
        line.match_indices(mark)
            .filter(|(at, _)| is_word(line, *at, mark))
            .map(move |(at, _)| finding(number, &line[..at], mark, *severity))
    })
}

/// Whether `mark`, found at byte `at`, is a word of its own and not a piece of `TODOS`.
fn is_word(line: &str, at: usize, mark: &str) -> bool {
    let in_word = |c: char| c.is_alphanumeric() || c == '_';
    !line[..at].ends_with(in_word) && !line[at + mark.len()..].starts_with(in_word)
}

fn finding(line: u32, before: &str, mark: &str, severity: Option<Severity>) -> Finding {
    let start = before.chars().count() as u32 + 1;
    let position = |column| Position { line, column };
    Finding {
        range: Range {
            start: position(start),
            end: position(start + mark.len() as u32),
        },
        severity,
        message: format!("`{mark}` was left behind"),
        fix: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(line: &str) -> Vec<u32> {
        notes_in(1, line)
            .map(|finding| finding.range.start.column)
            .collect()
    }

    #[test]
    fn counts_columns_in_characters() {
        assert_eq!(starts("// → TODO: say more"), [6]);
    }

    #[test]
    fn wants_whole_words() {
        assert_eq!(starts("TODOS, MY_TODO and XXXL"), []);
        assert_eq!(starts("(TODO)"), [2]);
    }

    #[test]
    fn finds_all_in_a_line() {
        assert_eq!(starts("TODO FIXME TODO"), [6, 1, 12]);
    }

    #[test]
    fn takes_a_fixme_for_an_error() {
        let severities: Vec<_> = notes_in(1, "FIXME TODO")
            .map(|finding| finding.severity)
            .collect();
        assert_eq!(severities, [Some(Severity::Error), None]);
    }
}
