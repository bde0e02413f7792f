//! The rules at work: who is loaded, who failed, and who gets another try.

use crate::RuleInstance;
use crate::failure::Failure;
use crate::rule::{Description, Document, Finding, Fix, Position, Severity};

/// How often a rule may run past its deadline before it is given up. A trap costs next to
/// nothing, so a rule that traps is loaded again for each file; a deadline costs its full time.
const PATIENCE: usize = 3;

/// A live rule: a [`RuleInstance`], or a stand-in for tests.
pub(crate) trait Rule: Sized {
    fn load(name: &str) -> Result<Self, Failure>;
    fn describe(&self) -> Result<Description, Failure>;
    fn check(&self, document: &Document) -> Result<Vec<Finding>, Failure>;
}

impl Rule for RuleInstance {
    fn load(name: &str) -> Result<Self, Failure> {
        Ok(Self::load(name)?)
    }

    fn describe(&self) -> Result<Description, Failure> {
        Ok(self.describe()?)
    }

    fn check(&self, document: &Document) -> Result<Vec<Finding>, Failure> {
        Ok(self.check(document)?)
    }
}

/// All rules, in the order of their names.
pub(crate) struct Panel<R> {
    members: Vec<Member<R>>,
}

/// One rule, alive or not.
pub(crate) struct Member<R> {
    pub(crate) name: String,
    /// What it says about itself, if it got that far.
    pub(crate) description: Option<Description>,
    /// How it failed, in order.
    pub(crate) incidents: Vec<Incident>,
    /// How many files it did not check since it had been given up.
    pub(crate) skipped: usize,
    instance: Option<R>,
}

/// One failure of a rule.
pub(crate) struct Incident {
    pub(crate) failure: Failure,
    /// The file it was checking, if it was checking one.
    pub(crate) path: Option<String>,
}

/// A finding with all that is to be said about it.
#[derive(Debug, PartialEq)]
pub(crate) struct Remark {
    pub(crate) start: Position,
    pub(crate) rule: String,
    pub(crate) severity: Severity,
    pub(crate) message: String,
    pub(crate) fix: Option<Fix>,
}

impl<R: Rule> Panel<R> {
    /// Loads each of the named rules. One that cannot be loaded is kept as a failed one.
    pub(crate) fn load(mut names: Vec<String>) -> Self {
        names.sort();
        Self {
            members: names.into_iter().map(Member::load).collect(),
        }
    }

    /// What all rules that still live have to say, in the order of the text.
    pub(crate) fn check(&mut self, document: &Document) -> Vec<Remark> {
        let mut remarks: Vec<Remark> = self
            .members
            .iter_mut()
            .flat_map(|member| member.check(document))
            .collect();
        // Stable, so the rules' order decides between findings at one place.
        remarks.sort_by_key(|remark| (remark.start.line, remark.start.column));
        remarks
    }
}

impl<R> Panel<R> {
    pub(crate) fn members(&self) -> &[Member<R>] {
        &self.members
    }
}

impl<R: Rule> Member<R> {
    fn load(name: String) -> Self {
        let mut member = Self {
            name,
            description: None,
            incidents: Vec::new(),
            skipped: 0,
            instance: None,
        };
        match R::load(&member.name).and_then(|rule| Ok((rule.describe()?, rule))) {
            Ok((description, instance)) => {
                member.description = Some(description);
                member.instance = Some(instance);
            }
            Err(failure) => member.note(failure, None),
        }
        member
    }

    fn check(&mut self, document: &Document) -> Vec<Remark> {
        let (Some(instance), Some(description)) = (&self.instance, &self.description) else {
            self.skipped += 1;
            return Vec::new();
        };
        let severity = description.severity;
        match instance.check(document) {
            Ok(findings) => findings
                .into_iter()
                .map(|finding| self.remark(finding, severity))
                .collect(),
            Err(failure) => {
                self.note(failure, Some(document.path.clone()));
                self.renew();
                Vec::new()
            }
        }
    }

    fn remark(&self, finding: Finding, severity: Severity) -> Remark {
        Remark {
            start: finding.range.start,
            rule: self.name.clone(),
            severity: finding.severity.unwrap_or(severity),
            message: finding.message,
            fix: finding.fix,
        }
    }

    /// Puts a fresh instance in the place of one that failed, unless it cost too much already.
    fn renew(&mut self) {
        self.instance = None;
        if self.overruns() < PATIENCE {
            match R::load(&self.name) {
                Ok(instance) => self.instance = Some(instance),
                Err(failure) => self.note(failure, None),
            }
        }
    }

    fn overruns(&self) -> usize {
        let overran = |incident: &&Incident| matches!(incident.failure, Failure::Deadline(_));
        self.incidents.iter().filter(overran).count()
    }

    fn note(&mut self, failure: Failure, path: Option<String>) {
        self.incidents.push(Incident { failure, path });
    }
}

#[cfg(test)]
mod native;
#[cfg(test)]
mod tests;
