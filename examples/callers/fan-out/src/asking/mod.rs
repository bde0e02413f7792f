//! Asking carriers: all at once, or one after the other.

use crate::CarrierInstance;
use crate::answer::{Answer, Answered};
use crate::carrier::{Parcel, Quote, Refusal};
use crate::request::Inquiry;
use first_class::{Pending, join_within};
use std::time::{Duration, Instant};

/// A carrier, or why there is none of that name.
pub(crate) struct Carrier {
    name: String,
    instance: Result<CarrierInstance, String>,
}

/// All answers, in the order of the carriers' names, and how long they took together.
pub(crate) struct Round {
    pub(crate) answers: Vec<Answered>,
    pub(crate) took: Duration,
}

/// A question that a carrier is at.
type Question = Pending<Result<Quote, Refusal>>;

impl Carrier {
    /// Loads each of the named carriers. One that cannot be loaded is kept as one that fails.
    pub(crate) fn load_all(mut names: Vec<String>) -> Vec<Self> {
        names.sort();
        names.into_iter().map(Self::load).collect()
    }

    fn load(name: String) -> Self {
        let instance = CarrierInstance::load(&name).map_err(|error| error.to_string());
        Carrier { name, instance }
    }

    /// Asks without waiting for the answer.
    fn start(&self, parcel: &Parcel) -> Result<Question, Answer> {
        let instance = self.instance.as_ref();
        let instance = instance.map_err(|why| Answer::Failed(why.clone()))?;
        let started = instance.start().offer(*parcel);
        started.map_err(|error| Answer::Failed(error.to_string()))
    }

    /// Puts a fresh instance in the place of this one, which may have trapped, or have died when its
    /// call was given up.
    fn renew(&self) {
        if let Ok(instance) = &self.instance {
            // If there is none, the carrier says so when it is asked.
            let _ = instance.respawn();
        }
    }

    fn answered(&self, answer: Answer) -> Answered {
        Answered {
            carrier: self.name.clone(),
            answer,
        }
    }
}

/// Asks all carriers at the same time, and waits until all have answered or the deadline is over,
/// whatever comes first. Those who are late are given up.
pub(crate) fn at_once(carriers: &[Carrier], inquiry: &Inquiry) -> Round {
    let start = Instant::now();
    let (mut asked, mut questions, mut answers) = (Vec::new(), Vec::new(), Vec::new());
    for carrier in carriers {
        match carrier.start(&inquiry.parcel) {
            Ok(question) => {
                asked.push(carrier);
                questions.push(question);
            }
            Err(answer) => answers.push(carrier.answered(answer)),
        }
    }
    let ends = join_within(inquiry.deadline, questions);
    let ends = asked.iter().zip(ends);
    answers.extend(ends.map(|(carrier, end)| carrier.answered(end.into())));
    answers.sort_by(|a, b| a.carrier.cmp(&b.carrier));
    Round {
        answers,
        took: start.elapsed(),
    }
}

/// Asks one carrier after the other, and waits for each until it has answered or the deadline is
/// over.
pub(crate) fn in_turn(carriers: &[Carrier], inquiry: &Inquiry) -> Round {
    carriers.iter().for_each(Carrier::renew);
    let start = Instant::now();
    let answers = carriers.iter().map(|carrier| {
        let answer = match carrier.start(&inquiry.parcel) {
            Ok(mut question) => question.wait_for(inquiry.deadline).into(),
            Err(answer) => answer,
        };
        carrier.answered(answer)
    });
    Round {
        answers: answers.collect(),
        took: start.elapsed(),
    }
}

#[cfg(test)]
mod tests;
