//! One subject of one case in a loop, for a profiler to look at.

use std::process;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::cases::{Case, Unit};
use crate::lab::Lab;
use first_class_bench_common::measure::{Contender, Effort, times_of};

/// A case and a subject of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Profiled {
    pub(crate) case: String,
    subject: String,
}

/// Reads `CASE/SUBJECT`.
pub(crate) fn parse(text: &str) -> Result<Profiled, String> {
    let parts = text.split_once('/');
    let (case, subject) = parts.ok_or("it is a case, `/`, and a subject, such as `add/handle`")?;
    Ok(Profiled {
        case: case.to_owned(),
        subject: subject.to_owned(),
    })
}

impl Profiled {
    /// Runs it for some time, and says how to look at it.
    pub(crate) fn run(&self, lab: &Lab, case: &Case, time: Duration) -> Result<()> {
        if case.unit == Unit::Bytes {
            bail!("`{}` counts bytes, and nothing in it takes time", case.name);
        }
        let Contender { name, mut subject } = self.contender((case.contenders)(lab)?)?;
        let times = times_of(&mut *subject, case.repetition, &Effort::FULL)?;
        let (id, seconds) = (process::id(), time.as_secs());
        println!(
            "{}/{name} runs for {seconds} s in the process {id}. To see where its time goes:",
            case.name
        );
        println!(
            "  perf record -p {id} -- sleep {}",
            seconds.saturating_sub(1).max(1)
        );
        println!("  perf report --no-children --sort symbol");
        let begin = Instant::now();
        let (mut count, mut taken) = (0u64, 0.0);
        while begin.elapsed() < time {
            taken += subject.sample(times)?;
            count += u64::from(times);
        }
        println!("{:.1} ns each, of {count}", taken / count as f64);
        Ok(())
    }

    fn contender(&self, contenders: Vec<Contender>) -> Result<Contender> {
        let names: Vec<&str> = contenders.iter().map(|it| it.name).collect();
        let names = names.join(", ");
        let mut contenders = contenders.into_iter();
        let found = contenders.find(|it| it.name == self.subject);
        found.with_context(|| {
            format!(
                "`{}` has no subject `{}`; there is: {names}",
                self.case, self.subject
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Profiled, parse};
    use first_class_bench_common::measure::Contender;

    #[test]
    fn a_case_and_a_subject_are_named() {
        let named = parse("echo-4k/handle").expect("is one");
        assert_eq!((&*named.case, &*named.subject), ("echo-4k", "handle"));
        parse("echo-4k").expect_err("has no subject");
    }

    #[test]
    fn a_subject_that_is_not_there_is_named_with_those_that_are() {
        let contenders = || {
            let contender = |name| Contender::new(name, |_| Ok(1.0));
            ["fused", "handle"].map(contender).into_iter().collect()
        };
        let named = |subject: &str| Profiled {
            case: "add".into(),
            subject: subject.into(),
        };
        let found = named("handle").contender(contenders());
        assert_eq!(found.expect("is there").name, "handle");
        let error = named("hand").contender(contenders()).err();
        let error = error.expect("is not there").to_string();
        assert_eq!(
            error,
            "`add` has no subject `hand`; there is: fused, handle"
        );
    }
}
