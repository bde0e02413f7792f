//! Which name stands for which: versions of interfaces, and names that look alike.

use semver::Version;
use std::collections::{HashMap, HashSet};

/// How many other versions of an interface a message lists.
const MAX_VERSIONS: usize = 3;

/// How many names a suggestion is chosen from, and how long they may be; they come from strangers.
const MAX_CANDIDATES: usize = 100;
const MAX_LENGTH: usize = 100;

/// From here on two names look alike.
const ALIKE: f64 = 0.6;

/// The export of a plugin that serves an expected export: the one of exactly that name, else the
/// highest version that is compatible with it.
///
/// As composition has it, versions are compatible within one major version, below 1.0.0 within
/// one minor version, and below 0.1.0 or as prereleases with nothing else. A name without a
/// version is compatible with itself alone.
pub fn provider<'a>(
    expected_name: &str,
    exports: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    Catalogue::new(exports).provider(expected_name)
}

/// The names of all that is provided, for looking up many that are required.
pub(crate) struct Catalogue<'a> {
    names: HashSet<&'a str>,
    highest: HashMap<Track<'a>, (Version, &'a str)>,
    versions: HashMap<&'a str, Vec<&'a str>>,
}

/// What all versions of an interface that are compatible with each other have in common: the
/// name, the major version, and the minor one where that matters.
type Track<'a> = (&'a str, u64, u64);

impl<'a> Catalogue<'a> {
    pub(crate) fn new(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut catalogue = Catalogue {
            names: HashSet::new(),
            highest: HashMap::new(),
            versions: HashMap::new(),
        };
        for name in names {
            catalogue.names.insert(name);
            let versions = catalogue.versions.entry(unversioned(name));
            versions.or_default().push(name);
            let Some((track, version)) = track(name) else {
                continue;
            };
            let known = catalogue.highest.get(&track);
            if known.is_none_or(|(highest, _)| *highest < version) {
                catalogue.highest.insert(track, (version, name));
            }
        }
        catalogue
    }

    /// See the function of the same name.
    pub(crate) fn provider(&self, required: &str) -> Option<&'a str> {
        if let Some(name) = self.names.get(required) {
            return Some(name);
        }
        let (track, _) = track(required)?;
        self.highest.get(&track).map(|(_, name)| *name)
    }

    /// Names that differ from a required one in their version alone; not necessarily all.
    pub(super) fn other_versions(&self, required: &str) -> Vec<String> {
        let versions = self.versions.get(unversioned(required));
        let versions = versions.into_iter().flatten().take(MAX_VERSIONS);
        versions.map(|name| (*name).to_owned()).collect()
    }
}

fn track(name: &str) -> Option<(Track<'_>, Version)> {
    let (interface, version) = name.split_once('@')?;
    let version = Version::parse(version).ok()?;
    let track = match (version.major, version.minor) {
        _ if !version.pre.is_empty() => return None,
        (0, 0) => return None,
        (0, minor) => (interface, 0, minor),
        (major, _) => (interface, major, 0),
    };
    Some((track, version))
}

fn unversioned(name: &str) -> &str {
    name.split('@').next().unwrap_or(name)
}

/// The name that a person may have meant by `name`, if one of these looks like it.
pub fn similar<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    if name.len() > MAX_LENGTH {
        return None;
    }
    let candidates = candidates.into_iter().take(MAX_CANDIDATES);
    let scored = candidates
        .filter(|candidate| candidate.len() <= MAX_LENGTH)
        .map(|candidate| {
            let score = strsim::normalized_damerau_levenshtein(name, candidate);
            (score, candidate)
        })
        .filter(|(score, _)| *score >= ALIKE);
    let best = scored.max_by(|(a, _), (b, _)| a.total_cmp(b));
    best.map(|(_, candidate)| candidate.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{provider, similar};
    use wac_graph::types::are_semver_compatible;

    #[test]
    fn compatible_versions_are_those_of_composition() {
        let versions = [
            "",
            "@0.0.1",
            "@0.0.2",
            "@0.1.0",
            "@0.1.0-rc.1",
            "@0.1.1",
            "@0.2.0",
            "@1.0.0",
            "@1.0.0-rc.1",
            "@1.0.0-rc.2",
            "@1.0.1",
            "@1.2.0",
            "@1.2.0+build",
            "@2.0.0",
        ];
        let names = versions.map(|version| format!("a:b/c{version}"));
        for expected in &names {
            for found in &names {
                let served = provider(expected, [found.as_str(), "a:b/d@1.0.0"]).is_some();
                let compatible = are_semver_compatible(expected, found);
                assert_eq!(served, compatible, "{expected} by {found}");
            }
        }
    }

    #[test]
    fn the_exact_name_goes_before_the_highest_version() {
        let exports = ["a:b/c@1.0.0", "a:b/c@1.10.0", "a:b/c@1.9.0", "a:b/c@2.0.0"];
        assert_eq!(provider("a:b/c@1.0.0", exports), Some("a:b/c@1.0.0"));
        assert_eq!(provider("a:b/c@1.2.0", exports), Some("a:b/c@1.10.0"));
        assert_eq!(provider("a:b/c@3.0.0", exports), None);
        assert_eq!(provider("run", ["ruin", "run"]), Some("run"));
    }

    #[test]
    fn names_that_look_alike_are_found() {
        let names = ["check", "fix", "[method]cart.add"];
        assert_eq!(similar("chek", names).as_deref(), Some("check"));
        assert_eq!(
            similar("[method]cart.ad", names).as_deref(),
            Some("[method]cart.add")
        );
        assert_eq!(similar("report", names), None);
        assert_eq!(similar(&"check".repeat(100), names), None);
    }
}
