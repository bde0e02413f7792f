//! What a decoder makes of what it finds.

use super::data::Value;
use wit_parser::{Handle, TypeId};

/// A handle in a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandleUse {
    /// The resource, as [`World::resolve`](crate::World::resolve) names it.
    pub resource: TypeId,
    /// Whether the handle is given away (`own`), and not lent (`borrow`).
    pub owned: bool,
    /// The number of the handle.
    pub handle: u32,
    /// Where in the buffer it stands, in bytes from the start.
    pub offset: usize,
}

/// The products of a decoder. A list of parts is asked for as a `Vec` of products, which takes no
/// memory if a product is nothing.
pub(super) trait Make {
    type Product;

    fn scalar(&mut self, value: Value) -> Self::Product;
    fn string(&mut self, string: &str) -> Self::Product;
    fn bytes(&mut self, bytes: &[u8]) -> Self::Product;
    fn handle(&mut self, ty: &Handle, handle: u32, offset: usize) -> Self::Product;
    fn parts(&mut self, kind: Parts, parts: Vec<Self::Product>) -> Self::Product;
    fn map(&mut self, entries: Vec<(Self::Product, Self::Product)>) -> Self::Product;
    fn case(&mut self, kind: Cases, case: u32, payload: Option<Self::Product>) -> Self::Product;
}

/// What has parts.
#[derive(Clone, Copy, Debug)]
pub(super) enum Parts {
    List,
    FixedLengthList,
    Record,
    Tuple,
}

/// What has cases.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cases {
    Variant,
    Enum,
    Option,
    Result,
}

/// Makes values.
pub(super) struct MakeValue;

impl Make for MakeValue {
    type Product = Value;

    fn scalar(&mut self, value: Value) -> Value {
        value
    }

    fn string(&mut self, string: &str) -> Value {
        Value::String(string.to_owned())
    }

    fn bytes(&mut self, bytes: &[u8]) -> Value {
        Value::Bytes(bytes.to_vec())
    }

    fn handle(&mut self, _: &Handle, handle: u32, _: usize) -> Value {
        Value::Handle(handle)
    }

    fn parts(&mut self, kind: Parts, parts: Vec<Value>) -> Value {
        match kind {
            Parts::List => Value::List(parts),
            Parts::FixedLengthList => Value::FixedLengthList(parts),
            Parts::Record => Value::Record(parts),
            Parts::Tuple => Value::Tuple(parts),
        }
    }

    fn map(&mut self, entries: Vec<(Value, Value)>) -> Value {
        Value::Map(entries)
    }

    fn case(&mut self, kind: Cases, case: u32, payload: Option<Value>) -> Value {
        let payload = payload.map(Box::new);
        match (kind, case) {
            (Cases::Variant, _) => Value::Variant { case, payload },
            (Cases::Enum, _) => Value::Enum(case),
            (Cases::Option, _) => Value::Option(payload),
            (Cases::Result, 0) => Value::Result(Ok(payload)),
            (Cases::Result, _) => Value::Result(Err(payload)),
        }
    }
}

/// Makes nothing but a list of the handles.
#[derive(Default)]
pub(super) struct FindHandles(pub(super) Vec<HandleUse>);

impl Make for FindHandles {
    type Product = ();

    fn scalar(&mut self, _: Value) {}

    fn string(&mut self, _: &str) {}

    fn bytes(&mut self, _: &[u8]) {}

    fn handle(&mut self, ty: &Handle, handle: u32, offset: usize) {
        let (resource, owned) = match *ty {
            Handle::Own(resource) => (resource, true),
            Handle::Borrow(resource) => (resource, false),
        };
        self.0.push(HandleUse {
            resource,
            owned,
            handle,
            offset,
        });
    }

    fn parts(&mut self, _: Parts, _: Vec<()>) {}

    fn map(&mut self, _: Vec<((), ())>) {}

    fn case(&mut self, _: Cases, _: u32, _: Option<()>) {}
}
