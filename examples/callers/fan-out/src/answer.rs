//! What a carrier answers, if anything.

use crate::carrier::{Quote, Refusal};
use first_class::CallError;

/// What became of the question.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    /// The carrier takes the parcel.
    Quote(Quote),
    /// The carrier declines it.
    Refusal(Refusal),
    /// The carrier broke, or was never there: the host says how.
    Failed(String),
    /// The carrier was still at it when the time was over.
    Late,
}

/// Who gave which answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answered {
    pub(crate) carrier: String,
    pub(crate) answer: Answer,
}

/// The end of a call: an error of the host, or what the plugin returned.
type End = Result<Result<Quote, Refusal>, CallError>;

impl From<Option<End>> for Answer {
    /// Takes what a call has come to; nothing if it has not ended.
    fn from(end: Option<End>) -> Self {
        match end {
            Some(Ok(Ok(quote))) => Self::Quote(quote),
            Some(Ok(Err(refusal))) => Self::Refusal(refusal),
            Some(Err(error)) => Self::Failed(error.to_string()),
            None => Self::Late,
        }
    }
}

/// The cheapest quote, and the faster one of two at the same price.
pub(crate) fn best(answers: &[Answered]) -> Option<(&str, &Quote)> {
    let quotes = answers
        .iter()
        .filter_map(|answered| match &answered.answer {
            Answer::Quote(quote) => Some((answered.carrier.as_str(), quote)),
            _ => None,
        });
    quotes.min_by_key(|(_, quote)| (quote.cents, quote.days))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quote(carrier: &str, cents: u32, days: u32) -> Answered {
        Answered {
            carrier: carrier.into(),
            answer: Answer::Quote(Quote { cents, days }),
        }
    }

    #[test]
    fn the_cheapest_is_best_and_then_the_fastest() {
        let late = Answered {
            carrier: "late".into(),
            answer: Answer::Late,
        };
        let answers = [
            late.clone(),
            quote("dear", 900, 1),
            quote("slow", 500, 9),
            quote("apt", 500, 2),
        ];
        assert_eq!(best(&answers).map(|(carrier, _)| carrier), Some("apt"));
        assert_eq!(best(&[late]), None);
    }
}
