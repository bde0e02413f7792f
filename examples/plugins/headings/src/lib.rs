//! Stage `headings`: numbers the headings of a Markdown text, and remembers them for later stages.
//!
//! In its bucket, the keys are in the order of the text, and the values are headings with their
//! numbers, such as `2.1 Of plugins`.

mod numbering;

mod bindings {
    //! What `wit-bindgen` makes of the world `stage`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Headings;

    wit_bindgen::generate!({ world: "stage", path: "../../wit/pipeline" });
    export!(Headings);
}

use bindings::acme::pipeline::logger::{Level, log};
use bindings::acme::pipeline::store::{self, Refusal};
use bindings::{Guest, progress};
use numbering::Numbering;

struct Headings;

impl Guest for Headings {
    fn process(text: String) -> Result<String, String> {
        let (numbered, headings) = number(&text);
        let bucket = store::mine();
        for (index, heading) in headings.iter().enumerate() {
            log(Level::Detail, heading);
            let kept = bucket.set(&format!("{index:06}"), heading);
            kept.map_err(|refusal| explain(heading, refusal))?;
        }
        if headings.is_empty() {
            log(Level::Warning, "there are no headings");
        }
        let lines = text.lines().count() as u32;
        progress(lines, lines);
        Ok(numbered)
    }
}

fn explain(heading: &str, refusal: Refusal) -> String {
    match refusal {
        Refusal::ReadOnly => "its own bucket is read-only".into(),
        Refusal::Full(bytes) => format!("no room for `{heading}` in {bytes} bytes"),
    }
}

/// The text with its headings numbered, and these alone.
fn number(text: &str) -> (String, Vec<String>) {
    let mut numbering = Numbering::default();
    let (mut numbered, mut headings) = (String::new(), Vec::new());
    let mut in_code = false;
    for line in text.lines() {
        in_code ^= line.starts_with("```");
        match heading(line).filter(|_| !in_code) {
            Some((level, title)) => {
                let heading = format!("{} {title}", numbering.next(level));
                numbered.push_str(&format!("{} {heading}\n", "#".repeat(level)));
                headings.push(heading);
            }
            None => numbered.push_str(&format!("{line}\n")),
        }
    }
    (numbered, headings)
}

/// The level of a heading, and its title.
fn heading(line: &str) -> Option<(usize, &str)> {
    let title = line.trim_start_matches('#');
    let level = line.len() - title.len();
    let title = title.strip_prefix(' ')?.trim();
    ((1..=6).contains(&level) && !title.is_empty()).then_some((level, title))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_headings() {
        assert_eq!(heading("## On  "), Some((2, "On")));
        for line in ["", "On", "#On", " # On", "####### On", "# "] {
            assert_eq!(heading(line), None, "{line:?}");
        }
    }

    #[test]
    fn numbers_headings_and_nothing_in_code() {
        let (text, headings) = number("# A\na\n```\n# b\n```\n## B");
        assert_eq!(text, "# 1 A\na\n```\n# b\n```\n## 1.1 B\n");
        assert_eq!(headings, ["1 A", "1.1 B"]);
    }
}
