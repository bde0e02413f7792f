//! Measuring subjects by turns, so that what disturbs the machine for a while disturbs all of them.

mod statistics;

use std::time::{Duration, Instant};

use anyhow::Result;

pub use statistics::Samples;

/// Something that is measured.
pub trait Subject {
    /// Does what is measured so many times; gives what all of it took together: nanoseconds, or
    /// bytes.
    ///
    /// # Errors
    /// When it cannot be done.
    fn sample(&mut self, times: u32) -> Result<f64>;
}

impl<F: FnMut(u32) -> Result<f64>> Subject for F {
    fn sample(&mut self, times: u32) -> Result<f64> {
        self(times)
    }
}

/// A subject and what it is called.
pub struct Contender {
    /// What it is called in a report.
    pub name: &'static str,
    /// What is measured.
    pub subject: Box<dyn Subject>,
}

impl Contender {
    /// A subject under a name.
    pub fn new(name: &'static str, subject: impl Subject + 'static) -> Self {
        let subject = Box::new(subject);
        Contender { name, subject }
    }
}

/// How often something is done for a sample.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Repetition {
    /// As often as fills the time of a sample.
    Calibrated,
    /// This often, and in so many rounds, whatever time it takes.
    Fixed {
        /// How often for a sample.
        times: u32,
        /// How many samples there are.
        rounds: usize,
    },
}

/// How much time goes into a case.
pub struct Effort {
    /// What a calibrated sample takes.
    pub sample: Duration,
    /// How long new rounds are begun.
    pub budget: Duration,
    /// How many rounds there are, whatever time they take.
    pub least_rounds: usize,
    /// How many rounds there are at most.
    pub most_rounds: usize,
    /// Whether it is less than for a record.
    pub is_quick: bool,
}

impl Effort {
    /// For a first look.
    pub const QUICK: Effort = Effort {
        sample: Duration::from_millis(4),
        budget: Duration::from_secs(2),
        least_rounds: 5,
        most_rounds: 15,
        is_quick: true,
    };

    /// For a record.
    pub const FULL: Effort = Effort {
        sample: Duration::from_millis(10),
        budget: Duration::from_secs(10),
        least_rounds: 9,
        most_rounds: 61,
        is_quick: false,
    };

    fn goes_on(&self, rounds: usize, spent: Duration) -> bool {
        rounds < self.least_rounds || (rounds < self.most_rounds && spent < self.budget)
    }
}

/// Takes samples of each contender, one of each in a round. They are per repetition.
///
/// # Errors
/// That of the first contender that fails.
pub fn by_turns(
    contenders: &mut [Contender],
    repetition: Repetition,
    effort: &Effort,
) -> Result<Vec<Samples>> {
    let counts: Vec<u32> = contenders
        .iter_mut()
        .map(|contender| times_of(&mut *contender.subject, repetition, effort))
        .collect::<Result<_>>()?;
    let mut samples: Vec<Samples> = counts.iter().map(|_| Samples::default()).collect();
    let begin = Instant::now();
    let mut rounds = 0;
    while match repetition {
        Repetition::Calibrated => effort.goes_on(rounds, begin.elapsed()),
        Repetition::Fixed { rounds: most, .. } => rounds < most,
    } {
        for ((contender, times), samples) in contenders.iter_mut().zip(&counts).zip(&mut samples) {
            let taken = contender.subject.sample(*times)?;
            samples.add(taken / f64::from(*times));
        }
        rounds += 1;
    }
    Ok(samples)
}

/// How often something is done for one sample.
///
/// # Errors
/// Whatever the subject fails with.
pub fn times_of(subject: &mut dyn Subject, repetition: Repetition, effort: &Effort) -> Result<u32> {
    match repetition {
        Repetition::Calibrated => calibrate(subject, effort.sample),
        Repetition::Fixed { times, .. } => Ok(times),
    }
}

/// How many repetitions take about this long. What it needs to find out warms the subject up.
fn calibrate(subject: &mut dyn Subject, target: Duration) -> Result<u32> {
    let target = target.as_nanos() as f64;
    let mut times = 1;
    loop {
        let taken = subject.sample(times)?.max(1.0);
        let wanted = f64::from(times) * target / taken;
        if taken >= target / 4.0 {
            // A cast of a float saturates.
            return Ok((wanted.round() as u32).max(1));
        }
        times = (wanted as u32).clamp(times + 1, times.saturating_mul(10));
    }
}

#[cfg(test)]
mod tests {
    use super::{Contender, Effort, Repetition, Result, by_turns, calibrate};
    use std::cell::RefCell;
    use std::rc::Rc;
    use std::time::Duration;

    #[test]
    fn a_sample_is_as_long_as_it_should_be() -> Result<()> {
        let calibrated = |each: f64| {
            let mut subject = move |times: u32| Ok(f64::from(times) * each + 300.0);
            calibrate(&mut subject, Duration::from_micros(10))
        };
        assert_eq!(calibrated(1e6)?, 1);
        let quick = calibrated(10.0)?;
        assert!((900..=1100).contains(&quick), "{quick}");
        Ok(())
    }

    #[test]
    fn subjects_take_turns() -> Result<()> {
        let order = Rc::new(RefCell::new(String::new()));
        let contender = |name: &'static str| {
            let order = order.clone();
            Contender::new(name, move |times: u32| {
                order.borrow_mut().push_str(name);
                Ok(f64::from(times) * 6.0)
            })
        };
        let mut contenders = [contender("a"), contender("b")];
        let fixed = Repetition::Fixed {
            times: 7,
            rounds: 3,
        };
        let samples = by_turns(&mut contenders, fixed, &Effort::QUICK)?;
        assert_eq!(*order.borrow(), "ababab");
        assert_eq!(samples[1].median_and_spread(), (6.0, 0.0));
        Ok(())
    }

    #[test]
    fn there_are_enough_rounds_and_then_no_more_than_there_is_time_for() {
        let (quick, late) = (Effort::QUICK, Duration::from_secs(1000));
        assert!(quick.goes_on(quick.least_rounds - 1, late));
        assert!(!quick.goes_on(quick.least_rounds, late));
        assert!(quick.goes_on(quick.least_rounds, Duration::ZERO));
        assert!(!quick.goes_on(quick.most_rounds, Duration::ZERO));
    }
}
