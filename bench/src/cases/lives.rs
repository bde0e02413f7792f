//! Loads, and the instances that come of them.

use anyhow::Result;
use first_class_bench_common::measure::{Contender, Repetition};

use super::{Case, Group, Unit};
use crate::lab::Lab;
use crate::subjects::{handle, memory, plain};

const LIVES: Group = Group {
    title: "Loads and instances",
    about: "\
`load-warm` makes an instance of a plugin that is compiled already, and drops it. `load-cold` compiles the
plugin and makes an instance. `instance` makes instances that stay, so their memory is new; `instance-memory`
is the resident memory of one that was not called yet, and its figure is in bytes.

`wasmtime` is the engine alone: the same plugin in a store, with WASI, from a native loop. `handle` loads from
within a guest, and each instance has a bridge, which is compiled with the plugin. `pooled` is the same with
`ShimBuilder::pooling`, so that no memory is mapped anew.",
    compared: &[(handle::NAME, "wasmtime"), (handle::POOLED, "wasmtime")],
};

/// All samples of all subjects live at once, and a process has only so many mappings for the memories
/// of instances.
const KEPT: Repetition = Repetition::Fixed {
    times: 50,
    rounds: 20,
};

/// The allocator takes large pages of the system, so that only many instances show what one needs.
const KEPT_FOR_MEMORY: Repetition = Repetition::Fixed {
    times: 1000,
    rounds: 4,
};

/// Instances that use up what memory the allocator holds in reserve, so that others need more.
const EARLIER: u32 = 1000;

pub(super) fn cases() -> [Case; 4] {
    let kept = Case {
        repetition: KEPT,
        ..Case::timed("instance", &LIVES, kept)
    };
    let memory = Case {
        unit: Unit::Bytes,
        repetition: KEPT_FOR_MEMORY,
        ..Case::timed("instance-memory", &LIVES, memory)
    };
    [
        Case::timed("load-warm", &LIVES, |lab| {
            compiled(vec![
                plain::warm(lab)?,
                handle::contender(lab, "load")?,
                handle::pooled(lab)?,
            ])
        }),
        Case::timed("load-cold", &LIVES, |lab| {
            Ok(vec![plain::cold(lab)?, handle::cold(lab)?])
        }),
        kept,
        memory,
    ]
}

fn kept(lab: &Lab) -> Result<Vec<Contender>> {
    compiled(vec![plain::keep(lab)?, handle::contender(lab, "keep")?])
}

/// The first instance of a shim is the one that its plugin is compiled for.
fn compiled(mut contenders: Vec<Contender>) -> Result<Vec<Contender>> {
    for contender in &mut contenders {
        contender.subject.sample(1)?;
    }
    Ok(contenders)
}

fn memory(lab: &Lab) -> Result<Vec<Contender>> {
    let mut contenders = kept(lab)?;
    for contender in &mut contenders {
        contender.subject.sample(EARLIER)?;
    }
    contenders.into_iter().map(memory::growth_of).collect()
}
