//! Random batches give what the same calls give one by one.

use super::{ValuesInstance, host, patient, source};
use crate::values::ValuesBatch;
use crate::values::compounds::Entry;
use crate::values::shapes::Point;
use first_class::{CallError, Results, Ticket};
use proptest::prelude::*;

/// A call, with what it is called with.
#[derive(Clone, Debug)]
enum Call {
    Nothing,
    Add(u32, u32),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    Nested(Vec<Vec<Option<String>>>),
    Entries(Vec<Entry>),
    Tuple(u8, String, f32),
    Sixteen(u64, char, String),
    Twenty(String, f64),
}

/// What a call gives, as text.
type Given = Result<String, CallError>;

type Finding = Box<dyn FnOnce(&Results) -> Given>;

fn given<T: std::fmt::Debug>(result: Result<T, CallError>) -> Given {
    result.map(|value| format!("{value:?}"))
}

fn found<T: first_class::Lift + std::fmt::Debug + 'static>(ticket: Ticket<T>) -> Finding {
    Box::new(move |results| given(results.get(ticket)))
}

/// Makes a call of what has the functions of the world, and does something with what comes of it.
macro_rules! make {
    ($call:expr, $target:expr, $then:ident) => {
        match $call {
            Call::Nothing => $then($target.nothing()),
            Call::Add(a, b) => $then($target.add(*a, *b)),
            Call::Float(value) => $then($target.scalars().echo_f64(*value)),
            Call::Text(value) => $then($target.compounds().echo_string(value)),
            Call::Bytes(value) => $then($target.compounds().echo_bytes(value)),
            Call::Nested(value) => $then($target.compounds().echo_nested(value)),
            Call::Entries(value) => $then($target.compounds().echo_entries(value)),
            Call::Tuple(a, b, c) => $then($target.compounds().echo_tuple((*a, b, *c))),
            Call::Sixteen(d, k, m) => {
                $then($target.sixteen(1, 2, 3, *d, 5, 6, 7, 8, 9.0, 10.0, *k, true, m, Some(4)))
            }
            Call::Twenty(text, q) => {
                let shape = crate::values::shapes::Shape::Half(0.5);
                $then($target.twenty(
                    1, text, 3, text, 5, text, 7, text, 9, text, 11, text, 13, text, 15, 16.0, *q,
                    'r', false, &shape,
                ))
            }
        }
    };
}

impl Call {
    fn add_to(&self, batch: &mut ValuesBatch<'_>) -> Finding {
        make!(self, batch, found)
    }

    fn make(&self, values: &ValuesInstance) -> Given {
        make!(self, values, given)
    }
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let point = any::<Option<(i32, i32)>>().prop_map(|at| at.map(|(x, y)| Point { x, y }));
    let entry = (
        any::<u64>(),
        ".{0,20}",
        point,
        any::<Vec<String>>(),
        -1e9..1e9,
    );
    let entry = entry.prop_map(|(id, name, at, tags, score)| Entry {
        id,
        name,
        at,
        tags,
        score,
    });
    let call = prop_oneof![
        Just(Call::Nothing),
        any::<(u32, u32)>().prop_map(|(a, b)| Call::Add(a, b)),
        any::<f64>().prop_map(Call::Float),
        ".{0,40}".prop_map(Call::Text),
        proptest::collection::vec(any::<u8>(), 0..3000).prop_map(Call::Bytes),
        any::<Vec<Vec<Option<String>>>>().prop_map(Call::Nested),
        proptest::collection::vec(entry, 0..20).prop_map(Call::Entries),
        any::<(u8, String, f32)>().prop_map(|(a, b, c)| Call::Tuple(a, b, c)),
        (0..u64::MAX / 2, any::<char>(), ".{0,9}").prop_map(|(d, k, m)| Call::Sixteen(d, k, m)),
        (".{0,9}", any::<f64>()).prop_map(|(text, q)| Call::Twenty(text, q)),
    ];
    proptest::collection::vec(call, 0..60)
}

#[test]
fn batches_give_what_single_calls_give() {
    let builder = patient().source("own", source("test-echo"));
    host(builder.source("shared", source("test-echo").named()));
    let load = |name| ValuesInstance::load(name).expect("loads");
    let (own, shared) = (load("own"), load("shared"));
    let config = ProptestConfig::with_cases(48);
    proptest!(config, |(calls in calls())| {
        for values in [&own, &shared] {
            let mut batch = values.batch();
            let findings: Vec<_> = calls.iter().map(|call| call.add_to(&mut batch)).collect();
            let results = batch.run().expect("is called");
            prop_assert_eq!(results.failure(), None);
            for (call, finding) in calls.iter().zip(findings) {
                prop_assert_eq!(finding(&results), call.make(values));
            }
        }
    });
}
