//! What the arguments ask for.

use crate::carrier::Parcel;
use std::num::ParseIntError;
use std::time::Duration;

/// How the program is called.
pub(crate) const USAGE: &str = "\
usage: fan-out [--deadline MS] [--grams N] [--km N]
       asks all carriers at once for their price of a parcel of N grams over N kilometres, and takes
       what is there after MS milliseconds";

#[derive(Debug, PartialEq)]
pub(crate) enum Request {
    Ask(Inquiry),
    Help,
}

/// What carriers are asked, and how long they have.
#[derive(Debug, PartialEq)]
pub(crate) struct Inquiry {
    pub(crate) parcel: Parcel,
    pub(crate) deadline: Duration,
}

impl Default for Inquiry {
    fn default() -> Self {
        Inquiry {
            parcel: Parcel {
                grams: 2_500,
                kilometres: 1_200,
            },
            deadline: Duration::from_millis(300),
        }
    }
}

#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum UsageError {
    #[error("there is no option `{0}`")]
    UnknownOption(String),
    #[error("`{option}` is not followed by a number")]
    NoNumber { option: String },
    #[error("`{text}` behind `{option}` is no number that it takes: {why}")]
    BadNumber {
        option: String,
        text: String,
        why: ParseIntError,
    },
}

impl Request {
    /// Reads the arguments, without the program's own name.
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, UsageError> {
        let mut inquiry = Inquiry::default();
        while let Some(option) = arguments.next() {
            match option.as_str() {
                "--help" | "-h" => return Ok(Self::Help),
                "--deadline" => {
                    let milliseconds = number(&option, arguments.next())?;
                    inquiry.deadline = Duration::from_millis(milliseconds.into());
                }
                "--grams" => inquiry.parcel.grams = number(&option, arguments.next())?,
                "--km" => inquiry.parcel.kilometres = number(&option, arguments.next())?,
                _ => return Err(UsageError::UnknownOption(option)),
            }
        }
        Ok(Self::Ask(inquiry))
    }
}

/// The number behind an option.
fn number(option: &str, text: Option<String>) -> Result<u32, UsageError> {
    let option = option.to_owned();
    let Some(text) = text else {
        return Err(UsageError::NoNumber { option });
    };
    let number = text.parse();
    number.map_err(|why| UsageError::BadNumber { option, text, why })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Request, UsageError> {
        Request::parse(arguments.iter().map(|argument| (*argument).to_owned()))
    }

    #[test]
    fn takes_numbers() {
        assert_eq!(parse(&[]), Ok(Request::Ask(Inquiry::default())));
        let inquiry = Inquiry {
            parcel: Parcel {
                grams: 1,
                kilometres: 2,
            },
            deadline: Duration::from_millis(3),
        };
        let arguments = ["--deadline", "3", "--grams", "1", "--km", "2"];
        assert_eq!(parse(&arguments), Ok(Request::Ask(inquiry)));
        assert_eq!(parse(&["--km", "2", "-h"]), Ok(Request::Help));
    }

    #[test]
    fn says_what_is_wrong() {
        let message = |arguments: &[&str]| match parse(arguments) {
            Err(error) => error.to_string(),
            Ok(request) => panic!("{request:?}"),
        };
        assert_eq!(message(&["--fast"]), "there is no option `--fast`");
        assert_eq!(message(&["post"]), "there is no option `post`");
        assert_eq!(message(&["--km"]), "`--km` is not followed by a number");
        assert_eq!(
            message(&["--deadline", "soon"]),
            "`soon` behind `--deadline` is no number that it takes: invalid digit found in string"
        );
    }
}
