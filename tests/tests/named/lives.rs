//! Whom an instance serves after another one took its place.

use super::{ShopInstance, path, relay, shim_of, shop};
use first_class::CallError;
use first_class_abi::World;
use first_class_abi::value::{Codec, Value};
use first_class_host::{Caller, Limits, LoadError, Restart, ShimCtx, Source};
use first_class_tests::{LONG, eventually, guest, patient};
use shop::carts::Cart;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;
use timer::clocks::Stopwatch;

first_class::first_class_world!({ world: "timer", path: "wit/timer" });
first_class::first_class_world!({
    world: "glimpse",
    inline: "package test:shop@0.1.0;
        interface carts { live: func() -> u32; }
        /// A part of the world `shop`, whose functions have other numbers.
        world glimpse { export carts; }",
});

/// Its bytes are checked against its own world, and would enter another function of another one.
#[test]
fn who_has_loaded_a_name_as_one_world_cannot_call_it_as_another() {
    let shim = shim_of("shop/*", Source::file(guest("test-shop")).most(1));
    let mut thief = shim.caller();
    let number = thief.load("shop/a", glimpse::WORLD).expect("loads");
    assert_eq!(thief.invoke_scalar(number, 0, [0; 4]), Ok(0));
    thief
        .load("shop/b", glimpse::WORLD)
        .expect("takes its place");

    first_class_native::host_with(&shim);
    let shop = ShopInstance::load("shop/a").expect("loads");
    let mine = Cart::new(shop.carts(), "me").expect("is made");
    assert!(!thief.is_alive(number));
    let refused = |thief: &mut ShimCtx| {
        let results = [
            thief.invoke_scalar(number, 0, [1, 0, 0, 0]).map(drop),
            thief.invoke(number, 0, &[1; 64]).map(drop),
        ];
        for result in results {
            let dead = matches!(&result, Err(first_class_host::CallError::Dead { .. }));
            assert!(dead, "{result:?}");
        }
    };
    refused(&mut thief);
    assert_eq!(mine.owner().as_deref(), Ok("me"));
    // Nor can it have the next one made as the other world.
    thief
        .load("shop/b", glimpse::WORLD)
        .expect("takes its place");
    refused(&mut thief);
    assert_eq!(shim.snapshot().deaths, 0);

    let again = thief.load("shop/a", glimpse::WORLD).expect("loads");
    assert_eq!(thief.invoke_scalar(again, 0, [0; 4]), Ok(0));
    let dead = mine.owner().expect_err("is of another world");
    assert!(dead.to_string().contains("load it again"), "{dead}");
}

/// Whoever calls first gets the number in the new instance that another had in the old one.
#[test]
fn resources_of_one_that_died_between_calls_are_dead() {
    let source = Source::file(guest("test-timer")).named();
    let shim = shim_of("timer", source.restart(Restart::OnNextCall));
    first_class_native::host_with(&shim);
    let load = || TimerInstance::load("timer").expect("loads");
    let (mine, theirs) = (load(), load());
    let old = Stopwatch::new(mine.clocks()).expect("is made");
    assert_eq!(old.lap(0), Ok(1));
    assert_eq!(mine.clocks().trap_later(10), Ok(()));
    eventually(|| shim.snapshot().instances == 0);
    // Its death is told a moment after it is gone.
    let made = || Stopwatch::new(theirs.clocks());
    let new = std::iter::repeat_with(made).take(1000).find_map(Result::ok);
    assert_eq!(new.as_ref().map(|new| new.lap(0)), Some(Ok(1)));
    let result = old.lap(0);
    assert!(matches!(result, Err(CallError::Dead { .. })), "{result:?}");
    assert_eq!(new.map(|new| new.lap(0)), Some(Ok(2)));
    assert_eq!(shim.snapshot().deaths, 1);
}

#[test]
fn one_that_died_between_calls_stays_dead_for_those_who_had_it() {
    let source = Source::file(guest("test-timer")).named();
    let shim = shim_of("timer", source);
    first_class_native::host_with(&shim);
    let mine = TimerInstance::load("timer").expect("loads");
    assert_eq!(mine.clocks().trap_later(10), Ok(()));
    eventually(|| !mine.is_alive());
    let fresh = TimerInstance::load("timer").expect("loads");
    assert_eq!(fresh.plain(1), Ok(2));
    let result = mine.plain(1);
    assert!(matches!(result, Err(CallError::Dead { .. })), "{result:?}");
}

/// A call goes on only while somebody polls it, so the one of `bob` has its instance to the end of
/// the test.
#[test]
fn who_waits_too_long_is_not_told_who_has_the_instance() {
    let agent = Source::file(guest("test-relay")).may_load(["db"]);
    let limits = Limits::default().deadline(Duration::from_secs(3));
    let shim = patient()
        .source("tenants/bob/agent", agent.expect("is a name"))
        .source(
            "db",
            Source::file(guest("test-relay")).named().limits(limits),
        )
        .deadline(LONG)
        .build()
        .expect("builds");
    let mut bob = shim.caller();
    let hold = async {
        let agent = bob.load_async("tenants/bob/agent", relay::WORLD).await;
        let agent = agent.expect("loads");
        bob.invoke_async(agent, 0, &pass(&["db"], 20)).await
    };
    let mut hold = pin!(hold);
    let holds = poll_fn(|context| match hold.as_mut().poll(context) {
        Poll::Ready(result) => panic!("{result:?}"),
        Poll::Pending if shim.snapshot().calls == 2 => Poll::Ready(()),
        Poll::Pending => Poll::Pending,
    });
    pollster::block_on(holds);

    let alice = Caller::new("alice").may_load(["db"]).expect("is a name");
    let result = shim.caller_as(alice).load("db", relay::WORLD);
    match result {
        Err(LoadError::Busy { chain, .. }) => assert_eq!(chain, ["db"]),
        other => panic!("{other:?}"),
    }
}

/// The arguments of `pass`.
fn pass(names: &[&str], pause: u32) -> Vec<u8> {
    let world = World::decode(relay::WORLD).expect("is a world");
    let codec = Codec::new(world.into()).expect("has layouts");
    let names = path(names).into_iter().map(Value::String);
    let arguments = [Value::List(names.collect()), Value::U32(pause)];
    codec.encode_arguments(0, &arguments).expect("fits")
}
