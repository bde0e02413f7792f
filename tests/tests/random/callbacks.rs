//! The same values, through a plugin that has its caller serve each call.

use crate::plugin::Echo;
use crate::types::Ty;
use crate::{TYPES, filled, samples, with_byte};
use first_class_abi::value::{Codec, Value};
use first_class_host::{Callback, CallbackScalar, ShimCtx, Source, Step};
use first_class_tests::patient;
use proptest::prelude::*;
use std::sync::Arc;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 20,
        max_shrink_iters: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn callers_see_what_plugins_pass_and_plugins_what_callers_return(
        samples in proptest::collection::vec(samples(), TYPES),
    ) {
        let types: Vec<Ty> = samples.iter().map(|(ty, _)| ty.clone()).collect();
        let mut subject = Subject::new(Echo::that_asks(&types));
        for (index, (_, values)) in samples.iter().enumerate() {
            for (value, next) in values.iter().zip(values.iter().cycle().skip(1)) {
                let name = format!("f{index}");
                subject.call(&name, std::slice::from_ref(value), next);
                let name = format!("m{index}");
                subject.call(&name, &filled(with_byte(value)), &with_byte(next));
            }
        }
    }
}

struct Subject {
    exports: Codec,
    callbacks: Codec,
    shim: ShimCtx,
    instance: u32,
}

impl Subject {
    fn new(echo: Echo) -> Self {
        let source = Source::bytes(echo.component);
        let shim = patient().source("echo", source).build();
        let mut shim = shim.expect("builds").caller();
        let encoded = echo.world.encode().expect("the world can be encoded");
        let instance = shim
            .load_with_imports("echo", &encoded)
            .unwrap_or_else(|error| panic!("{error}"));
        let world = Arc::new(echo.world);
        Subject {
            exports: Codec::new(world.clone()).expect("no type is too large"),
            callbacks: Codec::of_callbacks(world).expect("no type is too large"),
            shim,
            instance,
        }
    }

    /// Calls a function, which asks for its namesake with the same arguments, and returns what that
    /// gives.
    fn call(&mut self, name: &str, arguments: &[Value], answer: &Value) {
        let callables = self.exports.world().callables();
        let number = callables.iter().position(|callable| callable.name == name);
        let number = number.expect("is in the world") as u32;
        let buffer = self.exports.encode_arguments(number, arguments);
        let buffer = buffer.unwrap_or_else(|error| panic!("{name}: {error}"));
        let step = self.shim.begin(self.instance, number, &buffer);
        let asked = match step.unwrap_or_else(|error| panic!("{name}: {error}")) {
            Step::Callback(Callback {
                instance,
                function,
                arguments,
            }) => {
                assert_eq!((instance, function), (self.instance, number));
                arguments
            }
            Step::CallbackScalar(CallbackScalar {
                function,
                a,
                b,
                c,
                d,
            }) => {
                assert_eq!(function, number);
                let slots = [a, b, c, d].map(u64::to_le_bytes).concat();
                slots[..buffer.len()].to_vec()
            }
            step => panic!("{name} does not ask: {step:?}"),
        };
        let found = self.callbacks.decode_arguments(number, &asked);
        let found = found.unwrap_or_else(|error| panic!("{name}: {error}"));
        let again = self.callbacks.encode_arguments(number, &found);
        assert_eq!(again.as_ref(), Ok(&buffer), "{name}: {found:?}");

        let result = self.callbacks.encode_result(number, Some(answer));
        let result = result.unwrap_or_else(|error| panic!("{name}: {error}"));
        let step = self.shim.resume(self.instance, result.clone());
        let given = match step.unwrap_or_else(|error| panic!("{name}: {error}")) {
            Step::Done(given) => given,
            step => panic!("{name} asks again: {step:?}"),
        };
        let given = self.exports.decode_result(number, &given);
        let given = given.unwrap_or_else(|error| panic!("{name}: {error}"));
        let again = self.exports.encode_result(number, given.as_ref());
        assert_eq!(again, Ok(result), "{name}: {given:?}");
    }
}
