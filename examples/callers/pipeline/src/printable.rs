//! Text of strangers, made safe to print.

use std::fmt::{self, Display, Write};

/// Shows text with its control characters escaped: a stage must not be able to move the cursor
/// of a terminal, or to forge a line of output.
pub(crate) struct Printable<'a>(pub(crate) &'a str);

impl Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            if character.is_control() {
                write!(f, "{}", character.escape_default())?;
            } else {
                f.write_char(character)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_control_characters_alone() {
        let text = Printable("naïve\u{1b}[2J\n→").to_string();
        assert_eq!(text, "naïve\\u{1b}[2J\\n→");
    }
}
