//! Stage `squeeze`: takes out white space that nobody sees.

mod bindings {
    //! What `wit-bindgen` makes of the world `stage`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Squeeze;

    wit_bindgen::generate!({ world: "stage", path: "../../wit/pipeline" });
    export!(Squeeze);
}

use bindings::acme::pipeline::logger::{Level, log};
use bindings::{Guest, progress};

struct Squeeze;

impl Guest for Squeeze {
    fn process(text: String) -> Result<String, String> {
        let lines = text.lines().count() as u32;
        let squeezed = squeeze(&text);
        progress(lines, lines);
        let blanks = text.chars().count() - squeezed.chars().count();
        if blanks > 0 {
            log(Level::Notice, &format!("took out {blanks} blanks"));
        }
        Ok(squeezed)
    }
}

/// Without blanks at the ends of lines, and with one blank line where there were several.
fn squeeze(text: &str) -> String {
    let mut squeezed = String::with_capacity(text.len());
    let mut after_blank = true;
    for line in text.lines().map(str::trim_end) {
        let is_blank = line.is_empty();
        if !(is_blank && after_blank) {
            squeezed.push_str(line);
            squeezed.push('\n');
        }
        after_blank = is_blank;
    }
    if squeezed.ends_with("\n\n") {
        squeezed.pop();
    }
    squeezed
}

#[cfg(test)]
mod tests {
    use super::squeeze;

    #[test]
    fn takes_out_what_nobody_sees() {
        assert_eq!(squeeze("\n\na \n \n\n  b\n\n"), "a\n\n  b\n");
        assert_eq!(squeeze("a\nb"), "a\nb\n");
        assert_eq!(squeeze(" \n\n"), "");
    }
}
