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
    let lines = (1..=17).map(|code| format!("{code} {}\n", fail(code)));
    lines.collect()
}

#[test]
fn a_function_without_an_error_leaves_them_to_the_call() {
    let peer = Peer::values(&Values::default());
    host(server(&peer.address, "values.proto"));
    let instance = PeerInstance::load("peer").expect("loads");
    let all = each(|code| shortly(instance.values().fail(code, "so it is")));
    expect![[r#"
        1 remote: CANCELLED: so it is
        2 remote: UNKNOWN: so it is
        3 remote: INVALID_ARGUMENT: so it is
        4 deadline
        5 remote: NOT_FOUND: so it is
        6 remote: ALREADY_EXISTS: so it is
        7 remote: PERMISSION_DENIED: so it is
        8 remote: RESOURCE_EXHAUSTED: so it is
        9 remote: FAILED_PRECONDITION: so it is
        10 remote: ABORTED: so it is
        11 remote: OUT_OF_RANGE: so it is
        12 unsupported
        13 remote: INTERNAL: so it is
        14 unavailable: UNAVAILABLE: so it is, may have run
        15 remote: DATA_LOSS: so it is
        16 remote: UNAUTHENTICATED: so it is
        17 remote: UNKNOWN: so it is
    "#]]
    .assert_eq(&all);
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
    expect![[r#"
        1 Err("so 1") | Err(1) | Err(()) | remote: CANCELLED: so 1 | remote: CANCELLED: so 1 | Err(Problem { message: "so 1", code: 1 })
        2 Err("so 2") | Err(2) | Err(()) | remote: UNKNOWN: so 2 | remote: UNKNOWN: so 2 | Err(Problem { message: "so 2", code: 2 })
        3 Err("so 3") | Err(3) | Err(()) | remote: INVALID_ARGUMENT: so 3 | remote: INVALID_ARGUMENT: so 3 | Err(Problem { message: "so 3", code: 3 })
        4 deadline | deadline | deadline | deadline | Err(DeadlineExceeded) | deadline
        5 Err("so 5") | Err(5) | Err(()) | Err(NotFound) | Err(NotFound("so 5")) | Err(Problem { message: "so 5", code: 5 })
        6 Err("so 6") | Err(6) | Err(()) | remote: ALREADY_EXISTS: so 6 | remote: ALREADY_EXISTS: so 6 | Err(Problem { message: "so 6", code: 6 })
        7 Err("so 7") | Err(7) | Err(()) | Err(PermissionDenied) | remote: PERMISSION_DENIED: so 7 | Err(Problem { message: "so 7", code: 7 })
        8 Err("so 8") | Err(8) | Err(()) | remote: RESOURCE_EXHAUSTED: so 8 | remote: RESOURCE_EXHAUSTED: so 8 | Err(Problem { message: "so 8", code: 8 })
        9 Err("so 9") | Err(9) | Err(()) | remote: FAILED_PRECONDITION: so 9 | remote: FAILED_PRECONDITION: so 9 | Err(Problem { message: "so 9", code: 9 })
        10 Err("so 10") | Err(10) | Err(()) | remote: ABORTED: so 10 | Err(Aborted) | Err(Problem { message: "so 10", code: 10 })
        11 Err("so 11") | Err(11) | Err(()) | remote: OUT_OF_RANGE: so 11 | remote: OUT_OF_RANGE: so 11 | Err(Problem { message: "so 11", code: 11 })
        12 unsupported | unsupported | unsupported | unsupported | unsupported | unsupported
        13 Err("so 13") | Err(13) | Err(()) | remote: INTERNAL: so 13 | remote: INTERNAL: so 13 | Err(Problem { message: "so 13", code: 13 })
        14 unavailable: UNAVAILABLE: so 14, may have run | unavailable: UNAVAILABLE: so 14, may have run | unavailable: UNAVAILABLE: so 14, may have run | Err(Unavailable) | unavailable: UNAVAILABLE: so 14, may have run | unavailable: UNAVAILABLE: so 14, may have run
        15 Err("so 15") | Err(15) | Err(()) | remote: DATA_LOSS: so 15 | remote: DATA_LOSS: so 15 | Err(Problem { message: "so 15", code: 15 })
        16 Err("so 16") | Err(16) | Err(()) | remote: UNAUTHENTICATED: so 16 | remote: UNAUTHENTICATED: so 16 | Err(Problem { message: "so 16", code: 16 })
        17 Err("so 17") | Err(2) | Err(()) | remote: UNKNOWN: so 17 | remote: UNKNOWN: so 17 | Err(Problem { message: "so 17", code: 2 })
    "#]].assert_eq(&all);
}
