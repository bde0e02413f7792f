//! Stage `contents`: writes the headings at the top, as the stage `headings` has left them.

mod bindings {
    //! What `wit-bindgen` makes of the world `stage`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Contents;

    wit_bindgen::generate!({ world: "stage", path: "../../wit/pipeline" });
    export!(Contents);
}

use bindings::acme::pipeline::logger::{Level, log};
use bindings::acme::pipeline::store;
use bindings::{Guest, progress};

/// The stage that has to come before.
const HEADINGS: &str = "headings";

struct Contents;

impl Guest for Contents {
    fn process(text: String) -> Result<String, String> {
        let bucket = store::left_by(HEADINGS);
        let bucket = bucket.ok_or_else(|| format!("nothing was left by `{HEADINGS}`"))?;
        let keys = bucket.keys();
        let headings: Vec<String> = keys.iter().filter_map(|key| bucket.get(key)).collect();
        log(Level::Notice, &format!("{} headings", headings.len()));
        let lines = text.lines().count() as u32;
        progress(lines, lines);
        Ok(contents(&headings) + &text)
    }
}

/// A line for each heading, further in for those of lower levels.
fn contents(headings: &[String]) -> String {
    if headings.is_empty() {
        return String::new();
    }
    let lines = headings.iter().map(|heading| {
        let number = heading.split(' ').next().unwrap_or_default();
        format!("{}- {heading}\n", "  ".repeat(number.matches('.').count()))
    });
    format!("Contents:\n\n{}\n", lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::contents;

    #[test]
    fn lower_levels_stand_further_in() {
        let headings = ["1 On", "1.1 Of 1.0", "2 Off"].map(str::to_owned);
        assert_eq!(
            contents(&headings),
            "Contents:\n\n- 1 On\n  - 1.1 Of 1.0\n- 2 Off\n\n"
        );
        assert_eq!(contents(&[]), "");
    }
}
