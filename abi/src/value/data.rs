//! A value as data.

/// A value of any WIT type.
///
/// A value does not know its type: names of fields and cases are the type's. So an alias and what
/// it stands for have the same values.
///
/// Floats compare as Rust's do: a NaN is unequal to itself. Buffers keep the bits of a NaN.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `bool`
    Bool(bool),
    /// `u8`
    U8(u8),
    /// `s8`
    S8(i8),
    /// `u16`
    U16(u16),
    /// `s16`
    S16(i16),
    /// `u32`
    U32(u32),
    /// `s32`
    S32(i32),
    /// `u64`
    U64(u64),
    /// `s64`
    S64(i64),
    /// `f32`
    F32(f32),
    /// `f64`
    F64(f64),
    /// `char`
    Char(char),
    /// `string`
    String(String),
    /// `list<u8>`, which decoding never gives as a [`Value::List`].
    Bytes(Vec<u8>),
    /// `list<T>`
    List(Vec<Value>),
    /// `list<T, N>`
    FixedLengthList(Vec<Value>),
    /// `map<K, V>`: its entries in their order. Keys may be repeated, as on the wire.
    Map(Vec<(Value, Value)>),
    /// `record`: its fields in the order of their definition.
    Record(Vec<Value>),
    /// `tuple<…>`
    Tuple(Vec<Value>),
    /// `variant`
    Variant {
        /// The position of the case in the definition.
        case: u32,
        /// What the case carries, if it carries anything.
        payload: Option<Box<Value>>,
    },
    /// `enum`: the position of the case in the definition.
    Enum(u32),
    /// `option<T>`
    Option(Option<Box<Value>>),
    /// `result<T, E>`; a side without a type carries nothing.
    Result(Result<Option<Box<Value>>, Option<Box<Value>>>),
    /// `flags`: the first flag of the definition is the lowest bit.
    Flags(u32),
    /// `own<R>` or `borrow<R>`: the number of the handle in the instance to which the buffer
    /// belongs.
    Handle(u32),
}

impl Value {
    /// What kind of value it is, in WIT's words.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Bool(_) => "bool",
            Value::U8(_) => "u8",
            Value::S8(_) => "s8",
            Value::U16(_) => "u16",
            Value::S16(_) => "s16",
            Value::U32(_) => "u32",
            Value::S32(_) => "s32",
            Value::U64(_) => "u64",
            Value::S64(_) => "s64",
            Value::F32(_) => "f32",
            Value::F64(_) => "f64",
            Value::Char(_) => "char",
            Value::String(_) => "string",
            Value::Bytes(_) => "list<u8>",
            Value::List(_) => "list",
            Value::FixedLengthList(_) => "fixed-length list",
            Value::Map(_) => "map",
            Value::Record(_) => "record",
            Value::Tuple(_) => "tuple",
            Value::Variant { .. } => "variant",
            Value::Enum(_) => "enum",
            Value::Option(_) => "option",
            Value::Result(_) => "result",
            Value::Flags(_) => "flags",
            Value::Handle(_) => "handle",
        }
    }

    /// Calls `visit` with every handle in the value, in the order in which
    /// [`Codec::check_arguments`](super::Codec::check_arguments) lists them.
    pub fn for_each_handle(&mut self, visit: &mut impl FnMut(&mut u32)) {
        match self {
            Value::Handle(handle) => visit(handle),
            Value::List(items)
            | Value::FixedLengthList(items)
            | Value::Record(items)
            | Value::Tuple(items) => {
                for item in items {
                    item.for_each_handle(visit);
                }
            }
            Value::Map(entries) => {
                for (key, value) in entries {
                    key.for_each_handle(visit);
                    value.for_each_handle(visit);
                }
            }
            Value::Variant {
                payload: Some(payload),
                ..
            }
            | Value::Option(Some(payload))
            | Value::Result(Ok(Some(payload)) | Err(Some(payload))) => {
                payload.for_each_handle(visit);
            }
            _ => {}
        }
    }
}
