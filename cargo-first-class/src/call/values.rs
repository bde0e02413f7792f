//! Values in WAVE, and as the shim's buffers take them.

use first_class_abi::value::Value;
use miette::{Result, miette};
use std::borrow::Cow;
use wasm_wave::value::{Type, Value as Wave};
use wasm_wave::wasm::{WasmType, WasmTypeKind as Kind, WasmValue, WasmValueError};

/// A value that was read, as one of a type.
pub(super) fn from_wave(value: &Wave, ty: &Type) -> Result<Value> {
    read(value, ty).ok_or_else(|| miette!("the value {value:?} is none of its type"))
}

/// A value of a type, to be read by a person.
pub(super) fn to_text(value: &Value, ty: &Type) -> Result<String> {
    let wave = write(value, ty).map_err(|error| miette!("the result has no text: {error}"))?;
    wasm_wave::to_string(&wave).map_err(|error| miette!("the result has no text: {error}"))
}

fn read(value: &Wave, ty: &Type) -> Option<Value> {
    Some(match ty.kind() {
        Kind::Bool => Value::Bool(value.unwrap_bool()),
        Kind::S8 => Value::S8(value.unwrap_s8()),
        Kind::S16 => Value::S16(value.unwrap_s16()),
        Kind::S32 => Value::S32(value.unwrap_s32()),
        Kind::S64 => Value::S64(value.unwrap_s64()),
        Kind::U8 => Value::U8(value.unwrap_u8()),
        Kind::U16 => Value::U16(value.unwrap_u16()),
        Kind::U32 => Value::U32(value.unwrap_u32()),
        Kind::U64 => Value::U64(value.unwrap_u64()),
        Kind::F32 => Value::F32(value.unwrap_f32()),
        Kind::F64 => Value::F64(value.unwrap_f64()),
        Kind::Char => Value::Char(value.unwrap_char()),
        Kind::String => Value::String(value.unwrap_string().into_owned()),
        Kind::List => read_list(value, &ty.list_element_type()?)?,
        Kind::Record => {
            let fields = value.unwrap_record().zip(ty.record_fields());
            let fields = fields.map(|((_, value), (_, ty))| read(&value, &ty));
            Value::Record(fields.collect::<Option<_>>()?)
        }
        Kind::Tuple => {
            let elements = value.unwrap_tuple().zip(ty.tuple_element_types());
            let elements = elements.map(|(value, ty)| read(&value, &ty));
            Value::Tuple(elements.collect::<Option<_>>()?)
        }
        Kind::Variant => {
            let (name, payload) = value.unwrap_variant();
            let mut cases = (0..).zip(ty.variant_cases());
            let (case, (_, payload_type)) = cases.find(|(_, (case, _))| *case == name)?;
            Value::Variant {
                case,
                payload: read_boxed(payload, payload_type)?,
            }
        }
        Kind::Enum => {
            let name = value.unwrap_enum();
            Value::Enum(
                (0..)
                    .zip(ty.enum_cases())
                    .find(|(_, case)| *case == name)?
                    .0,
            )
        }
        Kind::Option => Value::Option(read_boxed(value.unwrap_option(), ty.option_some_type())?),
        Kind::Result => {
            let (ok, err) = ty.result_types()?;
            Value::Result(match value.unwrap_result() {
                Ok(payload) => Ok(read_boxed(payload, ok)?),
                Err(payload) => Err(read_boxed(payload, err)?),
            })
        }
        Kind::Flags => {
            let set: Vec<_> = value.unwrap_flags().collect();
            let bits = (0..32)
                .zip(ty.flags_names())
                .filter(|(_, name)| set.contains(name));
            Value::Flags(bits.fold(0, |flags, (bit, _)| flags | 1 << bit))
        }
        _ => return None,
    })
}

fn read_list(value: &Wave, ty: &Type) -> Option<Value> {
    let elements = value.unwrap_list();
    Some(match ty.kind() {
        Kind::U8 => Value::Bytes(elements.map(|byte| byte.unwrap_u8()).collect()),
        _ => Value::List(
            elements
                .map(|element| read(&element, ty))
                .collect::<Option<_>>()?,
        ),
    })
}

/// A payload, if there is one; nothing at all if it is none of the type.
fn read_boxed(payload: Option<Cow<'_, Wave>>, ty: Option<Type>) -> Option<Option<Box<Value>>> {
    match (payload, ty) {
        (None, _) => Some(None),
        (Some(payload), Some(ty)) => Some(Some(Box::new(read(&payload, &ty)?))),
        (Some(_), None) => None,
    }
}

fn write(value: &Value, ty: &Type) -> Result<Wave, WasmValueError> {
    Ok(match value {
        Value::Bool(value) => Wave::make_bool(*value),
        Value::U8(value) => Wave::make_u8(*value),
        Value::S8(value) => Wave::make_s8(*value),
        Value::U16(value) => Wave::make_u16(*value),
        Value::S16(value) => Wave::make_s16(*value),
        Value::U32(value) => Wave::make_u32(*value),
        Value::S32(value) => Wave::make_s32(*value),
        Value::U64(value) => Wave::make_u64(*value),
        Value::S64(value) => Wave::make_s64(*value),
        Value::F32(value) => Wave::make_f32(*value),
        Value::F64(value) => Wave::make_f64(*value),
        Value::Char(value) => Wave::make_char(*value),
        Value::String(value) => Wave::make_string(value.into()),
        Value::Bytes(bytes) => Wave::make_list(ty, bytes.iter().copied().map(Wave::make_u8))?,
        Value::List(elements) => {
            let element = ty.list_element_type().ok_or_else(|| misfit(value))?;
            let elements = elements.iter().map(|value| write(value, &element));
            Wave::make_list(ty, elements.collect::<Result<Vec<_>, _>>()?)?
        }
        Value::Record(fields) => {
            let types: Vec<_> = ty.record_fields().collect();
            let fields = fields.iter().zip(&types);
            let fields = fields.map(|(value, (name, ty))| Ok((&**name, write(value, ty)?)));
            Wave::make_record(ty, fields.collect::<Result<Vec<_>, _>>()?)?
        }
        Value::Tuple(elements) => {
            let elements = elements.iter().zip(ty.tuple_element_types());
            let elements = elements.map(|(value, ty)| write(value, &ty));
            Wave::make_tuple(ty, elements.collect::<Result<Vec<_>, _>>()?)?
        }
        Value::Variant { case, payload } => {
            let found = ty.variant_cases().nth(*case as usize);
            let (name, payload_type) = found.ok_or_else(|| misfit(value))?;
            Wave::make_variant(ty, &name, write_boxed(payload, payload_type)?)?
        }
        Value::Enum(case) => {
            let name = ty.enum_cases().nth(*case as usize);
            Wave::make_enum(ty, &name.ok_or_else(|| misfit(value))?)?
        }
        Value::Option(payload) => {
            Wave::make_option(ty, write_boxed(payload, ty.option_some_type())?)?
        }
        Value::Result(result) => {
            let (ok, err) = ty.result_types().ok_or_else(|| misfit(value))?;
            let result = match result {
                Ok(payload) => Ok(write_boxed(payload, ok)?),
                Err(payload) => Err(write_boxed(payload, err)?),
            };
            Wave::make_result(ty, result)?
        }
        Value::Flags(flags) => {
            let names: Vec<_> = (0..32).zip(ty.flags_names()).collect();
            let set = names.iter().filter(|(bit, _)| flags & 1 << bit != 0);
            Wave::make_flags(ty, set.map(|(_, name)| &**name))?
        }
        Value::FixedLengthList(_) | Value::Map(_) | Value::Handle(_) => return Err(misfit(value)),
    })
}

fn write_boxed(
    payload: &Option<Box<Value>>,
    ty: Option<Type>,
) -> Result<Option<Wave>, WasmValueError> {
    match (payload, ty) {
        (None, _) => Ok(None),
        (Some(payload), Some(ty)) => write(payload, &ty).map(Some),
        (Some(payload), None) => Err(misfit(payload)),
    }
}

fn misfit(value: &Value) -> WasmValueError {
    WasmValueError::UnsupportedType(value.kind().to_owned())
}
