//! What a call costs when there is much of something.

use super::{Case, Group};
use crate::subjects::handle;
use crate::subjects::made::{self, Made};

const GROWTH: Group = Group {
    title: "Growth",
    about: "\
`growth` is `add` through one handle, while so many instances of the plugin live. The others are calls that the host makes
itself, by the same way through the shim: of one of so many worlds, each with a plugin that lives (`worlds`); of the last of so
many functions of a world (`functions`); and of a plugin with so many functions of its own behind the one that is called, at 60
bytes each (`code`).",
    compared: &[],
};

const STEPS: [u32; 3] = [1, 100, 10_000];

pub(super) fn cases() -> Vec<Case> {
    let instances = STEPS.map(|instances| {
        Case::timed(format!("growth-{instances}"), &GROWTH, move |lab| {
            Ok(vec![handle::among(lab, instances, "add")?])
        })
    });
    let one = Made {
        worlds: 1,
        functions: 1,
        code: 1,
    };
    let worlds = STEPS.map(|worlds| made("worlds", worlds, Made { worlds, ..one }));
    let functions = STEPS.map(|functions| made("functions", functions, Made { functions, ..one }));
    let code = STEPS.map(|code| made("code", code, Made { code, ..one }));
    let made = worlds.into_iter().chain(functions).chain(code);
    instances.into_iter().chain(made).collect()
}

fn made(what: &str, many: u32, made: Made) -> Case {
    Case::timed(format!("{what}-{many}"), &GROWTH, move |lab| {
        Ok(vec![made::contender(lab, &made)?])
    })
}
