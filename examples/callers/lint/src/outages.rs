//! How a rule failed, in few lines: one for each kind of failure, however many files it hit.

use std::mem::discriminant;

use crate::failure::Failure;
use crate::panel::{Incident, Member};
use crate::report::count;

/// How many files are named before the rest is only counted.
const NAMED: usize = 3;

/// What there is to say about a rule that failed; nothing about one that did not.
pub(crate) fn outages<R>(member: &Member<R>) -> Vec<String> {
    let mut lines: Vec<String> = by_kind(&member.incidents)
        .iter()
        .map(|incidents| format!("{}: {}", member.name, describe(incidents)))
        .collect();
    if let Some(last) = lines.last_mut().filter(|_| member.skipped > 0) {
        let files = count(member.skipped, "file");
        last.push_str(&format!("; given up, {files} went unchecked by it"));
    }
    lines
}

/// The incidents in groups of one kind, each in the order in which they happened.
fn by_kind(incidents: &[Incident]) -> Vec<Vec<&Incident>> {
    let mut groups: Vec<Vec<&Incident>> = Vec::new();
    for incident in incidents {
        let kind = discriminant(&incident.failure);
        match groups
            .iter_mut()
            .find(|group| discriminant(&group[0].failure) == kind)
        {
            Some(group) => group.push(incident),
            None => groups.push(vec![incident]),
        }
    }
    groups
}

/// Tells of incidents of one kind, of which there is at least one.
fn describe(incidents: &[&Incident]) -> String {
    let place = place(incidents);
    match &incidents[0].failure {
        Failure::Load(why) => format!("could not be loaded: {}", first_line(why)),
        Failure::Trap(why) => format!("trapped {place}: {}", first_line(why)),
        Failure::Deadline(limit) => format!("did not return within {limit:?} {place}"),
        Failure::Other(why) => format!("failed {place}: {}", first_line(why)),
    }
}

fn place(incidents: &[&Incident]) -> String {
    let paths: Vec<&str> = incidents
        .iter()
        .filter_map(|incident| incident.path.as_deref())
        .collect();
    match paths.len() {
        0 => "when asked what it is".into(),
        files if files <= NAMED => format!("on {}", paths.join(", ")),
        files => format!(
            "on {} and {}",
            paths[..NAMED].join(", "),
            count(files - NAMED, "other file")
        ),
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
