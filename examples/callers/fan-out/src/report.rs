//! What the user gets to see.

use crate::answer::{Answer, Answered};
use crate::carrier::{Quote, Refusal};
use crate::request::Inquiry;
use std::fmt::{self, Display};
use std::io::{self, Write};
use std::time::Duration;

/// Prints what each carrier has said, and who has said nothing.
pub(crate) fn answers(
    out: &mut impl Write,
    inquiry: &Inquiry,
    answers: &[Answered],
) -> io::Result<()> {
    let (grams, kilometres) = (inquiry.parcel.grams, inquiry.parcel.kilometres);
    writeln!(out, "a parcel of {grams} g over {kilometres} km:")?;
    for Answered { carrier, answer } in answers {
        writeln!(out, "  {carrier}: {answer}")?;
    }
    let late = answers.iter().filter(|it| it.answer == Answer::Late);
    let late: Vec<&str> = late.map(|it| it.carrier.as_str()).collect();
    match late.is_empty() {
        true => Ok(()),
        false => {
            let (deadline, late) = (inquiry.deadline, late.join(", "));
            writeln!(out, "no answer within {deadline:?}: {late}")
        }
    }
}

pub(crate) fn best(out: &mut impl Write, (carrier, quote): (&str, &Quote)) -> io::Result<()> {
    writeln!(out, "best: {carrier}, {}", Offer(quote))
}

/// Prints how long it took to ask all at once, beside what it takes to ask one after the other.
pub(crate) fn times(out: &mut impl Write, at_once: Duration, in_turn: Duration) -> io::Result<()> {
    let (at_once, in_turn) = (at_once.as_millis(), in_turn.as_millis());
    writeln!(
        out,
        "all at once: {at_once} ms; one after the other: {in_turn} ms"
    )
}

impl Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Quote(quote) => Offer(quote).fmt(f),
            Self::Refusal(Refusal::TooHeavy(most)) => {
                write!(f, "declines, it carries no more than {most} g")
            }
            Self::Refusal(Refusal::TooFar(most)) => {
                write!(f, "declines, it goes no further than {most} km")
            }
            Self::Failed(why) => {
                let line = why.lines().next().unwrap_or_default();
                write!(f, "failed, {line}")
            }
            Self::Late => f.write_str("no answer"),
        }
    }
}

/// A quote, as one would write it on a slip of paper.
struct Offer<'a>(&'a Quote);

impl Display for Offer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Quote { cents, days } = self.0;
        let plural = if *days == 1 { "" } else { "s" };
        let (whole, rest) = (cents / 100, cents % 100);
        write!(f, "{whole}.{rest:02} in {days} day{plural}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(print: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        print(&mut out).expect("is written");
        String::from_utf8(out).expect("is text")
    }

    fn answered(carrier: &str, answer: Answer) -> Answered {
        Answered {
            carrier: carrier.into(),
            answer,
        }
    }

    #[test]
    fn each_answer_has_a_line() {
        let quote = Quote {
            cents: 1_205,
            days: 1,
        };
        let given = [
            answered("apt", Answer::Quote(quote)),
            answered("lost", Answer::Late),
            answered("small", Answer::Refusal(Refusal::TooHeavy(75))),
            answered("near", Answer::Refusal(Refusal::TooFar(800))),
            answered("broken", Answer::Failed("it trapped\n  at 0".into())),
            answered("slow", Answer::Late),
        ];
        assert_eq!(
            printed(|out| answers(out, &Inquiry::default(), &given)),
            "\
a parcel of 2500 g over 1200 km:
  apt: 12.05 in 1 day
  lost: no answer
  small: declines, it carries no more than 75 g
  near: declines, it goes no further than 800 km
  broken: failed, it trapped
  slow: no answer
no answer within 300ms: lost, slow
"
        );
    }

    #[test]
    fn the_best_and_the_times_have_one_too() {
        let quote = Quote { cents: 5, days: 2 };
        assert_eq!(
            printed(|out| best(out, ("apt", &quote))),
            "best: apt, 0.05 in 2 days\n"
        );
        let [at_once, in_turn] = [300, 800].map(Duration::from_millis);
        assert_eq!(
            printed(|out| times(out, at_once, in_turn)),
            "all at once: 300 ms; one after the other: 800 ms\n"
        );
    }
}
