//! Values of every type that is packed, in their form and in ours, and what they make of theirs.

use crate::theirs::client::test::values::packed::{Everything, Nine, Seventeen};
use crate::theirs::client::test::values::shapes::{Level, Point, Shape};
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use first_class_abi::World;
use first_class_abi::value::{Codec, Value};
use first_class_host::backends::{Backend, BackendError, Call, Offered, OpenError, Session};
use proptest::collection::vec;
use proptest::prelude::*;
use std::sync::{Arc, LazyLock};
use tokio_util::codec::{Decoder as _, Encoder as _};
use wrpc_transport::{Decode, Encode};

/// One thing in both forms.
pub(crate) type Both = (Everything, Value);

/// The codec of the world that has them.
pub(crate) static CODEC: LazyLock<Codec> = LazyLock::new(|| {
    let world = World::decode(crate::ours::peer::WORLD).expect("is a world");
    Codec::new(Arc::new(world)).expect("is sound")
});

/// The number of a function of that world.
pub(crate) fn number(name: &str) -> u32 {
    let mut names = CODEC.world().callables().iter().map(|it| it.name.as_str());
    names.position(|it| it == name).expect("is there") as u32
}

fn boxed(value: Value) -> Option<Box<Value>> {
    Some(Box::new(value))
}

fn list<T>(items: &[T], value: impl Fn(&T) -> Value) -> Value {
    Value::List(items.iter().map(value).collect())
}

prop_compose! {
    fn shape()(case in 0..6_u32, float: f64, half: f32, wide: u64, text: String, points in vec(any::<(i32, i32)>(), 0..4)) -> (Shape, Value) {
        let (shape, payload) = match case {
            0 => (Shape::Empty, None),
            1 => (Shape::Circle(float), boxed(Value::F64(float))),
            2 => (
                Shape::Polygon(points.iter().map(|(x, y)| Point { x: *x, y: *y }).collect()),
                boxed(list(&points, |(x, y)| Value::Record(vec![Value::S32(*x), Value::S32(*y)]))),
            ),
            3 => (
                Shape::Labelled((text.clone(), Level::High)),
                boxed(Value::Tuple(vec![Value::String(text), Value::Enum(2)])),
            ),
            4 => (Shape::Half(half), boxed(Value::F32(half))),
            _ => (Shape::Wide(wide), boxed(Value::U64(wide))),
        };
        (shape, Value::Variant { case, payload })
    }
}

type Outcome = Result<Option<String>, (i8, bool)>;

fn outcome_value(outcome: &Outcome) -> Value {
    Value::Result(match outcome {
        Ok(text) => {
            let text = text.clone().map(|text| Box::new(Value::String(text)));
            Ok(boxed(Value::Option(text)))
        }
        Err((number, truth)) => {
            let parts = vec![Value::S8(*number), Value::Bool(*truth)];
            Err(boxed(Value::Tuple(parts)))
        }
    })
}

prop_compose! {
    pub(crate) fn everything()(
        (truth, small, least, half, whole, text) in any::<(bool, u8, i8, f32, f64, String)>(),
        (u16s, s16s, u32s) in any::<(Vec<u16>, Vec<i16>, Vec<u32>)>(),
        (s32s, u64s, s64s) in any::<(Vec<i32>, Vec<u64>, Vec<i64>)>(),
        (chars, bytes) in any::<(Vec<char>, Vec<u8>)>(),
        (nine, seventeen, level) in (0..1_u16 << 9, 0..1_u32 << 17, 0..3_u32),
        shapes in vec(shape(), 0..5),
        outcomes in vec(any::<Outcome>(), 0..5),
    ) -> Both {
        let value = Value::Record(vec![
            Value::Bool(truth),
            Value::U8(small),
            Value::S8(least),
            list(&u16s, |it| Value::U16(*it)),
            list(&s16s, |it| Value::S16(*it)),
            list(&u32s, |it| Value::U32(*it)),
            list(&s32s, |it| Value::S32(*it)),
            list(&u64s, |it| Value::U64(*it)),
            list(&s64s, |it| Value::S64(*it)),
            Value::F32(half),
            Value::F64(whole),
            list(&chars, |it| Value::Char(*it)),
            Value::String(text.clone()),
            Value::Bytes(bytes.clone()),
            Value::Flags(nine.into()),
            Value::Flags(seventeen),
            Value::Enum(level),
            list(&shapes, |(_, value)| value.clone()),
            list(&outcomes, outcome_value),
        ]);
        let everything = Everything {
            truth, small, least, u16s, s16s, u32s, s32s, u64s, s64s, half, whole, chars, text,
            bytes: Bytes::from(bytes),
            nine: Nine::from_bits(nine).expect("has no more"),
            seventeen: Seventeen::from_bits(seventeen).expect("has no more"),
            level: [Level::Low, Level::Middle, Level::High][level as usize],
            shapes: shapes.into_iter().map(|(shape, _)| shape).collect(),
            outcomes,
        };
        (everything, value)
    }
}

/// What they pack.
pub(crate) fn pack<T: Encode>(values: T) -> Vec<u8>
where
    <T::Encoder as tokio_util::codec::Encoder<T>>::Error: std::fmt::Debug,
{
    let mut bytes = BytesMut::new();
    let packed = T::Encoder::default().encode(values, &mut bytes);
    packed.expect("is packed");
    bytes.to_vec()
}

/// What they read.
pub(crate) fn unpack<T: Decode>(packed: &[u8]) -> T
where
    <T::Decoder as tokio_util::codec::Decoder>::Error: std::fmt::Debug,
{
    let mut bytes = BytesMut::from(packed);
    let read = T::Decoder::default().decode(&mut bytes);
    assert!(bytes.is_empty(), "{} bytes are left over", bytes.len());
    read.expect("is sound").expect("is whole")
}

/// A source that gives back what it gets.
pub(crate) struct Echo;

struct Echoes(Codec);

#[async_trait]
impl Backend for Echo {
    async fn open(&self, offered: &Offered) -> Result<Box<dyn Session>, OpenError> {
        Ok(Box::new(Echoes(offered.codec.clone())))
    }
}

#[async_trait]
impl Session for Echoes {
    async fn call(&self, call: &Call) -> Result<Vec<u8>, BackendError> {
        let mut values = call.values(&self.0)?;
        let value = match values.len() {
            1 => values.pop(),
            _ => Some(Value::Tuple(values)),
        };
        call.result(&self.0, value.as_ref())
    }
}
