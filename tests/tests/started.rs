//! Calls that a caller starts and does not wait for at once, as the contract has them.

use first_class_abi::World;
use first_class_abi::contract::FailureCode;
use first_class_host::{CallError, Capacity, Failure, Shim, ShimCtx, Source, Step};
use first_class_tests::{LONG, eventually, guest, shim_of};
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

first_class::first_class_world!({ world: "dropper", path: "wit/dropper" });
first_class::first_class_world!({ world: "worker", path: "wit/worker" });
first_class::first_class_world!({ world: "sleeper", path: "wit/worker" });

fn build(threads: usize, deadline: Duration) -> Shim {
    let builder = shim_of(&["test-worker", "test-sleeper"]).deadline(deadline);
    let builder = builder.call_threads(NonZeroUsize::new(threads).expect("is not 0"));
    builder.build().expect("builds")
}

/// The number of a function of the world itself.
fn number(world: &[u8], name: &str) -> u32 {
    let world = World::decode(world).expect("is a world");
    let found = world.callables().iter().position(|it| it.name == name);
    found.expect("is in the world") as u32
}

fn slots(values: &[u64]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

/// An instance with the numbers of its functions.
struct Sleeper {
    instance: u32,
    nap: u32,
    count: u32,
}

impl Sleeper {
    fn load(caller: &mut ShimCtx) -> Self {
        Sleeper {
            instance: caller.load("sleeper", sleeper::WORLD).expect("loads"),
            nap: number(sleeper::WORLD, "nap"),
            count: number(sleeper::WORLD, "count"),
        }
    }

    fn start(&self, caller: &mut ShimCtx, milliseconds: u64, value: u64) -> u32 {
        let arguments = slots(&[milliseconds, value]);
        caller
            .start(self.instance, self.nap, arguments)
            .expect("starts")
    }

    fn count(&self, caller: &mut ShimCtx) -> Result<u64, CallError> {
        caller.invoke_scalar(self.instance, self.count, [0; 4])
    }
}

fn load_worker(caller: &mut ShimCtx) -> u32 {
    caller.load("worker", worker::WORLD).expect("loads")
}

fn start_spin(caller: &mut ShimCtx, instance: u32) -> u32 {
    let spin = number(worker::WORLD, "spin");
    caller.start(instance, spin, Vec::new()).expect("starts")
}

/// The scalar that a call gives.
fn ended(step: Result<Option<Step>, CallError>) -> u64 {
    match step {
        Ok(Some(Step::Done(result))) => u64::from_le_bytes(result.try_into().expect("is one slot")),
        other => panic!("{other:?}"),
    }
}

fn code(error: CallError) -> Option<FailureCode> {
    FailureCode::from_number(Failure::from(error).code)
}

#[test]
fn sleepers_take_no_thread() {
    let shim = build(1, LONG);
    let mut caller = shim.caller();
    let sleepers: Vec<_> = (0..100).map(|_| Sleeper::load(&mut caller)).collect();
    let started = Instant::now();
    let calls: Vec<_> = (0..)
        .zip(&sleepers)
        .map(|(value, sleeper)| sleeper.start(&mut caller, 500, value))
        .collect();
    for (value, call) in (0..).zip(calls) {
        assert_eq!(ended(caller.wait(call, None)), value);
    }
    let taken = started.elapsed();
    // One after the other they take 50 seconds.
    assert!(taken < Duration::from_secs(25), "{taken:?}");
}

#[test]
fn calls_of_one_instance_keep_their_order() {
    let shim = build(4, LONG);
    let mut caller = shim.caller();
    let sleeper = Sleeper::load(&mut caller);
    let naps: Vec<_> = (0..5)
        .map(|value| sleeper.start(&mut caller, 5, value))
        .collect();
    // It waits for those before it.
    assert_eq!(sleeper.count(&mut caller), Ok(6));
    let last = sleeper.start(&mut caller, 0, 9);
    for (value, call) in (0..).zip(naps) {
        assert_eq!(ended(caller.wait(call, Some(Duration::ZERO))), value);
    }
    assert_eq!(ended(caller.wait(last, None)), 9);
    assert_eq!(sleeper.count(&mut caller), Ok(8));
}

#[test]
fn a_deadline_may_be_as_long_as_there_is_time() {
    let shim = build(1, Duration::MAX);
    let mut caller = shim.caller();
    let (worker, sleeper) = (load_worker(&mut caller), Sleeper::load(&mut caller));
    let nap = sleeper.start(&mut caller, 1, 7);
    assert_eq!(ended(caller.wait(nap, Some(Duration::MAX))), 7);
    let compute = number(worker::WORLD, "compute");
    let call = caller.start(worker, compute, slots(&[0])).expect("starts");
    assert_eq!(ended(caller.wait(call, None)), 1);
}

#[test]
fn the_end_of_a_call_is_taken_once() {
    let shim = build(1, LONG);
    let mut caller = shim.caller();
    let sleeper = Sleeper::load(&mut caller);
    let call = sleeper.start(&mut caller, 3_000, 3);
    assert_eq!(caller.wait(call, Some(Duration::ZERO)), Ok(None));
    assert_eq!(caller.wait(call, Some(Duration::from_millis(1))), Ok(None));
    assert_eq!(ended(caller.wait(call, Some(LONG))), 3);
    let again = caller.wait(call, None).expect_err("is taken");
    assert_eq!(code(again), Some(FailureCode::Protocol));
}

#[test]
fn what_a_call_dies_of_is_told_when_it_is_waited_for() {
    let shim = build(2, Duration::from_secs(2));
    let mut caller = shim.caller();
    let (worker, sleeper) = (load_worker(&mut caller), Sleeper::load(&mut caller));
    let spin = start_spin(&mut caller, worker);
    let nap = sleeper.start(&mut caller, 60_000, 0);
    let after = sleeper.start(&mut caller, 0, 0);
    for call in [spin, nap] {
        let error = caller.wait(call, None).expect_err("takes too long");
        assert_eq!(code(error), Some(FailureCode::Deadline));
    }
    let error = caller.wait(after, None).expect_err("its instance is dead");
    assert_eq!(code(error), Some(FailureCode::Dead));
    assert!(!caller.is_alive(worker) && !caller.is_alive(sleeper.instance));
    caller.respawn(sleeper.instance).expect("starts");
    assert_eq!(sleeper.count(&mut caller), Ok(1));
}

#[test]
fn those_that_keep_their_thread_take_no_time_from_those_that_do_not() {
    let shim = build(1, Duration::from_secs(4));
    let mut caller = shim.caller();
    let (worker, sleeper) = (load_worker(&mut caller), Sleeper::load(&mut caller));
    let spin = start_spin(&mut caller, worker);
    let nap = sleeper.start(&mut caller, 100, 4);
    assert_eq!(ended(caller.wait(nap, None)), 4);
    let error = caller.wait(spin, None).expect_err("takes too long");
    assert_eq!(code(error), Some(FailureCode::Deadline));
}

#[test]
fn a_call_that_is_cancelled_frees_its_thread() {
    let shim = build(1, LONG);
    let mut caller = shim.caller();
    let (worker, sleeper) = (load_worker(&mut caller), Sleeper::load(&mut caller));
    let other = load_worker(&mut caller);
    let spin = start_spin(&mut caller, worker);
    let nap = sleeper.start(&mut caller, 60_000, 0);
    let compute = number(worker::WORLD, "compute");
    let waits = caller.start(other, compute, slots(&[0])).expect("starts");
    // The only thread computes, and goes on to the other when it is free.
    eventually(|| shim.snapshot().calls == 2);
    assert_eq!(caller.wait(waits, Some(Duration::ZERO)), Ok(None));
    caller.cancel(spin);
    assert!(!caller.is_alive(worker) && caller.is_alive(other));
    assert_eq!(ended(caller.wait(waits, Some(LONG))), 1);
    caller.cancel(nap);
    assert!(!caller.is_alive(sleeper.instance));
    for instance in [worker, sleeper.instance] {
        // The next call of it waits until it is dead.
        let error = caller
            .invoke(instance, 0, &slots(&[0; 2]))
            .expect_err("is dead");
        assert_eq!(code(error), Some(FailureCode::Dead));
        assert!(!caller.is_alive(instance));
    }
    assert_eq!(shim.snapshot().instances, 1);
}

#[test]
fn a_call_that_is_cancelled_before_it_begins_harms_nobody() {
    let shim = build(1, LONG);
    let mut caller = shim.caller();
    let sleeper = Sleeper::load(&mut caller);
    let first = sleeper.start(&mut caller, 3_000, 1);
    let second = sleeper.start(&mut caller, 60_000, 2);
    let third = sleeper.start(&mut caller, 0, 3);
    caller.cancel(second);
    assert_eq!(ended(caller.wait(third, None)), 3);
    assert_eq!(ended(caller.wait(first, None)), 1);
    assert_eq!(sleeper.count(&mut caller), Ok(3));
}

#[test]
fn the_calls_of_a_caller_end_with_it_and_with_their_instances() {
    let shim = build(2, LONG);
    let mut caller = shim.caller();
    let (worker, sleeper) = (load_worker(&mut caller), Sleeper::load(&mut caller));
    let spin = start_spin(&mut caller, worker);
    caller.release(worker);
    assert!(caller.wait(spin, None).is_err());
    for _ in 0..3 {
        sleeper.start(&mut caller, 60_000, 0);
    }
    drop(caller);
    eventually(|| shim.snapshot().instances == 0);
}

/// On the thread of the pool on which it runs the call goes on that has the instance.
#[test]
fn a_plugin_drops_streams_of_an_instance_whose_call_it_has_started() {
    let dropper = Source::file(guest("test-dropper")).may_load(["flows"]);
    let builder = shim_of(&["test-flows"]).source("dropper", dropper.expect("is a name"));
    let shim = builder.call_threads(NonZeroUsize::MIN).build();
    let mut caller = shim.expect("builds").caller();
    let instance = caller.load("dropper", dropper::WORLD).expect("loads");
    let call = caller.start(instance, 0, Vec::new()).expect("starts");
    let step = caller.wait(call, Some(LONG));
    let Ok(Some(Step::Done(result))) = step else {
        panic!("{step:?}");
    };
    assert_eq!(result.first(), Some(&0), "it went wrong: {result:?}");
}

#[test]
fn a_caller_starts_as_many_calls_as_it_may() {
    let builder = shim_of(&["test-sleeper"]).capacity(Capacity::default().calls_per_caller(2));
    let shim = builder.build().expect("builds");
    let mut caller = shim.caller();
    let sleeper = Sleeper::load(&mut caller);
    let first = sleeper.start(&mut caller, 0, 1);
    let second = sleeper.start(&mut caller, 60_000, 2);
    let more = |caller: &mut ShimCtx| caller.start(sleeper.instance, sleeper.count, Vec::new());
    let error = more(&mut caller).expect_err("is one too many");
    assert_eq!(code(error), Some(FailureCode::Limit));
    assert_eq!(ended(caller.wait(first, None)), 1);
    more(&mut caller).expect("there is room again");
    caller.cancel(second);
    more(&mut caller).expect("there is room again");
}

#[test]
fn numbers_and_buffers_that_are_wrong_are_errors() {
    let shim = build(1, LONG);
    let mut caller = shim.caller();
    let sleeper = Sleeper::load(&mut caller);
    let protocol = |error| assert_eq!(code(error), Some(FailureCode::Protocol));
    protocol(caller.start(99, 0, Vec::new()).expect_err("no instance"));
    protocol(caller.wait(99, None).expect_err("no call"));
    protocol(caller.answer(99, Vec::new()).expect_err("no instance"));
    protocol(caller.answer(0, Vec::new()).expect_err("asks for nothing"));
    caller.cancel(99);
    caller.abandon(99);
    caller.abandon(sleeper.instance);
    for (function, arguments) in [(99, Vec::new()), (sleeper.nap, vec![0; 15])] {
        let call = caller.start(sleeper.instance, function, arguments);
        let call = call.expect("is told later");
        protocol(caller.wait(call, None).expect_err("is wrong"));
    }
    let resumed = caller.resume(sleeper.instance, Vec::new());
    assert_eq!(
        code(resumed.expect_err("asks for nothing")),
        Some(FailureCode::Dead)
    );
    assert_eq!(sleeper.count(&mut caller), Ok(1));
}

#[test]
fn the_number_of_a_call_that_is_over_names_no_other() {
    let shim = build(1, LONG);
    let mut caller = shim.caller();
    let (sleeper, other) = (Sleeper::load(&mut caller), Sleeper::load(&mut caller));
    let taken = sleeper.start(&mut caller, 0, 1);
    assert_eq!(ended(caller.wait(taken, None)), 1);
    let cancelled = sleeper.start(&mut caller, 60_000, 2);
    caller.cancel(cancelled);
    let of_former = sleeper.start(&mut caller, 60_000, 3);
    caller.respawn(sleeper.instance).expect("starts");
    let of_released = other.start(&mut caller, 60_000, 4);
    caller.release(other.instance);
    let last = sleeper.start(&mut caller, 0, 5);
    for over in [taken, cancelled, of_former, of_released] {
        let error = caller.wait(over, None).expect_err("is over");
        assert_eq!(code(error), Some(FailureCode::Protocol));
        caller.cancel(over);
    }
    assert_eq!(ended(caller.wait(last, None)), 5);
}

#[test]
fn what_is_left_of_a_former_instance_touches_no_call_of_another() {
    let shim = build(1, LONG);
    first_class_native::host_with(&shim);
    let load = || SleeperInstance::load("sleeper").expect("loads");
    let sleeper = load();
    let former = sleeper.start().nap(60_000, 1).expect("starts");
    sleeper.respawn().expect("starts");
    let nap = sleeper.start().nap(0, 2).expect("starts");
    drop(former);
    assert_eq!(nap.wait(), Ok(2));
    // The instance is released when the call has been started.
    let released = load().start().nap(60_000, 3).expect("starts");
    let nap = sleeper.start().nap(0, 4).expect("starts");
    released.wait().expect_err("its instance is gone");
    assert_eq!(nap.wait(), Ok(4));
}
