//! Names of sources, and patterns of them.

use glob::{MatchOptions, Pattern as Glob};

/// A malformed pattern of names.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the pattern `{pattern}` is malformed: {message}")]
pub struct PatternError {
    /// What was given.
    pub pattern: String,
    /// What is wrong with it.
    pub message: String,
}

/// A name, or a pattern with `*`, which stands for any characters but `/`; `**` stands for any.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    text: String,
    glob: Option<Glob>,
}

const OPTIONS: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

impl Pattern {
    /// Reads a name or a pattern.
    pub(crate) fn parse(text: &str) -> Result<Self, PatternError> {
        let glob = match text.contains(['*', '?', '[']) {
            true => Some(Glob::new(text).map_err(|error| PatternError {
                pattern: text.to_owned(),
                message: error.to_string(),
            })?),
            false => None,
        };
        Ok(Pattern {
            text: text.to_owned(),
            glob,
        })
    }

    pub(crate) fn matches(&self, name: &str) -> bool {
        match &self.glob {
            Some(glob) => glob.matches_with(name, OPTIONS),
            None => self.text == name,
        }
    }

    /// The name, if it is one name and no pattern.
    pub(crate) fn name(&self) -> Option<&str> {
        self.glob.is_none().then_some(&*self.text)
    }

    /// What comes before the `*`, if that is all that the pattern has at its end.
    pub(crate) fn prefix(&self) -> Option<&str> {
        let prefix = self.text.strip_suffix('*')?;
        (!prefix.contains(['*', '?', '['])).then_some(prefix)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn a_star_stays_within_a_segment() {
        let matches = |pattern: &str, name| Pattern::parse(pattern).expect("parses").matches(name);
        assert!(matches("cart/*", "cart/alice"));
        assert!(!matches("cart/*", "cart/alice/2"));
        assert!(matches("cart/**", "cart/alice/2"));
        assert!(matches("cart", "cart"));
        assert!(!matches("cart", "carts"));
        assert!(Pattern::parse("a/***").is_err());
        assert_eq!(Pattern::parse("a/*").expect("parses").prefix(), Some("a/"));
        assert_eq!(Pattern::parse("a/*/b").expect("parses").prefix(), None);
    }
}
