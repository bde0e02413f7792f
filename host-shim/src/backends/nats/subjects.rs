//! The subjects of NATS that names of sources stand for.

use std::fmt::Write as _;

/// The group that all servers are in: each message goes to one of them.
pub(crate) const GROUP: &str = "first-class";

/// The longest name of a source, in bytes.
const LONGEST: usize = 1024;

/// The subjects below a prefix.
#[derive(Clone, Debug)]
pub(crate) struct Subjects {
    prefix: String,
}

impl Subjects {
    pub(crate) fn new(prefix: &str) -> Self {
        Subjects {
            prefix: tokens(prefix),
        }
    }

    /// Where calls of an instance go.
    pub(crate) fn calls(&self, tokens: &str) -> String {
        format!("{}.call.{tokens}", self.prefix)
    }

    /// Where a server is asked to hold the instance of a name.
    pub(crate) fn places(&self, tokens: &str) -> String {
        format!("{}.hold.{tokens}", self.prefix)
    }

    /// Where the calls of a name go that some server holds.
    pub(crate) fn held(&self, server: &str, tokens: &str) -> String {
        format!("{}.held.{server}.{tokens}", self.prefix)
    }

    /// Whether a subject is one where calls of a name may go.
    pub(crate) fn is_held(&self, subject: &str, tokens: &str) -> bool {
        let below = subject.strip_prefix(&*self.prefix);
        let server = below
            .and_then(|below| below.strip_prefix(".held."))
            .and_then(|below| below.strip_suffix(tokens))
            .and_then(|server| server.strip_suffix('.'));
        server.is_some_and(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_alphanumeric()))
    }

    /// The name that a subject of one of the first two kinds stands for.
    pub(crate) fn name(&self, subject: &str) -> Option<String> {
        let below = subject.strip_prefix(&*self.prefix)?.strip_prefix('.')?;
        let (_, tokens) = below.split_once('.')?;
        name(tokens)
    }

    /// The prefix as the name of a bucket, which has neither dots nor `=`.
    pub(crate) fn bucket(&self) -> String {
        self.prefix.replace(['.', '='], "_")
    }
}

/// The tokens that a name stands for, one for each of its segments: letters, digits, `-` and `_` stand
/// for themselves, all other bytes are written `=2F`. An empty segment is `=`.
pub(crate) fn tokens(name: &str) -> String {
    let tokens: Vec<_> = name.split('/').map(token).collect();
    tokens.join(".")
}

/// The same for a pattern, if a subject can say what it means: `*` for a whole segment, `**` for the
/// whole rest.
pub(crate) fn pattern_tokens(pattern: &str) -> Option<String> {
    let mut tokens = Vec::new();
    let mut segments = pattern.split('/').peekable();
    while let Some(segment) = segments.next() {
        tokens.push(match segment {
            "*" => "*".to_owned(),
            "**" if segments.peek().is_none() => ">".to_owned(),
            _ if segment.contains(['*', '?', '[']) => return None,
            _ => token(segment),
        });
    }
    Some(tokens.join("."))
}

fn token(segment: &str) -> String {
    let mut token = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => token.push(byte.into()),
            // Writing to a string does not fail.
            _ => drop(write!(token, "={byte:02X}")),
        }
    }
    match token.is_empty() {
        true => "=".to_owned(),
        false => token,
    }
}

/// The name that tokens stand for, if they are such as [`tokens`] writes.
fn name(tokens: &str) -> Option<String> {
    if tokens.len() > 3 * LONGEST {
        return None;
    }
    let segments: Option<Vec<_>> = tokens.split('.').map(segment).collect();
    let name = segments?.join("/");
    (name.len() <= LONGEST && self::tokens(&name) == tokens).then_some(name)
}

fn segment(token: &str) -> Option<String> {
    if token == "=" {
        return Some(String::new());
    }
    let mut bytes = Vec::with_capacity(token.len());
    let mut rest = token.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'=' => digit(rest.next()?)? << 4 | digit(rest.next()?)?,
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

fn digit(byte: u8) -> Option<u8> {
    let digit = char::from(byte).to_digit(16)?;
    u8::try_from(digit).ok()
}

#[cfg(test)]
mod tests {
    use super::{Subjects, pattern_tokens, tokens};

    #[test]
    fn names_come_back_from_their_subjects() {
        let subjects = Subjects::new("first-class");
        for name in [
            "",
            "/",
            "cart/alice",
            "a b",
            "*",
            "cart/>",
            "x.y/=/ü🦀",
            "a//b",
            "\0",
        ] {
            let subject = subjects.calls(&tokens(name));
            assert!(!subject.contains([' ', '*', '>', '\0']), "{subject}");
            assert_eq!(subjects.name(&subject).as_deref(), Some(name));
        }
        assert_eq!(
            subjects.calls(&tokens("cart/a.b")),
            "first-class.call.cart.a=2Eb"
        );
    }

    #[test]
    fn calls_go_to_no_subjects_of_others() {
        let subjects = Subjects::new("first-class");
        let held = subjects.held("X7", "cart.a");
        assert!(subjects.is_held(&held, "cart.a"));
        assert!(!subjects.is_held(&held, "cart.b"));
        for subject in [
            "",
            "$JS.API.STREAM.DELETE.cart.a",
            "first-class.held.cart.a",
            "first-class.held..cart.a",
            "first-class.held.x.y.cart.a",
            "first-class.held.*.cart.a",
            "first-class.call.X7.cart.a",
        ] {
            assert!(!subjects.is_held(subject, "cart.a"), "{subject}");
        }
    }

    #[test]
    fn other_subjects_stand_for_no_name() {
        let subjects = Subjects::new("first-class");
        let long = format!("first-class.call.{}", "a".repeat(2000));
        for subject in [
            "",
            "first-class",
            "first-class.call",
            "other.call.a",
            "first-class.call.a=",
            "first-class.call.a=4",
            "first-class.call.=41",
            "first-class.call.=2f",
            "first-class.call.=FF",
            "first-class.call.a..b",
            "first-class.call.ü",
            &long,
        ] {
            assert_eq!(subjects.name(subject), None, "{subject}");
        }
    }

    #[test]
    fn patterns_are_whole_segments() {
        assert_eq!(pattern_tokens("cart/*").as_deref(), Some("cart.*"));
        assert_eq!(pattern_tokens("*/a b/**").as_deref(), Some("*.a=20b.>"));
        assert_eq!(pattern_tokens("**").as_deref(), Some(">"));
        for pattern in ["cart/a*", "**/a", "a?", "[ab]", "a/**b"] {
            assert_eq!(pattern_tokens(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn a_prefix_is_a_bucket() {
        assert_eq!(
            Subjects::new("shops/north east").bucket(),
            "shops_north_20east"
        );
    }
}
