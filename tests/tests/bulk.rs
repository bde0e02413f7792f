//! Functions that move one string or one list of numbers.

use first_class::CallError;
use first_class_abi::World;
use first_class_abi::wit_parser::Resolve;
use first_class_host::{Caller, Limits, Shim, ShimBuilder, Source};
use first_class_tests::{LONG, guest, patient};
use metrics_util::debugging::DebuggingRecorder;
use proptest::prelude::*;
use std::fmt::Debug;
use std::time::Duration;

first_class::first_class_world!({ world: "mover", path: "wit/mover" });

fn mover() -> Source {
    Source::file(guest("test-mover"))
}

fn host(source: Source) -> Shim {
    host_with(patient(), source)
}

fn host_with(builder: ShimBuilder, source: Source) -> Shim {
    let builder = builder.source("mover", source);
    let shim = builder.build().expect("builds");
    first_class_native::host_with(&shim);
    shim
}

fn load() -> MoverInstance {
    MoverInstance::load("mover").expect("loads")
}

/// Lists of some number, of every length that is treated in a way of its own.
fn lists<T: Arbitrary>() -> impl Strategy<Value = Vec<T>> {
    let length = prop_oneof![0..20usize, 500..2000usize];
    length.prop_flat_map(|length| proptest::collection::vec(any::<T>(), length))
}

fn reversed<T: Clone>(list: &[T]) -> Vec<T> {
    list.iter().rev().cloned().collect()
}

/// Sends random lists there and back; `bits` makes what can be compared of a number.
fn check<T: Arbitrary + Clone, B: PartialEq + Debug>(
    call: impl Fn(&[T]) -> Result<Vec<T>, CallError>,
    bits: impl Fn(&T) -> B,
) {
    let config = ProptestConfig::with_cases(16);
    let bits = |list: &[T]| list.iter().map(&bits).collect::<Vec<_>>();
    proptest!(config, |(list in lists::<T>())| {
        let returned = call(&list).expect("returns");
        prop_assert_eq!(bits(&returned), bits(&reversed(&list)));
    });
}

/// Moves everything that there is.
fn move_all(mover: &MoverInstance) {
    let (texts, numbers) = (mover.texts(), mover.numbers());
    for length in [0, 1, 10, 5000] {
        let text = "aé€😀".repeat(length);
        let reversed: String = text.chars().rev().collect();
        assert_eq!(texts.reverse(&text), Ok(reversed));
    }
    assert_eq!(texts.keep("é"), Ok(()));
    assert_eq!(texts.kept().as_deref(), Ok("é"));
    assert_eq!(texts.kept().as_deref(), Ok(""));
    check(|list| numbers.u8s(list), |n| *n);
    check(|list| numbers.s8s(list), |n| *n);
    check(|list| numbers.u16s(list), |n| *n);
    check(|list| numbers.s16s(list), |n| *n);
    check(|list| numbers.u32s(list), |n| *n);
    check(|list| numbers.s32s(list), |n| *n);
    check(|list| numbers.u64s(list), |n| *n);
    check(|list| numbers.s64s(list), |n| *n);
    check(|list| numbers.f32s(list), |n| n.to_bits());
    check(|list| numbers.f64s(list), |n| n.to_bits());
    assert_eq!(numbers.keep(&[1, 2, 3]), Ok(()));
    assert_eq!(numbers.kept(), Ok(vec![1, 2, 3]));
    assert_eq!(numbers.kept(), Ok(vec![]));
}

#[test]
fn everything_comes_back_from_an_instance_of_ones_own() {
    host(mover());
    move_all(&load());
}

#[test]
fn everything_comes_back_from_an_instance_that_others_share() {
    host(mover().named());
    move_all(&load());
}

#[test]
fn everything_comes_back_when_calls_are_watched() {
    let _ = DebuggingRecorder::new().install();
    host_with(patient().metrics(), mover());
    move_all(&load());
}

/// A source that is granted a network is entered on a fiber.
#[test]
fn everything_comes_back_from_a_fiber() {
    let grants = first_class_host::WasiGrants::default().network();
    host(mover().wasi(grants));
    move_all(&load());
}

#[test]
fn started_calls_move_the_same() {
    host(mover());
    let mover = load();
    let started = mover.start();
    let text = started.texts().reverse("abc").expect("starts");
    let numbers = started.numbers().f64s(&[0.5, 1.5]).expect("starts");
    assert_eq!(text.wait().as_deref(), Ok("cba"));
    assert_eq!(numbers.wait(), Ok(vec![1.5, 0.5]));
}

#[test]
fn a_plugin_that_dies_of_it_is_dead() {
    let shim = host(mover());
    let mover = load();
    let died = mover.texts().die("so it said");
    assert!(matches!(died, Err(CallError::Trap { .. })), "{died:?}");
    let after = mover.numbers().u8s(&[1]);
    assert!(matches!(after, Err(CallError::Dead { .. })), "{after:?}");
    assert_eq!(shim.snapshot().deaths, 1);
    assert_eq!(load().texts().reverse("ab").as_deref(), Ok("ba"));
}

#[test]
fn one_that_never_returns_is_stopped() {
    let limits = Limits::default().deadline(Duration::from_secs(2));
    for source in [mover(), mover().named()] {
        host(source.limits(limits.clone()));
        let endless = load().texts().spin("");
        let deadline = matches!(endless, Err(CallError::Deadline { .. }));
        assert!(deadline, "{endless:?}");
    }
}

#[test]
fn limits_are_those_of_buffers() {
    // An address and a length in two slots, and in 8 bytes of a result.
    let arguments = Limits::default().deadline(LONG).argument_bytes(116);
    let results = Limits::default().deadline(LONG).result_bytes(108);
    for (limits, large) in [(arguments, 101), (results, 101)] {
        for source in [mover(), mover().named()] {
            host(source.limits(limits.clone()));
            let mover = load();
            let fits = mover.numbers().u8s(&[7; 100]);
            assert_eq!(fits, Ok(vec![7; 100]));
            assert_eq!(mover.texts().reverse(&"a".repeat(100)), Ok("a".repeat(100)));
            let refused = mover.numbers().u8s(&vec![7; large]);
            assert!(
                matches!(refused, Err(CallError::Limit { .. })),
                "{refused:?}"
            );
            let refused = mover.texts().reverse(&"a".repeat(large));
            assert!(
                matches!(refused, Err(CallError::Limit { .. })),
                "{refused:?}"
            );
            assert_eq!(mover.texts().reverse("ab").as_deref(), Ok("ba"));
        }
    }
}

/// The world `mover`, encoded.
fn world() -> Vec<u8> {
    let mut resolve = Resolve::new();
    let (package, _) = resolve.push_path("wit/mover").expect("can be read");
    let id = resolve.select_world(&[package], None).expect("is there");
    World::new(resolve, id).encode().expect("can be encoded")
}

#[test]
fn what_is_no_such_call_is_refused() {
    let shim = host(mover());
    let mut caller = shim.caller_as(Caller::default());
    let instance = caller.load("mover", &world()).expect("loads");
    // Functions are numbered by interface and then by name: `f32s`, `f64s`, `keep`, `kept`, …
    let (f32s, f64s, reverse) = (0, 1, 15);
    let message = |error: first_class_host::CallError| error.to_string();
    let refused = caller
        .invoke_text(instance, f64s, "text".into())
        .map_err(message);
    assert_eq!(
        refused,
        Err("the call breaks the contract: `test:mover/numbers#f64s` is not a function of one string alone".into())
    );
    let refused = caller
        .invoke_numbers(instance, f32s, &[0; 7])
        .map_err(message);
    assert_eq!(
        refused,
        Err("the call breaks the contract: 7 bytes are no numbers of 4 bytes".into())
    );
    let refused = caller
        .invoke_numbers(instance, reverse, &[])
        .map_err(message);
    assert!(refused.is_err_and(|message| message.contains("list of numbers")));
    let refused = caller
        .invoke_text(instance, 99, String::new())
        .map_err(message);
    assert!(refused.is_err_and(|message| message.contains("function number 99")));
    let refused = caller.invoke_text(7, f64s, String::new()).map_err(message);
    assert!(refused.is_err_and(|message| message.contains("instance number 7")));
    assert_eq!(
        caller
            .invoke_text(instance, reverse, "ab".into())
            .expect("returns"),
        "ba"
    );
}
