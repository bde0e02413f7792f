//! Stage `quotes`: makes quotation marks curly.
//!
//! It has a bug, on purpose: it takes for granted that each mark in a line is closed in that line.
//! At one that is not, such as the mark of an inch, it panics; which shows that a stage that traps
//! half way is left out, and the others go on.

mod bindings {
    //! What `wit-bindgen` makes of the world `stage`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Quotes;

    wit_bindgen::generate!({ world: "stage", path: "../../wit/pipeline" });
    export!(Quotes);
}

use bindings::{Guest, progress};

/// How often it says how far it is, in lines.
const STEP: usize = 4;

struct Quotes;

impl Guest for Quotes {
    fn process(text: String) -> Result<String, String> {
        let lines: Vec<&str> = text.lines().collect();
        let mut curly = String::with_capacity(text.len());
        for (done, line) in lines.iter().enumerate() {
            if done % STEP == 0 {
                progress(done as u32, lines.len() as u32);
            }
            curly.push_str(&with_curly_marks(line));
            curly.push('\n');
        }
        progress(lines.len() as u32, lines.len() as u32);
        Ok(curly)
    }
}

fn with_curly_marks(line: &str) -> String {
    let mut pieces = line.split('"');
    let mut curly = pieces.next().unwrap_or_default().to_owned();
    while let Some(quoted) = pieces.next() {
        // The bug: there may be no other mark.
        let after = pieces.next().expect("each mark is closed");
        curly.push_str(&format!("“{quoted}”{after}"));
    }
    curly
}

#[cfg(test)]
mod tests {
    use super::with_curly_marks;

    #[test]
    fn marks_are_paired() {
        assert_eq!(with_curly_marks(r#"no "a" and "b"."#), "no “a” and “b”.");
        assert_eq!(with_curly_marks("none"), "none");
        assert_eq!(with_curly_marks(r#""""#), "“”");
    }

    #[test]
    #[should_panic(expected = "each mark is closed")]
    fn has_its_bug() {
        with_curly_marks(r#"17" wide"#);
    }
}
