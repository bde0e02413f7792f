//! Which name stands for which: versions of interfaces, and names that look alike.

use semver::Version;

/// Names that a suggestion is chosen from, and their length; both come from strangers.
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
    let expected = track(expected_name).map(|(track, _)| track);
    let mut highest: Option<(Version, &str)> = None;
    for export in exports {
        if export == expected_name {
            return Some(export);
        }
        let Some((found, version)) = track(export) else {
            continue;
        };
        let higher = highest.as_ref().is_none_or(|(best, _)| *best < version);
        if expected == Some(found) && higher {
            highest = Some((version, export));
        }
    }
    highest.map(|(_, export)| export)
}

/// What all versions of an interface that are compatible with each other have in common: the
/// name, the major version, and the minor one where that matters.
type Track<'a> = (&'a str, u64, u64);

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

/// The exports that differ from an expected one in their version alone.
pub(super) fn other_versions<'a>(
    expected_name: &str,
    exports: impl IntoIterator<Item = &'a str>,
) -> Vec<String> {
    let interface = unversioned(expected_name);
    let exports = exports.into_iter();
    let same = exports.filter(|export| unversioned(export) == interface);
    same.map(str::to_owned).collect()
}

fn unversioned(name: &str) -> &str {
    name.split('@').next().unwrap_or(name)
}

/// The name that a person may have meant by `name`.
pub(super) fn similar<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    if name.len() > MAX_LENGTH {
        return None;
    }
    let candidates = candidates.into_iter().take(MAX_CANDIDATES);
    let scored = candidates
        .filter(|candidate| candidate.len() <= MAX_LENGTH)
        .map(|candidate| {
            (
                strsim::normalized_damerau_levenshtein(name, candidate),
                candidate,
            )
        })
        .filter(|(score, _)| *score >= ALIKE);
    let best = scored.max_by(|(a, _), (b, _)| a.total_cmp(b));
    best.map(|(_, candidate)| candidate.to_owned())
}
