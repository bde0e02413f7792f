//! Resources of the caller's in what a plugin exports.

use crate::{LONG, host};
use first_class::error::{ForeignResource, NotServed};
use first_class::{CallError, Own};
use first_class_host::{Limits, Restart, ShimBuilder, Source};
use first_class_tests::{Caller, guest, shim_of};
use lender::clerks::Shelf;
use lender::drawers::{Cabinet, Found, Tour};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use wasmtime::component::{Resource, ResourceType};

first_class::first_class_world!({ world: "lender", path: "wit/lender" });

/// Serves drawers, and counts those that live.
#[derive(Clone, Default)]
struct Workshop {
    live: Arc<AtomicU32>,
}

struct Drawer {
    label: String,
    things: Mutex<Vec<String>>,
    live: Arc<AtomicU32>,
}

impl Drop for Drawer {
    fn drop(&mut self) {
        self.live.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Workshop {
    fn drawer(&self, label: &str) -> Own<Drawer> {
        self.live.fetch_add(1, Ordering::Relaxed);
        Own::new(Drawer {
            label: label.into(),
            things: Mutex::default(),
            live: self.live.clone(),
        })
    }

    fn drawers<const N: usize>(&self, labels: [&str; N]) -> [Own<Drawer>; N] {
        labels.map(|label| self.drawer(label))
    }

    fn live(&self) -> u32 {
        self.live.load(Ordering::Relaxed)
    }

    fn load(&self) -> LenderInstance {
        LenderInstance::load_with("lender", self.clone()).expect("loads")
    }
}

impl lender::DrawersImports for Workshop {
    type Drawer = Drawer;

    fn open(&mut self, label: String) -> Own<Drawer> {
        self.drawer(&label)
    }

    fn drawer_label(&mut self, this: &Drawer) -> String {
        this.label.clone()
    }

    fn drawer_put(&mut self, this: &Drawer, thing: String) -> u32 {
        let mut things = this.things.lock().expect("is free");
        things.push(thing);
        things.len() as u32
    }
}

fn patient() -> ShimBuilder {
    shim_of(&["test-lender"]).deadline(LONG)
}

/// An instance of a plugin whose limits are these.
fn limited(workshop: &Workshop, limits: Limits) -> LenderInstance {
    let source = Source::file(guest("test-lender")).limits(limits.deadline(LONG));
    host(shim_of(&[]).source("lender", source));
    workshop.load()
}

/// The label of a drawer that came back.
fn label(own: Own) -> String {
    let drawer = own.downcast::<Drawer>().expect("is a drawer");
    // Nobody else has it any more.
    drawer.into_inner().expect("is ours alone").label.clone()
}

fn labels(all: Vec<Own>) -> Vec<String> {
    all.into_iter().map(label).collect()
}

#[test]
fn a_drawer_is_lent_and_stays_ours() {
    host(patient());
    let workshop = Workshop::default();
    let lender = workshop.load();
    let drawer = workshop.drawer("a");
    assert_eq!(lender.pack(3, &drawer), Ok(3));
    assert_eq!(lender.pack(2, &drawer), Ok(5));
    let erased = drawer.erase();
    assert_eq!(lender.pack(1, &erased), Ok(6));
    assert_eq!(workshop.live(), 1);
    let drawer = erased.downcast::<Drawer>().expect("is a drawer");
    let drawer = drawer.into_inner().expect("no loan is left");
    assert_eq!(
        *drawer.things.lock().expect("is free"),
        ["0", "1", "2", "0", "1", "0"]
    );
    drop(drawer);
    assert_eq!(workshop.live(), 0);
}

#[test]
fn drawers_are_given_and_come_back() {
    host(patient());
    let workshop = Workshop::default();
    let lender = workshop.load();
    let clerks = lender.clerks();
    let wanted = workshop.drawer("b");
    let all = || workshop.drawers(["a", "b", "c"]).map(Own::erase).into();
    let found = clerks.inspect(&wanted, all()).expect("looks");
    assert_eq!(workshop.live(), 2);
    assert_eq!(found.map(label).as_deref(), Some("b"));
    assert!(
        clerks
            .inspect(&wanted, Vec::new())
            .expect("looks")
            .is_none()
    );
    let cabinet = |name: &str, [first, second]: [Own<Drawer>; 2]| Cabinet {
        name: name.into(),
        first: first.into(),
        rest: vec![second.into()],
    };
    let renamed = clerks.rename(cabinet("oak", workshop.drawers(["d", "e"])));
    let renamed = renamed.expect("is called").expect("has a name");
    assert_eq!(renamed.name, "OAK");
    assert_eq!(
        (label(renamed.first), labels(renamed.rest)),
        ("e".into(), vec!["d".into()])
    );
    let nameless = clerks.rename(cabinet("", workshop.drawers(["f", "g"])));
    let first = nameless.expect("is called").expect_err("has no name");
    assert_eq!(label(first), "f");
    assert_eq!(workshop.live(), 1);
    let opened = clerks.another(&wanted).expect("opens");
    assert_eq!(label(opened), "b'");
    drop(wanted);
    assert_eq!(workshop.live(), 0);
}

#[test]
fn loans_lie_in_records_lists_and_options() {
    host(patient());
    let workshop = Workshop::default();
    let lender = workshop.load();
    let [a, b] = workshop.drawers(["a", "b"]);
    let tour = Tour {
        start: a.lend(),
        second: Some(b.lend()),
        last: (a.lend(), 2),
    };
    for _ in 0..2 {
        let walked = lender.clerks().walk(&tour, Some(b.lend()));
        assert_eq!(walked.expect("walks"), ["a", "b", "a", "a", "b"]);
    }
    let empty = Tour {
        start: b.lend(),
        second: None,
        last: (b.lend(), 0),
    };
    assert_eq!(lender.clerks().walk(&empty, None).expect("walks"), ["b"]);
    drop((tour, empty, a, b));
    assert_eq!(workshop.live(), 0);
}

#[test]
fn what_a_plugin_keeps_it_gives_back_or_it_ends_with_it() {
    host(patient());
    let workshop = Workshop::default();
    let lender = workshop.load();
    let clerks = lender.clerks();
    assert!(matches!(clerks.give_back(), Ok(Found::Nothing)));
    let [a, b, c, d] = workshop.drawers(["a", "b", "c", "d"]);
    assert_eq!(clerks.keep(a), Ok(1));
    match clerks.give_back() {
        Ok(Found::One(one)) => assert_eq!(label(one), "a"),
        other => panic!("{other:?}"),
    }
    assert_eq!(clerks.keep(b.erase()), Ok(1));
    assert_eq!(clerks.keep(c), Ok(2));
    match clerks.give_back() {
        Ok(Found::Many(many)) => assert_eq!(labels(many), ["b", "c"]),
        other => panic!("{other:?}"),
    }
    assert_eq!(clerks.keep(d), Ok(1));
    assert_eq!(workshop.live(), 1);
    let died = clerks.die(workshop.drawer("e"), &workshop.drawer("f"));
    assert!(matches!(died, Err(CallError::Trap { .. })), "{died:?}");
    assert_eq!(workshop.live(), 0);
    lender.respawn().expect("starts");
    assert_eq!(clerks.keep(workshop.drawer("g")), Ok(1));
    drop(lender);
    assert_eq!(workshop.live(), 0);
}

#[test]
fn a_resource_of_the_plugins_holds_resources_of_the_callers() {
    host(patient());
    let workshop = Workshop::default();
    let lender = workshop.load();
    let shelf = Shelf::new(lender.clerks(), workshop.drawer("a")).expect("is alive");
    shelf.put(workshop.drawer("b")).expect("puts");
    let beside = workshop.drawer("c");
    assert_eq!(shelf.labels(&beside).expect("looks"), ["a", "b", "c"]);
    let arranged = lender
        .clerks()
        .arrange(workshop.drawer("d"), &beside, &shelf);
    assert_eq!(arranged, Ok(()));
    assert_eq!(labels(shelf.clear().expect("gives")), ["a", "b", "d"]);
    shelf.put(workshop.drawer("e")).expect("puts");
    assert_eq!(workshop.live(), 2);
    drop(shelf);
    assert_eq!(workshop.live(), 1);
    drop(beside);
    assert_eq!(workshop.live(), 0);
}

#[test]
fn started_calls_take_loans() {
    host(patient());
    let workshop = Workshop::default();
    let (lender, other) = (workshop.load(), workshop.load());
    let drawer = workshop.drawer("a");
    let nap = lender.start().clerks().nap(20, &drawer).expect("starts");
    let kept = lender.start().clerks().keep(workshop.drawer("b"));
    let load = other.start().pack(2, &drawer).expect("starts");
    assert_eq!(load.wait(), Ok(2));
    assert_eq!(nap.wait().as_deref(), Ok("a"));
    assert_eq!(kept.expect("starts").wait(), Ok(1));
    let found = first_class::block_on(async {
        let naps = [&lender, &other].map(|it| it.clerks().nap_async(5, &drawer));
        for nap in naps {
            assert_eq!(nap.await.as_deref(), Ok("a"));
        }
        lender.clerks().give_back_async().await
    });
    match found {
        Ok(Found::One(one)) => assert_eq!(label(one), "b"),
        other => panic!("{other:?}"),
    }
    drop(drawer);
    assert_eq!(workshop.live(), 0);
}

#[test]
fn a_refused_call_gives_nothing_away() {
    host(patient());
    let workshop = Workshop::default();
    let (lender, other) = (workshop.load(), workshop.load());
    let shelf = Shelf::new(other.clerks(), workshop.drawer("a")).expect("is alive");
    let with = workshop.drawer("b");
    let foreign = CallError::from(ForeignResource {
        source: "lender".into(),
        owner: "lender".into(),
    });
    let refused = lender.clerks().arrange(workshop.drawer("c"), &with, &shelf);
    assert_eq!(refused, Err(foreign.clone()));
    let started = lender.start().clerks();
    let refused = started.arrange(workshop.drawer("d"), &with, &shelf);
    assert_eq!(refused.err(), Some(foreign));
    assert_eq!(workshop.live(), 2);
    assert!(with.into_inner().is_ok());
    assert_eq!(workshop.live(), 1);
}

#[test]
fn a_batch_gives_nothing_to_an_instance_that_came_after_it() {
    host(patient());
    let workshop = Workshop::default();
    let lender = workshop.load();
    let mut batch = lender.batch();
    let kept = batch.clerks().keep(workshop.drawer("a"));
    lender.respawn().expect("starts");
    assert_eq!(workshop.live(), 0);
    let refused = batch.run().map(|results| results.done());
    assert!(matches!(refused, Err(CallError::Dead(_))), "{refused:?}");
    drop(kept);
    assert_eq!(lender.clerks().keep(workshop.drawer("b")), Ok(1));
    assert_eq!(workshop.live(), 1);
}

#[test]
fn a_call_that_is_cancelled_ends_the_resources_of_an_instance_that_is_made_anew() {
    let source = Source::file(guest("test-lender")).restart(Restart::OnNextCall);
    host(first_class_tests::patient().source("lender", source));
    let workshop = Workshop::default();
    let lender = workshop.load();
    let [a, b, beside] = workshop.drawers(["a", "b", "c"]);
    let old = Shelf::new(lender.clerks(), a).expect("is alive");
    let mut packing = lender.start().pack(u32::MAX, &beside).expect("starts");
    while beside.things.lock().expect("is free").is_empty() {
        assert_eq!(packing.wait_for(Duration::from_millis(5)), None);
    }
    packing.cancel();
    let dead = old.labels(&beside).expect_err("its instance is gone");
    assert!(matches!(dead, CallError::Dead(_)), "{dead:?}");
    let fresh = Shelf::new(lender.clerks(), b).expect("is alive again");
    let dead = old.labels(&beside).expect_err("is on no shelf");
    assert!(matches!(dead, CallError::Dead(_)), "{dead:?}");
    drop(old);
    assert_eq!(fresh.labels(&beside).expect("looks"), ["b", "c"]);
}

#[test]
fn arguments_that_are_too_large_give_nothing_away() {
    let workshop = Workshop::default();
    let lender = limited(&workshop, Limits::default().argument_bytes(100));
    let wanted = workshop.drawer("a");
    let all = |count: usize| (0..count).map(|_| workshop.drawer("a").erase()).collect();
    assert!(
        lender
            .clerks()
            .inspect(&wanted, all(2))
            .expect("fits")
            .is_some()
    );
    let refused = lender.clerks().inspect(&wanted, all(50));
    assert!(
        matches!(refused, Err(CallError::Limit { .. })),
        "{refused:?}"
    );
    assert_eq!(workshop.live(), 1);
    let started = lender.start().clerks().inspect(&wanted, all(50));
    let refused = started.and_then(first_class::Pending::wait);
    assert!(
        matches!(refused, Err(CallError::Limit { .. })),
        "{refused:?}"
    );
    assert_eq!(workshop.live(), 1);
    assert!(wanted.into_inner().is_ok());
}

#[test]
fn what_a_call_gave_stays_given_when_its_result_is_too_large() {
    let workshop = Workshop::default();
    let lender = limited(&workshop, Limits::default().result_bytes(1_000));
    let clerks = lender.clerks();
    let beside = workshop.drawer("a");
    let filled = clerks.fill(workshop.drawer("b"), &beside, 10);
    assert_eq!(filled.map(|bytes| bytes.len()), Ok(10));
    let refused = clerks.fill(workshop.drawer("c"), &beside, 2_000);
    assert!(
        matches!(refused, Err(CallError::Limit { .. })),
        "{refused:?}"
    );
    let started = lender
        .start()
        .clerks()
        .fill(workshop.drawer("d"), &beside, 2_000);
    let refused = started.and_then(first_class::Pending::wait);
    assert!(
        matches!(refused, Err(CallError::Limit { .. })),
        "{refused:?}"
    );
    match clerks.give_back() {
        Ok(Found::Many(many)) => assert_eq!(labels(many), ["b", "c", "d"]),
        other => panic!("{other:?}"),
    }
    assert_eq!(*beside.things.lock().expect("is free"), ["b", "c", "d"]);
    assert!(beside.into_inner().is_ok());
    assert_eq!(workshop.live(), 0);
}

#[test]
fn an_instance_that_this_guest_does_not_serve_takes_no_drawer() {
    // What the plugin imports the host has.
    let drawers = "test:lender/drawers";
    let source = Source::file(guest("test-lender")).provide([drawers], move |linker| {
        let mut linker = linker.instance(drawers)?;
        let drawer = ResourceType::host::<Workshop>();
        linker.resource("drawer", drawer, |_, _| Ok(()))?;
        linker.func_wrap("[method]drawer.label", |_, (_,): (Resource<Workshop>,)| {
            Ok((String::from("the host's"),))
        })?;
        linker.func_wrap(
            "[method]drawer.put",
            |_, (_, _): (Resource<Workshop>, String)| Ok((0_u32,)),
        )?;
        linker.func_wrap("open", |_, (_,): (String,)| {
            Ok((Resource::<Workshop>::new_own(7),))
        })
    });
    host(shim_of(&[]).source("lender", source));
    let workshop = Workshop::default();
    let lender = LenderInstance::load("lender").expect("loads");
    let not_served = CallError::from(NotServed {
        source: "lender".into(),
    });
    let drawer = workshop.drawer("a");
    assert_eq!(lender.pack(1, &drawer), Err(not_served.clone()));
    assert_eq!(lender.clerks().keep(drawer), Err(not_served.clone()));
    let started = lender.start().pack(1, &workshop.drawer("b"));
    assert_eq!(started.err(), Some(not_served.clone()));
    assert!(not_served.to_string().contains("`load_with`"));
    assert_eq!(workshop.live(), 0);
    // What passes none can be called.
    assert!(matches!(lender.clerks().give_back(), Ok(Found::Nothing)));
    let none = lender.clerks().inspect(&workshop.drawer("c"), Vec::new());
    assert_eq!(none.err(), Some(not_served));
    assert!(lender.is_alive());
}

#[test]
fn a_component_lends_as_well() {
    let shim = patient().build().expect("builds");
    let output = Caller::run("test-server", &shim, &["lend"]).expect_success();
    assert_eq!(output, "all came back\n");
    let engine = wasmtime::Engine::default();
    let caller = Caller::run_async(&engine, "test-server", &shim, &["lend"]);
    assert_eq!(pollster::block_on(caller).expect_success(), output);
    assert_eq!(shim.snapshot().deaths, 0);
}
