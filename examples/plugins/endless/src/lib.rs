//! Rule `endless`: code spans with blanks inside of their backticks.
//!
//! It has a bug, on purpose: it never returns from a line with an odd number of backticks. Every
//! code fence of a Markdown file is such a line; so it shows that a deadline ends a plugin.

use bindings::{Description, Document, Finding, Fix, Guest, Position, Range, Severity};

mod bindings {
    //! What `wit-bindgen` makes of the world `rule`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Endless;

    wit_bindgen::generate!({ world: "rule", path: "../../wit/lint" });
    export!(Endless);
}

struct Endless;

impl Guest for Endless {
    fn describe() -> Description {
        Description {
            title: "Padded code spans".into(),
            summary: "Blanks at the ends of a code span are not shown, and only confuse.".into(),
            severity: Severity::Note,
        }
    }

    fn check(document: Document) -> Vec<Finding> {
        (1..)
            .zip(&document.lines)
            .flat_map(|(number, line)| padded_spans(number, line))
            .collect()
    }
}

fn padded_spans(line: u32, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find('`') {
        let start = at + open + 1;
        let Some(length) = text[start..].find('`') else {
            // The bug: `at` has not moved on, so the same backtick is found again, for ever.
            continue;
        };
        let code = &text[start..start + length];
        if code != code.trim() {
            findings.push(finding(line, &text[..start], code));
        }
        at = start + length + 1;
    }
    findings
}

fn finding(line: u32, before: &str, code: &str) -> Finding {
    let start = before.chars().count() as u32 + 1;
    let position = |column| Position { line, column };
    Finding {
        range: Range {
            start: position(start),
            end: position(start + code.chars().count() as u32),
        },
        severity: None,
        message: "blanks at the ends of a code span".into(),
        fix: Some(Fix::Replace(code.trim().to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_padded_spans() {
        let found: Vec<_> = padded_spans(1, "`a` – ` b` `` `c d `")
            .into_iter()
            .filter_map(|finding| match finding.fix {
                Some(Fix::Replace(code)) => Some((finding.range.start.column, code)),
                _ => None,
            })
            .collect();
        assert_eq!(found, [(8, "b".to_owned()), (16, "c d".to_owned())]);
    }
}
