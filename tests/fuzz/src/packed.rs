//! Packed arguments and results, as peers send them.

use crate::Seed;
use crate::values::{CROSSINGS, Crossing, parts};
use first_class_abi::value::{DecodeValueError, EncodeValueError, Value};

/// How many bytes the values may take.
const MOST: u64 = 64 << 10;

/// How many values there may be to a byte: types are nested, and a tuple may have no parts at all.
const MOST_PARTS: usize = 16;

/// How many values a function has besides those in its lists.
const FEW: usize = 1000;

/// Reads the packed arguments or the packed result that the first byte names. The values have a bounded
/// size, and come back when they are packed. What is said to be missing from a beginning is no more than
/// what is missing.
///
/// # Panics
/// When one of it is not so.
pub fn run(data: &[u8]) {
    let Some((&which, packed)) = data.split_first() else {
        return;
    };
    let crossing = &CROSSINGS[which as usize % CROSSINGS.len()];
    let Ok(values) = unpack(crossing, packed) else {
        return;
    };
    let count: usize = values.iter().map(parts).sum();
    assert!(count <= FEW + MOST_PARTS * MOST as usize);
    let written = pack(crossing, &values).expect("what was read can be packed");
    // A number may be written with more bytes than it needs.
    assert!(written.len() <= packed.len());
    let again = unpack(crossing, &written).expect("what was packed is well-formed");
    // A NaN is unequal to itself. Its bits are compared in the packed form.
    assert!(again == values || format!("{again:?}") == format!("{values:?}"));
    assert_eq!(pack(crossing, &again), Ok(written.clone()));

    let end = written.len() / 2;
    if end < written.len() {
        let error = unpack(crossing, &written[..end]).expect_err("is a beginning");
        let missing = error.missing().expect("is a beginning");
        assert!((1..=written.len() - end).contains(&missing));
    }
}

fn unpack(crossing: &Crossing, packed: &[u8]) -> Result<Vec<Value>, DecodeValueError> {
    let Crossing {
        codec, function, ..
    } = crossing;
    if crossing.is_result {
        let result = codec.unpack_result(*function, packed, MOST)?;
        return Ok(result.into_iter().collect());
    }
    codec.unpack_arguments(*function, packed, MOST)
}

fn pack(crossing: &Crossing, values: &[Value]) -> Result<Vec<u8>, EncodeValueError> {
    let Crossing {
        codec, function, ..
    } = crossing;
    match crossing.is_result {
        true => codec.pack_result(*function, values.first()),
        false => codec.pack_arguments(*function, values),
    }
}

/// Zeros, for each kind of values that can be packed.
pub fn seeds() -> Vec<Seed> {
    let seed = |(which, crossing): (usize, &Crossing)| {
        let shape = crossing.codec.shape(crossing.function)?;
        let size = shape.result_size.max(shape.arguments_size);
        let values = crossing.decode(&vec![0; size]).ok()?;
        let packed = pack(crossing, &values).ok()?;
        let data = [vec![u8::try_from(which).ok()?], packed].concat();
        let name = format!("zeros-{which}");
        Some(Seed { name, data })
    };
    CROSSINGS.iter().enumerate().filter_map(seed).collect()
}
