//! Rule `repeated-words`: a word that stands there twice, also across the end of a line.

mod words;

use bindings::{Description, Document, Finding, Fix, Guest, Range, Severity};
use words::Word;

mod bindings {
    //! What `wit-bindgen` makes of the world `rule`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::RepeatedWords;

    wit_bindgen::generate!({ world: "rule", path: "../../wit/lint" });
    export!(RepeatedWords);
}

struct RepeatedWords;

impl Guest for RepeatedWords {
    fn describe() -> Description {
        Description {
            title: "Repeated words".into(),
            summary: "A word that stands there twice in a row is most often a slip.".into(),
            severity: Severity::Warning,
        }
    }

    fn check(document: Document) -> Vec<Finding> {
        let words: Vec<Word<'_>> = (1..)
            .zip(&document.lines)
            .flat_map(|(number, line)| words::of_line(number, line))
            .collect();
        words
            .windows(2)
            .filter(|pair| pair[1].repeats(&pair[0]))
            .map(|pair| finding(&pair[0], &pair[1]))
            .collect()
    }
}

/// Only a repetition within one line has a fix: across two, something has to be said about the
/// line end too, and a writer knows best what.
fn finding(first: &Word<'_>, second: &Word<'_>) -> Finding {
    let same_line = first.line == second.line;
    Finding {
        range: Range {
            start: first.start(),
            end: second.end(),
        },
        severity: None,
        message: format!("`{}` stands here twice", first.text),
        fix: same_line.then(|| Fix::Replace(first.text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lines: &[&str]) -> Vec<Finding> {
        RepeatedWords::check(Document {
            path: "a.txt".into(),
            lines: lines.iter().map(|line| (*line).to_owned()).collect(),
        })
    }

    #[test]
    fn finds_both_in_one_line() {
        let findings = check(&["Über the  the hill"]);
        let [finding] = &findings[..] else {
            panic!("{findings:?}")
        };
        assert_eq!(finding.range.start.column, 6);
        assert_eq!(finding.range.end.column, 14);
        assert!(matches!(&finding.fix, Some(Fix::Replace(word)) if word == "the"));
    }

    #[test]
    fn finds_one_across_a_line_end() {
        let findings = check(&["as is the", "  the hill"]);
        let [finding] = &findings[..] else {
            panic!("{findings:?}")
        };
        assert_eq!((finding.range.start.line, finding.range.end.line), (1, 2));
        assert!(finding.fix.is_none());
    }

    #[test]
    fn a_blank_line_or_a_mark_keeps_words_apart() {
        assert!(check(&["over the", "", "the hill"]).is_empty());
        assert!(check(&["no, no; that, that", "- item", "- item"]).is_empty());
        assert!(check(&["`the` the"]).is_empty());
    }

    #[test]
    fn a_mark_behind_the_second_is_no_excuse() {
        let findings = check(&["Over the the."]);
        assert_eq!(findings[0].range.end.column, 13);
    }

    #[test]
    fn finds_each_of_three() {
        assert_eq!(check(&["The the the"]).len(), 2);
    }

    #[test]
    fn numbers_may_repeat() {
        assert!(check(&["0 0 1 1"]).is_empty());
    }
}
