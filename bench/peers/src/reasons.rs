//! Why ours takes longer, where it does.

use crate::report::Measured;

/// Cases, and what a profile shows.
const REASONS: [(&str, &str); 4] = [
    (
        "wasm-link-echo-1m",
        "the shim has the string for itself, so a native handle copies it once more on the way there. To move \
memory takes three parts in a profile of a call of ours where it takes two of wasm-link's, and to check UTF-8 as long \
as there. A guest's handle has no such copy: there it is the one out of the guest's memory.",
    ),
    (
        "wasm-link-load-warm",
        "an instance of ours is two, since the bridge is one with a memory of its own. In a load the system is \
asked for three mappings and gives two back, beside two and one, and says once whether the file has changed: 30 µs in \
the kernel beside 21 µs, which is more than half of either load. Ours has WASI and limits besides, and wasm-link's \
stores have none here.",
    ),
    ("golem-records-10", GOLEM),
    ("golem-records-1000", GOLEM),
];

const GOLEM: &str = "a `WitValue` is no bytes yet: its nodes keep strings as they are, and are passed by the bindings \
of the component, which is not measured. Ours ends in the bytes that are passed. It goes by the world's types at \
each field and trusts no byte: the decoder takes half of the time in a profile, and the encoder a quarter.";

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
