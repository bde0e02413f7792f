//! Exports that a plugin may lack.

use first_class::error::Unsupported;
use first_class::{CallError, LoadError};
use first_class_tests::shim_of;

/// The world `accumulator`, with more than its plugins have.
mod richer {
    first_class::first_class_world!({
        world: "accumulator",
        inline: "package test:accumulator@0.1.0;
            interface history { last: func() -> s64; }
            world accumulator {
                export add: func(value: s64) -> s64;
                export clear: func();
                export history;
                export hold: func(bytes: u32);
            }",
        optional: ["clear", "test:accumulator/history@0.1.0"],
    });
}

/// The same, with all of it demanded.
mod strict {
    first_class::first_class_world!({
        world: "accumulator",
        inline: "package test:accumulator@0.1.0;
            world accumulator {
                export add: func(value: s64) -> s64;
                export clear: func();
            }",
    });
}

#[test]
fn what_is_optional_may_be_missing_and_says_so() {
    let shim = shim_of(&["test-sum"]).build().expect("builds");
    first_class_native::host_with(&shim);
    let sum = richer::AccumulatorInstance::load("sum").expect("loads");
    assert!(!sum.supports_clear());
    let unsupported = |function: &str| {
        Err(CallError::from(Unsupported {
            source: "sum".into(),
            function: function.into(),
        }))
    };
    assert_eq!(sum.clear(), unsupported("clear"));
    let last = sum.history().last().map(drop);
    assert_eq!(last, unsupported("test:accumulator/history@0.1.0#last"));
    // Functions keep their numbers, and the instance lives on.
    assert_eq!((sum.add(2), sum.add(3)), (Ok(2), Ok(5)));
    assert_eq!(sum.hold(1), Ok(()));
}

#[test]
fn what_is_not_optional_may_not_be_missing() {
    let shim = shim_of(&["test-sum"]).build().expect("builds");
    first_class_native::host_with(&shim);
    let error = strict::AccumulatorInstance::load("sum").expect_err("lacks `clear`");
    let LoadError::Incompatible { differences, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(differences.len(), 1, "{error}");
    assert!(differences[0].contains("clear"), "{error}");
}
