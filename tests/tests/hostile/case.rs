//! The ground on which each case runs, and what must hold after every one of them.

use crate::honest::{Neighbour, Resident, visit};
use crate::puppet::{Outcome, Puppet, Woe};
use crate::target::{Edit, plugin};
use first_class_abi::contract::FailureCode;
use first_class_host::{Limits, Shim, Source};
use first_class_tests::patient;
use std::fs;
use std::time::Duration;

/// The deadline of a plugin that does not end by itself.
const SHORT: Duration = Duration::from_secs(2);

/// What a call gives that fails in this way.
pub(crate) fn failed<T>(code: FailureCode) -> Outcome<T> {
    Err(Woe::Failed(code as u32))
}

/// What a call gives in which the caller itself traps.
pub(crate) fn trapped<T>() -> Outcome<T> {
    Err(Woe::Trapped)
}

/// A case: a hostile caller, the plugins `good` and perhaps `bad`, and whether the latter is endless.
#[derive(Default)]
pub(crate) struct Case<'a> {
    caller: &'a [Edit<'a>],
    bad: Option<&'a [Edit<'a>]>,
    endless: bool,
}

/// Runs a case with a caller that is hostile by what it is made to do alone.
pub(crate) fn case(act: impl FnOnce(&mut Puppet)) {
    Case::default().run(act);
}

impl<'a> Case<'a> {
    /// Makes these changes to the caller.
    pub(crate) fn caller(edits: &'a [Edit<'a>]) -> Self {
        Case {
            caller: edits,
            ..Case::default()
        }
    }

    /// Adds the plugin `bad`, which is `good` with these changes.
    pub(crate) fn plugin(edits: &'a [Edit<'a>]) -> Self {
        Case {
            bad: Some(edits),
            ..Case::default()
        }
    }

    /// Says that `bad` does not end by itself, so that its deadline is short.
    pub(crate) fn endless(self) -> Self {
        Case {
            endless: true,
            ..self
        }
    }

    /// Has the caller do its worst.
    pub(crate) fn run(self, act: impl FnOnce(&mut Puppet)) {
        self.run_each([act], |caller, act| act(caller));
    }

    /// Has one caller after the other do its worst, each with one of these, while their neighbour
    /// goes on, and then looks around: each caller can go on unless it trapped, the neighbour was
    /// right all the time, all that the callers held was given back, and the next caller is served.
    pub(crate) fn run_each<T>(
        self,
        items: impl IntoIterator<Item = T>,
        mut act: impl FnMut(&mut Puppet, T),
    ) {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let put = |name: &str, component: Vec<u8>| {
            fs::write(folder.path().join(name), component).expect("writes");
        };
        put("good.wasm", plugin(&[]));
        if let Some(edits) = self.bad {
            put("bad.wasm", plugin(edits));
        }
        let mut shim = patient()
            .directory(folder.path())
            .cache(concat!(env!("CARGO_TARGET_TMPDIR"), "/hostile"));
        if self.endless {
            let source = Source::file(folder.path().join("bad.wasm"));
            let limits = Limits::default().deadline(SHORT);
            shim = shim.source("bad", source.limits(limits));
        }
        let shim = shim.build().expect("builds");

        let resident = Resident::new(&shim);
        let before = held(&shim);
        let neighbour = Neighbour::new(resident);
        neighbour.wait();
        for item in items {
            let mut caller = Puppet::new(&shim, self.caller);
            act(&mut caller, item);
            neighbour.wait();
            look_around(&mut caller);
        }
        neighbour.wait();

        let resident = neighbour.stop();
        assert_eq!(held(&shim), before, "all was given back");
        visit(&mut Puppet::new(&shim, &[])).expect("the next caller is served");
        drop(resident);
        assert_eq!(held(&shim), (0, 0), "nothing was ever kept by nobody");
    }
}

/// Whether a caller can go on, which it can unless it trapped.
fn look_around(caller: &mut Puppet) {
    if caller.trapped {
        assert_eq!(caller.release(0), trapped(), "a trap is a caller's end");
    } else {
        visit(caller).expect("the caller goes on");
    }
}

/// Live instances, and the bytes of their memory.
fn held(shim: &Shim) -> (u64, u64) {
    let snapshot = shim.snapshot();
    (snapshot.instances, snapshot.memory_bytes)
}
