//! Text as the words that it is made of.

use crate::bindings::Position;

/// A piece of a line between white space.
pub(crate) struct Word<'a> {
    pub(crate) line: u32,
    column: u32,
    pub(crate) text: &'a str,
}

impl Word<'_> {
    /// Whether this word says `previous` again, right behind it. A mark between the two keeps
    /// them apart, as in "no, no", and so does a blank line.
    pub(crate) fn repeats(&self, previous: &Word<'_>) -> bool {
        let word = self.without_mark();
        self.line - previous.line <= 1
            && !word.is_empty()
            && word.chars().all(char::is_alphabetic)
            && word.to_lowercase() == previous.text.to_lowercase()
    }

    /// The place before the first character.
    pub(crate) fn start(&self) -> Position {
        Position {
            line: self.line,
            column: self.column,
        }
    }

    /// The place after the last character that is not a mark.
    pub(crate) fn end(&self) -> Position {
        Position {
            line: self.line,
            column: self.column + self.without_mark().chars().count() as u32,
        }
    }

    fn without_mark(&self) -> &str {
        self.text
            .trim_end_matches(|c: char| c.is_ascii_punctuation())
    }
}

/// The words of a line, in order.
pub(crate) fn of_line(line: u32, text: &str) -> impl Iterator<Item = Word<'_>> {
    text.split(char::is_whitespace)
        .scan(1, |column, text| {
            let start = *column;
            // One more for the white space that ended it.
            *column += text.chars().count() as u32 + 1;
            Some((start, text))
        })
        .filter(|(_, text)| !text.is_empty())
        .map(move |(column, text)| Word { line, column, text })
}
