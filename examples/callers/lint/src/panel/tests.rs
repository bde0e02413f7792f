//! The panel with rules that fail on cue.

use std::time::Duration;

use super::*;
use crate::outages::outages;
use crate::rule::Range;

/// A rule that does as it is named.
struct Actor(String);

impl Rule for Actor {
    fn load(name: &str) -> Result<Self, Failure> {
        match name {
            "absent" => Err(Failure::Load("no component\n  at all".into())),
            name => Ok(Self(name.to_owned())),
        }
    }

    fn describe(&self) -> Result<Description, Failure> {
        if self.0 == "mute" {
            return Err(Failure::Trap("unreachable".into()));
        }
        Ok(Description {
            title: String::new(),
            summary: String::new(),
            severity: Severity::Note,
        })
    }

    fn check(&self, document: &Document) -> Result<Vec<Finding>, Failure> {
        match self.0.as_str() {
            "slow" => Err(Failure::Deadline(Duration::from_secs(1))),
            "fragile" if document.path != "fine" => Err(Failure::Trap("unreachable".into())),
            name => Ok(vec![
                finding(2, 1, None),
                finding(1, name.len() as u32, Some(Severity::Error)),
            ]),
        }
    }
}

fn finding(line: u32, column: u32, severity: Option<Severity>) -> Finding {
    let start = Position { line, column };
    Finding {
        range: Range { start, end: start },
        severity,
        message: String::new(),
        fix: None,
    }
}

fn panel(names: &[&str]) -> Panel<Actor> {
    Panel::load(names.iter().map(|name| (*name).to_owned()).collect())
}

fn check(panel: &mut Panel<Actor>, path: &str) -> Vec<Remark> {
    panel.check(&Document {
        path: path.to_owned(),
        lines: Vec::new(),
    })
}

fn all_outages(panel: &Panel<Actor>) -> Vec<String> {
    panel.members().iter().flat_map(outages).collect()
}

#[test]
fn remarks_come_in_the_order_of_the_text() {
    let remarks = check(&mut panel(&["dull", "apt"]), "fine");
    let order: Vec<_> = remarks
        .iter()
        .map(|remark| (remark.start.line, remark.rule.as_str(), remark.severity))
        .collect();
    assert_eq!(
        order,
        [
            (1, "apt", Severity::Error),
            (1, "dull", Severity::Error),
            (2, "apt", Severity::Note),
            (2, "dull", Severity::Note),
        ]
    );
}

#[test]
fn a_rule_that_traps_still_checks_the_other_files() {
    let mut panel = panel(&["fragile"]);
    for path in ["a", "b", "c", "d"] {
        assert!(check(&mut panel, path).is_empty());
    }
    assert_eq!(check(&mut panel, "fine").len(), 2);
    assert_eq!(
        all_outages(&panel),
        ["fragile: trapped on a, b, c and 1 other file: unreachable"]
    );
}

#[test]
fn a_rule_that_never_returns_is_given_up() {
    let mut panel = panel(&["slow"]);
    for path in ["a", "b", "c", "d", "e"] {
        check(&mut panel, path);
    }
    assert_eq!(
        all_outages(&panel),
        ["slow: did not return within 1s on a, b, c; given up, 2 files went unchecked by it"]
    );
}

#[test]
fn rules_that_never_worked_are_named() {
    let mut panel = panel(&["mute", "absent", "apt"]);
    assert_eq!(check(&mut panel, "fine").len(), 2);
    assert_eq!(
        all_outages(&panel),
        [
            "absent: could not be loaded: no component; given up, 1 file went unchecked by it",
            "mute: trapped when asked what it is: unreachable; given up, 1 file went unchecked by it",
        ]
    );
}
