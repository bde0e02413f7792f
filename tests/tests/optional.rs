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

/// The world `shop`, with a function that no plugin has.
mod shop_that_keeps {
    first_class::first_class_world!({
        world: "shop",
        inline: "package test:shop@0.1.0;
            interface carts {
                resource cart { constructor(owner: string); }
                keep: func(cart: cart) -> u32;
                keep-all: func(carts: list<cart>);
                live: func() -> u32;
            }
            world shop { export carts; }",
        optional: ["test:shop/carts@0.1.0#keep", "test:shop/carts@0.1.0#keep-all"],
    });
}

/// The world `flows`, with the same.
mod flows_that_end {
    first_class::first_class_world!({
        world: "flows",
        inline: "package test:flows;
            interface streams {
                sum: async func(bytes: stream<u8>) -> u64;
                end: func(bytes: stream<u8>);
            }
            world flows { export streams; }",
        optional: ["test:flows/streams#end"],
    });
}

#[test]
fn what_a_missing_function_would_have_been_given_is_dropped() {
    let shim = shim_of(&["test-shop", "test-flows"]).build();
    first_class_native::host_with(&shim.expect("builds"));
    let shop = shop_that_keeps::ShopInstance::load("shop").expect("loads");
    let cart = || shop_that_keeps::shop::carts::Cart::new(shop.carts(), "me").expect("is made");
    let is_missing = |error| assert!(matches!(error, CallError::Unsupported(_)), "{error:?}");
    is_missing(shop.carts().keep(cart()).expect_err("is missing"));
    let all = vec![cart(), cart()];
    is_missing(shop.carts().keep_all(all).expect_err("is missing"));
    let started = shop.start().carts().keep(cart()).expect("starts");
    is_missing(started.wait().expect_err("is missing"));
    assert_eq!(shop.carts().live(), Ok(0));

    let flows = flows_that_end::FlowsInstance::load("flows").expect("loads");
    let (mut writer, reader) = flows.stream().expect("is made");
    is_missing(flows.streams().end(reader).expect_err("is missing"));
    assert_eq!(writer.write(&[1]), Ok(0), "nobody reads");
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
