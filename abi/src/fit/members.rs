//! Which members of two lists belong together, and where the lists differ.

use super::difference::Mismatch;
use std::collections::HashMap;

/// Two lists of members, matched.
#[derive(Default)]
pub(super) struct Alignment {
    /// Positions of members that belong together: that which is expected and that which was found.
    pub(super) pairs: Vec<(usize, usize)>,
    /// What differs about single members, by name.
    pub(super) members: Vec<(String, Mismatch)>,
    /// What differs about their order.
    pub(super) order: Option<Mismatch>,
}

/// Matches members by their names. In lists of the same length, names that only one side has and
/// that stand in the same position are two names for one member.
pub(super) fn align(expected: &[&str], found: &[&str]) -> Alignment {
    let (in_expected, in_found) = (positions(expected), positions(found));
    let renamed = |position: usize| {
        expected.len() == found.len()
            && !in_found.contains_key(expected[position])
            && !in_expected.contains_key(found[position])
    };
    let mut alignment = Alignment::default();
    let mut common = Vec::new();
    for (position, name) in expected.iter().enumerate() {
        if let Some(&other) = in_found.get(name) {
            common.push(other);
            alignment.pairs.push((position, other));
        } else if renamed(position) {
            let found = found[position].to_owned();
            alignment.pairs.push((position, position));
            alignment.member(name, Mismatch::Renamed { found });
        } else {
            alignment.member(name, Mismatch::Missing);
        }
    }
    for (position, name) in found.iter().enumerate() {
        if !in_expected.contains_key(name) && !renamed(position) {
            alignment.member(name, Mismatch::Unexpected);
        }
    }
    alignment.order = order(found, common);
    alignment
}

impl Alignment {
    fn member(&mut self, name: &str, mismatch: Mismatch) {
        self.members.push((name.to_owned(), mismatch));
    }
}

fn positions<'a>(names: &[&'a str]) -> HashMap<&'a str, usize> {
    let names = names.iter().enumerate();
    names.map(|(position, name)| (*name, position)).collect()
}

/// Compares the order of common members; `common` are their positions in `found`, in the
/// expected order.
fn order(found: &[&str], common: Vec<usize>) -> Option<Mismatch> {
    if common.is_sorted() {
        return None;
    }
    let names = |positions: &[usize]| {
        let names = positions.iter().map(|&position| found[position].to_owned());
        names.collect::<Vec<_>>()
    };
    let expected = names(&common);
    let mut sorted = common;
    sorted.sort_unstable();
    Some(Mismatch::Reordered {
        expected,
        found: names(&sorted),
    })
}
