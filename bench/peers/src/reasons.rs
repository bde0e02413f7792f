//! Why ours takes longer, where it does.

use crate::report::Measured;

/// Cases, and what a profile shows.
const REASONS: &[(&str, &str)] = &[];

/// A list of the cases in which ours takes longer than it should.
pub(crate) fn of(measured: &[&Measured]) -> String {
    let behind = |one: &&&Measured| one.ours.ns > one.most * one.theirs.ns;
    let lines = measured.iter().filter(behind).map(|one| {
        let case = one.theirs.case.as_str();
        let known = REASONS.iter().find(|(name, _)| *name == case);
        let reason = known.map_or("nobody has looked why.", |(_, reason)| reason);
        format!("- `{case}`: {reason}\n")
    });
    let lines: String = lines.collect();
    match lines.is_empty() {
        true => lines,
        false => format!("\nWhy ours takes longer than it should:\n\n{lines}"),
    }
}
