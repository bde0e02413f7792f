//! Calls.

use super::flows::{PATIENCE, elements, end};
use super::run;
use crate::instance::death::Death;
use first_class_abi::value::Value;
use std::time::{Duration, Instant};
use tokio::time::timeout;

fn text(text: &str) -> Value {
    Value::String(text.into())
}

fn numbers(numbers: impl IntoIterator<Item = u32>) -> Value {
    Value::List(numbers.into_iter().map(Value::U32).collect())
}

/// A record with a part of every form.
fn parcel(shape: Value, outcome: Value) -> Value {
    let lines = [vec![], vec!["", "ä"], vec!["one line", "another one", "x"]];
    let lines = lines.map(|lines| Value::List(lines.into_iter().map(text).collect()));
    Value::Record(vec![
        Value::S8(-5),
        Value::Enum(1),
        Value::Flags(0b101),
        shape,
        Value::Tuple(vec![
            Value::U16(65000),
            Value::Option(Some(Box::new(Value::F64(0.5)))),
        ]),
        Value::List(lines.into()),
        Value::FixedLengthList([1, 2, 65535].map(Value::U16).into()),
        outcome,
        Value::Map(vec![
            (text(""), Value::U64(1)),
            (text("a"), Value::U64(u64::MAX)),
        ]),
        Value::Bytes((0..=255).collect()),
    ])
}

fn parcels() -> Vec<Value> {
    let case = |case, payload: Option<Value>| Value::Variant {
        case,
        payload: payload.map(Box::new),
    };
    let shapes = [
        case(0, None),
        case(1, Some(Value::F32(-1.25))),
        case(2, Some(text("named"))),
        case(3, Some(Value::U64(1 << 40))),
        case(
            4,
            Some(Value::List(vec![text("many"), text(""), text("names")])),
        ),
    ];
    let outcomes = [
        Value::Result(Ok(Some(Box::new(text("fine"))))),
        Value::Result(Err(Some(Box::new(Value::Char('ß'))))),
    ];
    let shapes = shapes.into_iter();
    let all = shapes.flat_map(|shape| outcomes.clone().map(|it| parcel(shape.clone(), it)));
    all.collect()
}

#[test]
fn calls_begin_in_order_and_go_on_at_the_same_time() {
    run(async |flows| {
        let turns = [50, 5, 500, 1, 100, 0];
        let calls = (0..).zip(turns);
        let calls =
            calls.map(|(it, turns)| flows.begin("slow", &[Value::U32(it), Value::U32(turns)]));
        let mut calls: Vec<_> = calls.collect();
        for (it, call) in (0..).zip(&mut calls) {
            let ended = end(call).await;
            assert_eq!(flows.result("slow", &ended), Some(Value::U32(it)));
        }
        assert_eq!(flows.call("begun", &[]).await, numbers(0..6));
        flows.stop().await.1.expect("lives to the end");
    });
}

#[test]
fn a_call_that_waits_lets_others_end() {
    run(async |flows| {
        let kind = flows.kind("use-it", 0);
        let (reader, writer) = flows.make(kind).await.expect("lives");
        let mut waits = flows.begin_with("use-it", reader);
        for it in 0..3 {
            flows.call("slow", &[Value::U32(it), Value::U32(it)]).await;
        }
        assert_eq!(flows.call("ended", &[]).await, numbers(0..3));
        let written = flows.write(kind, writer, 1, elements(&[([], "it")]));
        let used = flows.result("use-it", &end(&mut waits).await);
        assert_eq!(used, Some(text("it!")));
        drop(written);
    });
}

#[test]
fn values_of_every_form_go_there_and_back() {
    run(async |flows| {
        for parcel in parcels() {
            let at_once = flows
                .call("echo-at-once", std::slice::from_ref(&parcel))
                .await;
            assert_eq!(at_once, parcel);
            let later = flows.call("echo", &[parcel.clone(), Value::U32(3)]).await;
            assert_eq!(later, parcel);
        }
        for small in [Value::S8(-1), Value::S8(127)] {
            assert_eq!(
                flows.call("echo-small", std::slice::from_ref(&small)).await,
                small
            );
        }
        assert_eq!(
            flows.call("echo-level", &[Value::Enum(1)]).await,
            Value::Enum(1)
        );
        let float = Value::F64(-1e300);
        assert_eq!(
            flows.call("echo-float", std::slice::from_ref(&float)).await,
            float
        );
        let ended = end(&mut flows.begin("nothing", &[])).await;
        assert_eq!(flows.result("nothing", &ended), None);
    });
}

#[test]
fn many_results_that_come_at_the_same_time_do_not_mix() {
    run(async |flows| {
        let parcels = parcels();
        let begun = (0..).zip(parcels.iter().cycle().take(100));
        let begun = begun.map(|(number, parcel)| {
            let arguments = [parcel.clone(), Value::U32(number % 7)];
            (flows.begin("echo", &arguments), parcel)
        });
        let begun: Vec<_> = begun.collect();
        for (mut call, parcel) in begun {
            let ended = end(&mut call).await;
            assert_eq!(flows.result("echo", &ended).as_ref(), Some(parcel));
        }
    });
}

#[test]
fn resources_are_lent_and_given() {
    run(async |flows| {
        let made = flows.call("[constructor]tank", &[Value::U32(10)]).await;
        let drains = [(1, 20), (2, 0), (3, 10)].map(|(by, turns)| {
            let arguments = [made.clone(), Value::U32(by), Value::U32(turns)];
            flows.begin("[method]tank.drain", &arguments)
        });
        for mut drain in drains {
            assert_eq!(end(&mut drain).await.code, 2);
        }
        let poured = flows.call("pour", &[made]).await;
        let Value::Result(Ok(Some(tank))) = poured else {
            panic!("{poured:?}")
        };
        let arguments = [(*tank).clone(), Value::U32(1), Value::U32(0)];
        let level = flows.call("[method]tank.drain", &arguments).await;
        assert_eq!(level, Value::U32(3));
        let dropped = end(&mut flows.begin("[resource-drop]tank", &[*tank])).await;
        assert_eq!((dropped.code, dropped.data), (2, vec![]));
        flows.stop().await.1.expect("lives to the end");
    });
}

#[test]
fn what_has_ended_takes_no_memory() {
    run(async |flows| {
        let parcels = parcels();
        for number in 0..200 {
            let begun = parcels.iter().map(|parcel| {
                let arguments = [parcel.clone(), Value::U32(number % 3)];
                flows.begin("echo", &arguments)
            });
            for mut call in begun.collect::<Vec<_>>() {
                assert_eq!(end(&mut call).await.code, 2);
            }
        }
        let never: Vec<_> = (0..100).map(|_| flows.begin("never", &[])).collect();
        for mut call in never {
            flows.remote.cancel(call.number);
            assert_eq!(end(&mut call).await.code, 4);
        }
        let (state, result) = flows.stop().await;
        result.expect("lives to the end");
        assert!(state.memory < 4 << 20, "{} bytes", state.memory);
    });
}

#[test]
fn slots_become_the_record_that_an_async_call_takes() {
    run(async |flows| {
        let shapes = [
            (0, None, "Shape::Empty"),
            (1, Some(Value::F32(1.5)), "Shape::Circle(1.5)"),
            (2, Some(text("n")), "Shape::Named(\"n\")"),
            (3, Some(Value::U64(1 << 50)), "Shape::Big(1125899906842624)"),
            (
                4,
                Some(Value::List(vec![text("x"), text("yz")])),
                "Shape::Many([\"x\", \"yz\"])",
            ),
        ];
        for (case, payload, shown) in shapes {
            let shape = Value::Variant {
                case,
                payload: payload.map(Box::new),
            };
            let some = Value::Option(Some(Box::new(Value::F32(2.5))));
            let arguments = [text("text"), shape, some, Value::U8(200), Value::S64(-1)];
            let expected = text(&format!("text {shown} Some(2.5) 200 -1"));
            for name in ["in-slots", "in-slots-at-once"] {
                assert_eq!(flows.call(name, &arguments).await, expected);
            }
        }
    });
}

#[test]
fn a_call_that_is_cancelled_ends_alone() {
    run(async |flows| {
        let mut slow = flows.begin("slow", &[Value::U32(1), Value::U32(200)]);
        let mut never = flows.begin("never", &[]);
        flows.remote.cancel(never.number);
        flows.remote.cancel(never.number);
        assert_eq!(end(&mut never).await.code, 4);
        flows.remote.cancel(never.number);
        let ended = end(&mut slow).await;
        assert_eq!(flows.result("slow", &ended), Some(Value::U32(1)));
        flows.stop().await.1.expect("lives to the end");
    });
}

#[test]
fn a_trap_in_one_call_ends_all() {
    run(async |flows| {
        let mut never = flows.begin("never", &[]);
        let mut boom = flows.begin("boom", &[Value::U32(5)]);
        assert_eq!(boom.ended().await, None);
        assert_eq!(never.ended().await, None);
        assert_eq!(flows.begin("nothing", &[]).ended().await, None);
        match flows.death().await {
            Death::Trap { backtrace, .. } => assert!(!backtrace.is_empty()),
            _ => panic!("it trapped"),
        }
    });
}

#[test]
fn a_call_that_takes_too_long_ends_all() {
    for name in ["never", "spin"] {
        run(async |flows| {
            let mut other = flows.begin("never", &[]);
            let deadline = Duration::from_millis(100);
            let started = Instant::now();
            let mut call = flows.begin_within(name, &[], deadline);
            assert_eq!(call.ended().await, None);
            assert_eq!(other.ended().await, None);
            let took = started.elapsed();
            assert!(deadline <= took && took < PATIENCE, "{took:?}");
            assert!(matches!(flows.death().await, Death::Deadline));
        });
    }
}

/// No command reaches the bridge of a plugin that computes, also when no call of it goes on.
#[test]
fn a_plugin_that_computes_after_it_has_returned_keeps_nobody_for_longer_than_a_deadline() {
    for makes in [false, true] {
        run(async |flows| {
            let lingers = end(&mut flows.begin("linger", &[Value::U32(20)])).await;
            assert_eq!(flows.result("linger", &lingers), None);
            let limit = Duration::from_millis(100);
            let kind = flows.kind("use-it", 0);
            let is_done = async || {
                let deadline = tokio::time::Instant::now() + limit;
                match makes {
                    true => flows.remote.make(kind, Some(deadline)).await.is_some(),
                    false => {
                        let mut nothing = flows.begin_within("nothing", &[], limit);
                        nothing.ended().await.is_some()
                    }
                }
            };
            // What comes before the plugin computes is done.
            let ended = async { while is_done().await {} };
            timeout(PATIENCE, ended).await.expect("ends in time");
            assert!(matches!(flows.death().await, Death::Deadline));
        });
    }
}

#[test]
fn a_buffer_that_points_out_of_itself_is_refused() {
    // Two slots for the string, one for a number, and a byte behind them.
    let inside = (1024 + 24, 1);
    let outside = [
        (1023, 1),
        (1024, 26),
        (1049, 1),
        (u32::MAX, 1),
        (1024, u32::MAX),
    ];
    for (address, length) in outside.into_iter().chain([inside]) {
        run(async |flows| {
            let mut other = flows.begin("never", &[]);
            let slots = [u64::from(address), length.into(), 0].map(u64::to_le_bytes);
            let arguments = [slots.as_flattened(), b"x"].concat();
            let mut call = flows.begin_raw("later", arguments, PATIENCE);
            let ended = call.ended().await;
            assert_eq!(ended.is_some(), (address, length) == inside);
            if ended.is_none() {
                assert!(other.ended().await.is_none());
                assert!(matches!(flows.death().await, Death::Trap { .. }));
            }
        });
    }
}
