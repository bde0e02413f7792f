//! Named instances: shared, in turns, between callers that need not trust each other.

mod lives;

use first_class::{CallError, LoadError};
use first_class_host::{Caller, Limits, Restart, Shim, Source};
use first_class_tests::{LONG, component, eventually, guest, patient};
use shop::carts::Cart;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

first_class::first_class_world!({ world: "accumulator", path: "wit/accumulator" });
first_class::first_class_world!({ world: "faulty", path: "wit/faulty" });
first_class::first_class_world!({ world: "relay", path: "wit/relay" });
first_class::first_class_world!({ world: "shop", path: "wit/shop" });
first_class::first_class_world!({ world: "text", path: "wit/text" });

fn shim_of(pattern: &str, source: Source) -> Shim {
    let builder = patient().source(pattern, source);
    builder.build().expect("builds")
}

/// Does something as one more caller of a shim, on a thread of its own.
fn as_caller<R: Send + 'static>(
    shim: &Shim,
    does: impl FnOnce() -> R + Send + 'static,
) -> thread::JoinHandle<R> {
    let shim = shim.clone();
    thread::spawn(move || {
        first_class_native::host_with(&shim);
        does()
    })
}

fn done<R>(thread: thread::JoinHandle<R>) -> R {
    thread.join().expect("does not panic")
}

#[test]
fn callers_share_what_has_one_name_and_it_survives_them() {
    let shim = shim_of("sum/*", Source::file(guest("test-sum")).named());
    let add = |name: &'static str, value| {
        done(as_caller(&shim, move || {
            let sum = AccumulatorInstance::load(name).expect("loads");
            sum.add(value).expect("adds")
        }))
    };
    assert_eq!(add("sum/a", 3), 3);
    assert_eq!(add("sum/a", 4), 7);
    assert_eq!(add("sum/b", 5), 5);
    assert_eq!(add("sum/a", 1), 8);
    assert_eq!(shim.snapshot().instances, 2);
    assert_eq!(shim.snapshot().compilations, 1);
}

#[test]
fn calls_take_turns_and_none_is_lost() {
    const CALLS: i64 = 200;
    let shim = shim_of("sum", Source::file(guest("test-sum")).named());
    let threads: Vec<_> = (0..8)
        .map(|_| {
            as_caller(&shim, || {
                let sum = AccumulatorInstance::load("sum").expect("loads");
                let mut last = 0;
                for _ in 0..CALLS {
                    let next = sum.add(1).expect("adds");
                    assert!(next > last);
                    last = next;
                }
            })
        })
        .collect();
    threads.into_iter().for_each(done);
    let total = done(as_caller(&shim, || {
        AccumulatorInstance::load("sum").expect("loads").add(0)
    }));
    assert_eq!(total, Ok(8 * CALLS));
}

#[test]
fn one_that_is_idle_ends_and_the_next_call_makes_another() {
    let source = Source::file(guest("test-sum")).idle(Duration::from_millis(50));
    let shim = shim_of("sum/*", source);
    first_class_native::host_with(&shim);
    let sum = AccumulatorInstance::load("sum/a").expect("loads");
    assert_eq!(sum.add(3), Ok(3));
    eventually(|| shim.snapshot().instances == 0);
    assert!(shim.snapshot().evictions >= 1);
    assert!(sum.is_alive());
    assert_eq!(sum.add(4), Ok(4));
    assert_eq!(shim.snapshot().deaths, 0);
}

#[test]
fn the_one_that_was_called_longest_ago_gives_way() {
    let shim = shim_of("sum/*", Source::file(guest("test-sum")).most(2));
    first_class_native::host_with(&shim);
    let load = |name| AccumulatorInstance::load(name).expect("loads");
    let (a, b) = (load("sum/a"), load("sum/b"));
    assert_eq!(b.add(1), Ok(1));
    assert_eq!(a.add(1), Ok(1));
    let c = load("sum/c");
    assert_eq!(shim.snapshot().instances, 2);
    assert_eq!(c.add(1), Ok(1));
    assert_eq!(a.add(1), Ok(2));
    // Its turn to be made anew, in the place of the one that is idle by now.
    assert_eq!(b.add(1), Ok(1));
    assert_eq!(shim.snapshot().instances, 2);
    assert_eq!(shim.snapshot().evictions, 2);
}

#[test]
fn a_death_is_told_to_all_and_a_new_load_starts_afresh() {
    let shim = shim_of("faulty", Source::file(guest("test-faulty")).named());
    first_class_native::host_with(&shim);
    let load = || FaultyInstance::load("faulty").expect("loads");
    let (mine, theirs) = (load(), load());
    assert!(matches!(theirs.panic(), Err(CallError::Trap { .. })));
    assert!(matches!(mine.double(1), Err(CallError::Dead { .. })));
    assert!(!mine.is_alive() && !theirs.is_alive());

    let fresh = load();
    assert_eq!(fresh.double(4), Ok(8));
    assert!(matches!(mine.double(1), Err(CallError::Dead { .. })));
    mine.respawn().expect("attaches to the one that lives");
    assert_eq!(mine.double(2), Ok(4));
    assert_eq!(shim.snapshot().instances, 1);
}

#[test]
fn one_that_restarts_is_alive_for_all() {
    let source = Source::file(guest("test-faulty")).named();
    let shim = shim_of("faulty", source.restart(Restart::OnNextCall));
    first_class_native::host_with(&shim);
    let load = || FaultyInstance::load("faulty").expect("loads");
    let (mine, theirs) = (load(), load());
    assert!(matches!(theirs.panic(), Err(CallError::Trap { .. })));
    assert_eq!(mine.double(4), Ok(8));
    assert_eq!(theirs.double(4), Ok(8));
    assert_eq!(shim.snapshot().deaths, 1);
}

/// Bytes that break the canonical ABI trap the instance that they enter, which here belongs to
/// others as well.
#[test]
fn malformed_arguments_are_refused_before_they_enter() {
    let shim = patient()
        .source("text", Source::bytes(component("text", &[])).named())
        .build()
        .expect("builds");
    first_class_native::host_with(&shim);
    let honest = TextInstance::load("text").expect("loads");
    let mut hostile = shim.caller();
    let number = hostile.load("text", text::WORLD).expect("loads");
    let functions = ["echo", "length", "reverse"];
    let slots = |address: u64, length: u64| {
        let mut buffer = Vec::from(address.to_le_bytes());
        buffer.extend(length.to_le_bytes());
        buffer
    };
    let mut invalid_text = slots(1040, 2);
    invalid_text.extend(b"\xff\xfe");
    let bad = [
        Vec::new(),
        vec![0; 15],
        slots(0, 1),
        slots(1024, 17),
        slots(u64::MAX, u64::MAX),
        slots(1040, u64::from(u32::MAX)),
        invalid_text,
    ];
    for buffer in &bad {
        for (function, name) in (0..).zip(functions) {
            let result = hostile.invoke(number, function, buffer);
            let refused = matches!(result, Err(first_class_host::CallError::Protocol { .. }));
            assert!(refused, "{name} took {buffer:?}: {result:?}");
        }
    }
    assert_eq!(honest.echo("still here").as_deref(), Ok("still here"));
    assert_eq!(shim.snapshot().deaths, 0);
}

#[test]
fn nobody_can_name_a_resource_that_another_was_given() {
    let shim = shim_of("shop", Source::file(guest("test-shop")).named());
    first_class_native::host_with(&shim);
    let shop = ShopInstance::load("shop").expect("loads");
    let mine = Cart::new(shop.carts(), "me").expect("is made");
    mine.add("tea", 2.0).expect("adds");

    let mut thief = shim.caller();
    let number = thief.load("shop", shop::WORLD).expect("loads");
    // All numbers that a handle may have, in all functions that take one slot: methods, drops.
    for handle in 0..64 {
        for function in 0..40 {
            let scalar = thief.invoke_scalar(number, function, [handle, 0, 0, 0]);
            let buffer = thief.invoke(number, function, &handle.to_le_bytes());
            for error in [scalar.err(), buffer.map(|_| 0).err()]
                .into_iter()
                .flatten()
            {
                let protocol = matches!(error, first_class_host::CallError::Protocol { .. });
                assert!(protocol, "{function} of {handle}: {error:?}");
            }
        }
    }
    assert_eq!(mine.total(), Ok(2.0));
    assert_eq!(mine.owner().as_deref(), Ok("me"));
    assert_eq!(shim.snapshot().deaths, 0);
}

#[test]
fn resources_of_a_shared_instance_work_in_every_position_and_none_is_left() {
    let shim = shim_of("shop", Source::file(guest("test-shop")).named());
    let callers: Vec<_> = (0..4)
        .map(|_| {
            as_caller(&shim, || {
                let shop = ShopInstance::load("shop").expect("loads");
                let carts = shop.carts();
                for round in 0..50 {
                    let cart = Cart::new(carts, "x").expect("is made");
                    cart.add("a", f64::from(round)).expect("adds");
                    let other = cart.copy().expect("is copied");
                    assert_eq!(cart.is_smaller(&other), Ok(false));
                    assert_eq!(carts.same(&cart, &cart), Ok(true));
                    cart.absorb(other).expect("absorbs");
                    let parts = carts.split(cart, 3).expect("splits");
                    assert_eq!(parts.len(), 3);
                    let whole = Cart::merge(carts, parts).expect("merges");
                    assert_eq!(whole.total(), Ok(2.0 * f64::from(round)));
                    let kept = carts.pick(Some(whole)).expect("passes").expect("is some");
                    // Some are dropped by hand, and some with the caller.
                    if round % 2 == 0 {
                        drop(kept);
                    } else {
                        std::mem::forget(kept);
                    }
                }
            })
        })
        .collect();
    callers.into_iter().for_each(done);
    first_class_native::host_with(&shim);
    let shop = ShopInstance::load("shop").expect("loads");
    eventually(|| shop.carts().live() == Ok(0));
    assert_eq!(shim.snapshot().deaths, 0);
}

#[test]
fn a_resource_of_an_instance_that_is_no_more_is_dead() {
    // Long enough for the next one to be called twice.
    let source = Source::file(guest("test-shop")).idle(Duration::from_secs(3));
    let shim = shim_of("shop", source);
    first_class_native::host_with(&shim);
    let shop = ShopInstance::load("shop").expect("loads");
    let old = Cart::new(shop.carts(), "me").expect("is made");
    eventually(|| shim.snapshot().instances == 0);
    let new = Cart::new(shop.carts(), "me").expect("is made, in a new instance");
    let result = old.total();
    assert!(matches!(result, Err(CallError::Dead { .. })), "{result:?}");
    assert_eq!(new.total(), Ok(0.0));
    drop(old);
    assert_eq!(shop.carts().live(), Ok(1));
}

/// A shim of relays, named and fresh, that may load each other.
fn relays() -> Shim {
    let relay = || {
        let source = Source::file(guest("test-relay"));
        source.may_load(["named/*", "fresh"]).expect("are patterns")
    };
    patient()
        .source("named/*", relay().named())
        .source("fresh", relay())
        .build()
        .expect("builds")
}

fn path(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn instances_hold_others_and_a_chain_that_would_wait_for_itself_is_refused() {
    let shim = relays();
    first_class_native::host_with(&shim);
    let relay = RelayInstance::load("named/a").expect("loads");
    let fine = path(&["named/b", "fresh", "named/c", "fresh"]);
    assert_eq!(relay.pass(&fine, 0), Ok(Ok(fine.clone())));

    let circle = path(&["fresh", "named/b", "named/a"]);
    let refused = relay.pass(&circle, 0).expect("is an answer");
    let said = "load: `named/a` is busy: named/a → fresh → named/b → named/a";
    assert_eq!(refused, Err(said.into()));
    assert_eq!(relay.pass(&fine, 0), Ok(Ok(fine.clone())));
    assert_eq!(shim.snapshot().deaths, 0);
}

/// Two chains, each of which holds what the other wants.
#[test]
fn chains_that_would_wait_for_each_other_end() {
    let shim = relays();
    let cross = |from: &'static str, to: &'static str, pause| {
        as_caller(&shim, move || {
            let relay = RelayInstance::load(from).expect("loads");
            let passed = relay.pass(&path(&[to]), pause);
            passed.expect("is an answer")
        })
    };
    let refused = |pause| {
        let one = cross("named/a", "named/b", pause);
        let other = cross("named/b", "named/a", pause);
        let results = [done(one), done(other)];
        let refused: Vec<_> = results.into_iter().filter_map(Result::err).collect();
        (!refused.is_empty()).then_some(refused)
    };
    // They do not meet if one is done before the other begins.
    let refused = [200, 2_000, 20_000].into_iter().find_map(refused);
    let refused = refused.expect("they meet");
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert!(refused[0].contains("is busy: named/"), "{refused:?}");
    assert_eq!(shim.snapshot().deaths, 0);
}

#[test]
fn a_call_waits_for_its_turn_no_longer_than_its_deadline() {
    let limits = Limits::default().deadline(Duration::from_secs(2));
    let source = Source::file(guest("test-relay")).named().limits(limits);
    let shim = shim_of("relay", source);
    first_class_native::host_with(&shim);
    let relay = RelayInstance::load("relay").expect("loads");
    let (loaded, both) = mpsc::channel();
    let busy = as_caller(&shim, move || {
        let relay = RelayInstance::load("relay").expect("loads");
        loaded.send(()).expect("is waited for");
        // When it is stopped, the other has waited for nearly as long.
        relay.pass(&[], 60_000)
    });
    both.recv_timeout(LONG).expect("loads");
    thread::sleep(Duration::from_millis(100));
    let mut results = [relay.pass(&[], 60_000), done(busy)];
    // Either may have been the first.
    if !matches!(results[1], Err(CallError::Deadline { .. })) {
        results.reverse();
    }
    let [waited, ran] = &results;
    let stopped = matches!(ran, Err(CallError::Deadline { .. }));
    let gave_up = matches!(waited, Err(CallError::Busy { .. } | CallError::Dead { .. }));
    assert!(stopped && gave_up, "{results:?}");
}

#[test]
fn a_name_is_live_as_one_world_at_a_time() {
    let shim = shim_of("sum", Source::file(guest("test-sum")).named());
    first_class_native::host_with(&shim);
    let sum = AccumulatorInstance::load("sum").expect("loads");
    let mut other = shim.caller();
    // The same world, as another caller may have it, with an export that may be missing.
    let mut world = accumulator::WORLD.to_vec();
    world.extend(b"\x00\x18\x14first-class:optionaladd");
    let refused = other.load("sum", &world).expect_err("is live otherwise");
    assert!(
        matches!(refused, first_class_host::LoadError::OtherWorld { .. }),
        "{refused:?}"
    );
    assert_eq!(sum.add(1), Ok(1));
}

#[test]
fn a_caller_sees_only_the_names_that_it_may() {
    let shim = shim_of("sum/*", Source::file(guest("test-sum")).named());
    let alice = Caller::new("alice").may_load(["sum/alice", "sum/shared"]);
    first_class_native::host_as(&shim, alice.expect("are names"));
    assert!(AccumulatorInstance::load("sum/alice").is_ok());
    assert!(AccumulatorInstance::load("sum/shared").is_ok());
    let refused = AccumulatorInstance::load("sum/bob");
    assert!(matches!(refused, Err(LoadError::NotFound { .. })));
}

#[test]
fn one_whose_file_changed_is_given_up_and_a_new_load_gets_the_new_one() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let file = folder.path().join("sum.wasm");
    let put = |component: Vec<u8>| std::fs::write(&file, component).expect("writes");
    put(component("accumulator", &[]));
    let shim = shim_of("sum/*", Source::file(&file).named());
    first_class_native::host_with(&shim);
    let load = || AccumulatorInstance::load("sum/a").expect("loads");
    let old = load();
    assert_eq!(old.add(3), Ok(3));
    assert_eq!(shim.retire(&folder.path().join("other.wasm")), [""; 0]);

    put(component("accumulator", &[("i64.add", "i64.sub")]));
    assert_eq!(load().add(1), Ok(4));
    assert_eq!(shim.retire(&file), ["sum/a"]);
    let new = load();
    assert_eq!((new.add(1), new.add(1)), (Ok(-1), Ok(-2)));
    // Whoever holds the old one keeps it, with its state.
    assert_eq!(old.add(1), Ok(5));
    assert_eq!(shim.snapshot().instances, 2);
    drop(old);
    assert_eq!(shim.snapshot().instances, 1);
    drop(new);
    assert_eq!(shim.retire(&file), ["sum/a"]);
    assert_eq!(shim.snapshot().instances, 0);
}
