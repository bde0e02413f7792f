//! Memory instead of time.

use anyhow::{Context, Result, anyhow};
use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System, get_current_pid};

use first_class_bench_common::measure::{Contender, Subject};

/// By how many bytes the resident memory of this process grows while a subject does what it does.
pub(crate) fn growth_of(contender: Contender) -> Result<Contender> {
    let Contender { name, subject } = contender;
    let growth = Growth {
        subject,
        system: System::new()?,
    };
    Ok(Contender::new(name, growth))
}

struct Growth {
    subject: Box<dyn Subject>,
    system: System,
}

impl Subject for Growth {
    fn sample(&mut self, times: u32) -> Result<f64> {
        let before = self.resident()?;
        self.subject.sample(times)?;
        Ok(self.resident()? - before)
    }
}

impl Growth {
    fn resident(&mut self) -> Result<f64> {
        let pid = get_current_pid().map_err(|error| anyhow!(error))?;
        let (only, what) = (
            ProcessesToUpdate::Some(&[pid]),
            ProcessRefreshKind::nothing(),
        );
        self.system
            .refresh_processes_specifics(only, false, what.with_memory());
        let process = self.system.process(pid);
        let process = process.context("this process is not to be found")?;
        Ok(process.memory() as f64)
    }
}
