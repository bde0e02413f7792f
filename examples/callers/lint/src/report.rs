//! What the user gets to see: findings, and a summary.

use std::io::{self, Write};

use crate::outages::outages;
use crate::panel::{Panel, Remark};
use crate::printable::Printable;
use crate::rule::{Fix, Severity};

/// What was said so far, counted.
#[derive(Default)]
pub(crate) struct Report {
    files: usize,
    unreadable: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
}

impl Report {
    /// Prints what the rules found in one file.
    pub(crate) fn file(
        &mut self,
        out: &mut impl Write,
        path: &str,
        remarks: Vec<Remark>,
    ) -> io::Result<()> {
        self.files += 1;
        for remark in remarks {
            *self.count_of(remark.severity) += 1;
            print(out, path, &remark)?;
        }
        Ok(())
    }

    /// Takes note of a file that could not be checked.
    pub(crate) fn unreadable(&mut self) {
        self.unreadable += 1;
    }

    /// Whether each file was checked.
    pub(crate) fn is_complete(&self) -> bool {
        self.unreadable == 0
    }

    pub(crate) fn summary<R>(&self, out: &mut impl Write, panel: &Panel<R>) -> io::Result<()> {
        if self.all() > 0 {
            writeln!(out)?;
        }
        let files = count(self.files, "file");
        let rules = count(panel.members().len(), "rule");
        writeln!(out, "{files}, {rules}: {}", self.findings())?;
        if self.unreadable > 0 {
            writeln!(out, "{} could not be read", count(self.unreadable, "file"))?;
        }
        let failed: Vec<_> = panel
            .members()
            .iter()
            .filter(|member| !member.incidents.is_empty())
            .collect();
        if !failed.is_empty() {
            writeln!(out, "{} failed:", count(failed.len(), "rule"))?;
        }
        for line in failed.into_iter().flat_map(outages) {
            writeln!(out, "  {}", Printable(&line))?;
        }
        Ok(())
    }

    fn findings(&self) -> String {
        if self.all() == 0 {
            return "no findings".into();
        }
        let kinds = [
            count(self.errors, "error"),
            count(self.warnings, "warning"),
            count(self.notes, "note"),
        ];
        format!("{} ({})", count(self.all(), "finding"), kinds.join(", "))
    }

    fn all(&self) -> usize {
        self.errors + self.warnings + self.notes
    }

    fn count_of(&mut self, severity: Severity) -> &mut usize {
        match severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
            Severity::Note => &mut self.notes,
        }
    }
}

/// Prints a line for each rule, with what it says about itself.
pub(crate) fn rules<R>(out: &mut impl Write, panel: &Panel<R>) -> io::Result<()> {
    for member in panel.members() {
        if let Some(description) = &member.description {
            let severity = severity_name(description.severity);
            let title = Printable(&description.title);
            let summary = Printable(&description.summary);
            writeln!(out, "{}: {title} ({severity}). {summary}", member.name)?;
        }
        for line in outages(member) {
            writeln!(out, "{}", Printable(&line))?;
        }
    }
    Ok(())
}

/// "1 file", "2 files".
pub(crate) fn count(number: usize, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{plural}")
}

fn print(out: &mut impl Write, path: &str, remark: &Remark) -> io::Result<()> {
    let (line, column) = (remark.start.line, remark.start.column);
    let severity = severity_name(remark.severity);
    let message = Printable(&remark.message);
    let rule = &remark.rule;
    writeln!(
        out,
        "{path}:{line}:{column}: {severity}: {message} [{rule}]"
    )?;
    match &remark.fix {
        Some(Fix::Replace(text)) => writeln!(out, "    fix: write `{}`", Printable(text)),
        Some(Fix::Delete) => writeln!(out, "    fix: delete it"),
        None => Ok(()),
    }
}

fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Position;

    fn remark(severity: Severity, fix: Option<Fix>) -> Remark {
        Remark {
            start: Position { line: 3, column: 7 },
            rule: "spelling".into(),
            severity,
            message: "wrong\u{7}".into(),
            fix,
        }
    }

    #[test]
    fn prints_as_a_linter_does() {
        let mut out = Vec::new();
        let remarks = vec![
            remark(Severity::Error, None),
            remark(Severity::Note, Some(Fix::Replace("right".into()))),
            remark(Severity::Note, Some(Fix::Delete)),
        ];
        let mut report = Report::default();
        report.file(&mut out, "a.md", remarks).expect("written");
        assert_eq!(
            String::from_utf8(out).expect("text"),
            "a.md:3:7: error: wrong\\u{7} [spelling]\n\
             a.md:3:7: note: wrong\\u{7} [spelling]\n    fix: write `right`\n\
             a.md:3:7: note: wrong\\u{7} [spelling]\n    fix: delete it\n"
        );
        assert_eq!(
            report.findings(),
            "3 findings (1 error, 0 warnings, 2 notes)"
        );
    }

    #[test]
    fn is_complete_when_all_was_read() {
        let mut report = Report::default();
        assert!(report.is_complete());
        assert_eq!(report.findings(), "no findings");
        report.unreadable();
        assert!(!report.is_complete());
    }
}
