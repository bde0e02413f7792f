//! Buffers of arguments and results.

use crate::Seed;
use first_class_abi::World;
use first_class_abi::value::{Codec, DecodeValueError, HandleUse, Value};
use first_class_abi::wit_parser::Resolve;
use std::sync::{Arc, LazyLock};

const WIT: &str = include_str!("values.wit");

/// How many parts a decoder may make of each byte that it may read.
const MOST_PARTS: usize = 16;

/// How many bytes a decoder may read of the smallest buffer.
const LEAST_READ: usize = 64 << 10;

/// How often a decoder may read each byte, on average.
const MOST_READS: usize = 4;

/// One buffer of a call: its arguments, or its result.
pub(crate) struct Crossing {
    pub(crate) codec: Arc<Codec>,
    pub(crate) function: u32,
    pub(crate) is_result: bool,
}

/// All that a buffer may be.
pub(crate) static CROSSINGS: LazyLock<Vec<Crossing>> = LazyLock::new(|| {
    let mut resolve = Resolve::new();
    let package = resolve.push_source("values.wit", WIT).expect("valid WIT");
    let worlds = resolve.packages[package].worlds.values();
    let mut crossings = Vec::new();
    for &id in worlds {
        let world = World::new(resolve.clone(), id);
        let functions = 0..world.callables().len() as u32;
        let codec = Arc::new(Codec::new(Arc::new(world)).expect("no type is too large"));
        for function in functions {
            crossings.extend([false, true].map(|is_result| Crossing {
                codec: codec.clone(),
                function,
                is_result,
            }));
        }
    }
    crossings
});

/// Reads a buffer of the arguments or the result that the first byte names. To check it and to
/// decode it is the same; the values have a bounded size, and come back when they are written.
///
/// # Panics
/// When one of it is not so.
pub fn run(data: &[u8]) {
    let Some((&which, buffer)) = data.split_first() else {
        return;
    };
    let crossing = &CROSSINGS[which as usize % CROSSINGS.len()];
    let decoded = crossing.decode(buffer);
    let checked = crossing.check(buffer);
    assert_eq!(decoded.as_ref().err(), checked.as_ref().err());
    let (Ok(mut values), Ok(checked)) = (decoded, checked) else {
        return;
    };
    let parts: usize = values.iter().map(parts).sum();
    assert!(parts <= MOST_PARTS * (LEAST_READ + MOST_READS * buffer.len()));
    let mut handles = Vec::new();
    for value in &mut values {
        value.for_each_handle(&mut |handle| handles.push(*handle));
    }
    let checked: Vec<u32> = checked.iter().map(|found| found.handle).collect();
    assert_eq!(handles, checked);

    let written = crossing.encode(&values);
    let again = crossing
        .decode(&written)
        .expect("what was written is well-formed");
    // A NaN is unequal to itself. Its bits are compared in the buffer.
    assert!(again == values || format!("{again:?}") == format!("{values:?}"));
    assert_eq!(crossing.encode(&again), written);
}

impl Crossing {
    pub(crate) fn decode(&self, buffer: &[u8]) -> Result<Vec<Value>, DecodeValueError> {
        if self.is_result {
            let result = self.codec.decode_result(self.function, buffer)?;
            return Ok(result.into_iter().collect());
        }
        self.codec.decode_arguments(self.function, buffer)
    }

    fn check(&self, buffer: &[u8]) -> Result<Vec<HandleUse>, DecodeValueError> {
        match self.is_result {
            true => self.codec.check_result(self.function, buffer),
            false => self.codec.check_arguments(self.function, buffer),
        }
    }

    fn encode(&self, values: &[Value]) -> Vec<u8> {
        let written = match self.is_result {
            true => self.codec.encode_result(self.function, values.first()),
            false => self.codec.encode_arguments(self.function, values),
        };
        written.expect("what was decoded can be encoded")
    }
}

/// How much there is in a value: it, the values in it, and the bytes of its strings.
pub(crate) fn parts(value: &Value) -> usize {
    let all = |values: &[Value]| values.iter().map(parts).sum::<usize>();
    1 + match value {
        Value::String(string) => string.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::List(values)
        | Value::FixedLengthList(values)
        | Value::Record(values)
        | Value::Tuple(values) => all(values),
        Value::Map(entries) => {
            let entries = entries.iter();
            entries.map(|(key, value)| parts(key) + parts(value)).sum()
        }
        Value::Variant { payload, .. }
        | Value::Option(payload)
        | Value::Result(Ok(payload) | Err(payload)) => payload.as_deref().map_or(0, parts),
        _ => 0,
    }
}

/// Zeros, for each kind of a buffer.
pub fn seeds() -> Vec<Seed> {
    let seed = |(which, crossing): (usize, &Crossing)| {
        let shape = crossing.codec.shape(crossing.function)?;
        let size = match crossing.is_result {
            true => shape.result_size,
            false => shape.arguments_size,
        };
        let mut data = vec![0; 1 + size];
        data[0] = u8::try_from(which).ok()?;
        let name = format!("zeros-{which}");
        Some(Seed { name, data })
    };
    CROSSINGS.iter().enumerate().filter_map(seed).collect()
}
