//! Rule `long-lines`: lines that are too long to read.

use bindings::{Description, Document, Finding, Guest, Position, Range, Severity};

mod bindings {
    //! What `wit-bindgen` makes of the world `rule`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::LongLines;

    wit_bindgen::generate!({ world: "rule", path: "../../wit/lint" });
    export!(LongLines);
}

/// How many characters a line may have.
const LIMIT: usize = 120;

struct LongLines;

impl Guest for LongLines {
    fn describe() -> Description {
        Description {
            title: "Long lines".into(),
            summary: format!("A line of more than {LIMIT} characters is hard to read."),
            severity: Severity::Warning,
        }
    }

    fn check(document: Document) -> Vec<Finding> {
        (1..)
            .zip(&document.lines)
            .filter_map(|(number, line)| overlong(number, line))
            .collect()
    }
}

/// A line without white space, such as a long link, cannot be broken: it is let through.
fn overlong(line: u32, text: &str) -> Option<Finding> {
    let length = text.chars().count();
    if length <= LIMIT || !text.trim().contains(char::is_whitespace) {
        return None;
    }
    let position = |column| Position { line, column };
    Some(Finding {
        range: Range {
            start: position(LIMIT as u32 + 1),
            end: position(length as u32 + 1),
        },
        severity: None,
        message: format!(
            "this line has {length} characters, {} too many",
            length - LIMIT
        ),
        fix: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lets_a_line_of_the_limit_through() {
        let text = "né ".repeat(50);
        let line = |length| text.chars().take(length).collect::<String>();
        assert!(overlong(1, &line(LIMIT)).is_none());
        let finding = overlong(7, &line(LIMIT + 2)).expect("a finding");
        assert_eq!(finding.range.start.line, 7);
        assert_eq!(finding.range.start.column, 121);
        assert_eq!(finding.range.end.column, 123);
        assert_eq!(finding.message, "this line has 122 characters, 2 too many");
    }

    #[test]
    fn lets_through_what_cannot_be_broken() {
        assert!(overlong(1, &format!("  https://example.org/{}", "a".repeat(LIMIT))).is_none());
    }
}
