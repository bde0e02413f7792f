//! Every status, as the error of a function or of the call.

use crate::ours::PeerInstance;
use crate::peers::{Peer, Values};
use crate::{host, server};
use expect_test::expect;
use first_class::CallError;

mod errors {
    first_class::first_class_world!({
        world: "errors",
        inline: "package test:errors;
            interface text { fail: func(code: s32, message: string) -> result<_, string>; }
            interface number { fail: func(code: s32, message: string) -> result<_, u32>; }
            interface nothing { fail: func(code: s32, message: string) -> result; }
            interface named {
                enum problem { not-found, permission-denied, unavailable }
                fail: func(code: s32, message: string) -> result<_, problem>;
            }
            interface told {
                variant problem { not-found(string), deadline-exceeded, aborted }
                fail: func(code: s32, message: string) -> result<_, problem>;
            }
            interface whole {
                record problem { message: string, code: s32 }
                fail: func(code: s32, message: string) -> result<_, problem>;
            }
            world errors {
                export text;
                export number;
                export nothing;
                export named;
                export told;
                export whole;
            }",
    });
}

/// What came of a call, shortly.
fn shortly<T: std::fmt::Debug>(result: Result<T, CallError>) -> String {
    match result {
        Ok(value) => format!("{value:?}"),
        Err(CallError::Remote(it)) => format!("remote: {}", it.message),
        Err(CallError::Unavailable(it)) => format!(
            "unavailable: {}{}",
            it.message.rsplit("/: ").next().unwrap_or_default(),
            if it.may_have_run {
                ", may have run"
            } else {
                ""
            }
        ),
        Err(CallError::Deadline(_)) => "deadline".into(),
        Err(CallError::Unsupported(_)) => "unsupported".into(),
        Err(other) => panic!("{other}"),
    }
}

/// What each code comes to, a line each.
fn each(fail: impl Fn(i32) -> String) -> String {
    let lines = (0..=17).map(|code| format!("{code} {}\n", fail(code)));
    lines.collect()
}

#[test]
fn a_function_without_an_error_leaves_them_to_the_call() {
    let peer = Peer::values(&Values::default());
    host(server(&peer.address, "values.proto"));
    let instance = PeerInstance::load("peer").expect("loads");
    let all = each(|code| shortly(instance.values().fail(code, "so it is")));
    expect![[r#""#]].assert_eq(&all);
    assert!(instance.is_alive());
}

#[test]
fn a_function_with_an_error_gets_those_that_have_a_place() {
    let peer = Peer::values(&Values::default());
    host(server(&peer.address, "values.proto").service("test.values.v1.Values"));
    let instance = errors::ErrorsInstance::load("peer").expect("loads");
    let all = each(|code| {
        let message = format!("so {code}");
        [
            shortly(instance.text().fail(code, &message)),
            shortly(instance.number().fail(code, &message)),
            shortly(instance.nothing().fail(code, &message)),
            shortly(instance.named().fail(code, &message)),
            shortly(instance.told().fail(code, &message)),
            shortly(instance.whole().fail(code, &message)),
        ]
        .join(" | ")
    });
    expect![[r#""#]].assert_eq(&all);
}
