//! Calls: a value to the plugin, and one back.

use first_class_bench_common::measure::Contender;

use super::{Case, Group};
use crate::subjects::{fused, handle, relay, val};

const CALLS: Group = Group {
    title: "Calls",
    about: "\
One call from within a guest, there and back. `add` takes two numbers, and `resource` is a method that takes
one; of all others the plugin returns the argument: a string, a `list<u8>` or a `list<f64>` of so many bytes,
a list of so many records of two `f64` and a string, or a variant of variants and options. In `callback` the plugin
calls its caller twice; no relay can do that, since nobody can enter a caller that waits. A `batch` is of 1,000 calls,
and its figure is that of one of them, with what it takes to add it and to get its result.",
    compared: &[
        (handle::NAME, "relay"),
        (handle::BATCH, "relay"),
        (handle::BATCH, "fused"),
    ],
};

const PARALLEL: Group = Group {
    title: "Calls at the same time",
    about: "\
Eight calls that compute for about ten milliseconds each, of as many instances, from one guest: one after the other
(`sequence`), or started and then waited for (`start`).",
    compared: &[("start", "sequence")],
};

/// The names of the workloads, as the guests know them.
const WORKLOADS: [&str; 11] = [
    "add",
    "echo-64",
    "echo-4k",
    "echo-1m",
    "bytes-4k",
    "bytes-1m",
    "f64s-1m",
    "records-10",
    "records-1000",
    "variant",
    "resource",
];

pub(super) fn cases() -> Vec<Case> {
    let calls = WORKLOADS.map(|workload| {
        Case::timed(workload, &CALLS, move |lab| {
            let subjects = [
                fused::contender,
                relay::contender,
                val::contender,
                handle::contender,
            ];
            let contenders = subjects.iter().map(|subject| subject(lab, workload));
            let batch = (workload == "add").then(|| handle::batch(lab));
            contenders
                .chain(batch)
                .collect::<Result<Vec<Contender>, _>>()
        })
    });
    let callback = Case::timed("callback", &CALLS, |lab| {
        Ok(vec![handle::of_others(lab, handle::NAME, "callback")?])
    });
    let parallel = Case::timed("parallel-8", &PARALLEL, |lab| {
        let subjects = ["sequence", "start"].map(|name| handle::of_others(lab, name, name));
        subjects.into_iter().collect()
    });
    calls.into_iter().chain([callback, parallel]).collect()
}
