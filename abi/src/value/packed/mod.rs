//! Values one after the other, without addresses: the form in which wRPC sends them.
//!
//! It is what the Component Model's binary format says of value definitions. Bytes are themselves;
//! larger integers, lengths and numbers of cases are LEB128; floats are little-endian; a character
//! is UTF-8; a string or a list is its length and its parts; flags are as many bytes as they need.
//! Parameters follow each other, with nothing before, between or after them.

mod read;
mod write;

#[cfg(test)]
mod tests;

use super::error::{At, DecodeValueError, EncodeValueError, Malformed, Step, Unfit};
use super::{Codec, Signature, Value, parameters};
use read::Reader;
use wit_parser::{Resolve, Type, TypeDefKind};
use write::Writer;

/// How many bytes some flags take.
fn flags_size(count: usize) -> usize {
    count.div_ceil(8).max(1)
}

/// What values of some type cannot be packed for, if so: maps and lists of fixed length, which nobody
/// else packs, more than 32 flags, and all that is no value.
pub fn unpackable(kind: &TypeDefKind) -> Option<&'static str> {
    match kind {
        TypeDefKind::Map(..) => Some("a map"),
        TypeDefKind::FixedLengthList(..) => Some("a list of fixed length"),
        TypeDefKind::Flags(flags) if flags.flags.len() > 32 => Some("more than 32 flags"),
        TypeDefKind::Handle(_) | TypeDefKind::Resource => Some("a resource"),
        TypeDefKind::Stream(_) => Some("a stream"),
        TypeDefKind::Future(_) => Some("a future"),
        _ => None,
    }
}

impl Codec {
    /// Packs arguments, one for each parameter.
    ///
    /// # Errors
    /// When the values are not arguments of the function, or of a type that is
    /// [not packed](unpackable).
    pub fn pack_arguments(
        &self,
        function: u32,
        arguments: &[Value],
    ) -> Result<Vec<u8>, EncodeValueError> {
        let parameters = self.packed_parameters(function);
        let parameters = parameters.ok_or(Unfit::NoFunction(function))?;
        let mut writer = Writer::new(self.world.resolve());
        writer.named(parameters.into_iter(), arguments)?;
        Ok(writer.finish())
    }

    /// Packs a result; no bytes for a function without one.
    ///
    /// # Errors
    /// As for [`Codec::pack_arguments`].
    pub fn pack_result(
        &self,
        function: u32,
        result: Option<&Value>,
    ) -> Result<Vec<u8>, EncodeValueError> {
        let ty = self.packed_result(function);
        let mut writer = Writer::new(self.world.resolve());
        match (ty.ok_or(Unfit::NoFunction(function))?, result) {
            (None, None) => {}
            (Some(ty), Some(value)) => writer
                .value(ty, value)
                .map_err(|error| error.under(Step::name("result")))?,
            (Some(_), None) => return Err(Unfit::Missing.into()),
            (None, Some(_)) => return Err(Unfit::Surplus.into()),
        }
        Ok(writer.finish())
    }

    /// Reads packed arguments: one value for each parameter. `most` is how many bytes the values may
    /// take in the form of the canonical ABI.
    ///
    /// # Errors
    /// When the bytes are not arguments of the function. If they are the beginning of some, the error
    /// is [`Malformed::Truncated`].
    pub fn unpack_arguments(
        &self,
        function: u32,
        packed: &[u8],
        most: u64,
    ) -> Result<Vec<Value>, DecodeValueError> {
        let parameters = self.packed_parameters(function);
        let parameters = parameters.ok_or(Malformed::NoFunction(function))?;
        let mut reader = self.reader(packed, most);
        let arguments = reader.named(parameters.into_iter())?;
        reader.finish()?;
        Ok(arguments)
    }

    /// Reads a packed result; nothing if the function has none. `most` is how many bytes the value may
    /// take in the form of the canonical ABI.
    ///
    /// # Errors
    /// As for [`Codec::unpack_arguments`].
    pub fn unpack_result(
        &self,
        function: u32,
        packed: &[u8],
        most: u64,
    ) -> Result<Option<Value>, DecodeValueError> {
        let ty = self.packed_result(function);
        let mut reader = self.reader(packed, most);
        let result = match ty.ok_or(Malformed::NoFunction(function))? {
            None => None,
            Some(ty) => Some(
                reader
                    .value(ty)
                    .map_err(|error| error.under(Step::name("result")))?,
            ),
        };
        reader.finish()?;
        Ok(result)
    }

    /// Whether a function has a result.
    pub fn has_result(&self, function: u32) -> bool {
        self.packed_result(function).flatten().is_some()
    }

    fn reader<'a>(&'a self, packed: &'a [u8], most: u64) -> Reader<'a> {
        Reader::new(self.world.resolve(), &self.layouts, packed, most)
    }

    /// Names and types of a function's parameters; a resource is dropped in no packed form.
    fn packed_parameters(&self, function: u32) -> Option<Vec<(&str, &Type)>> {
        match self.signature(function)?.0 {
            Signature::Function(function) => Some(parameters(function).collect()),
            Signature::Drop(_) => None,
        }
    }

    fn packed_result(&self, function: u32) -> Option<Option<&Type>> {
        match self.signature(function)?.0 {
            Signature::Function(function) => Some(function.result.as_ref()),
            Signature::Drop(_) => None,
        }
    }
}

/// The kinds that neither side packs, named as [`unpackable`] does.
fn unsupported(resolve: &Resolve, ty: &Type) -> &'static str {
    match ty {
        Type::Id(id) => unpackable(&resolve.types[*id].kind).unwrap_or("a type without values"),
        _ => "error-context",
    }
}

impl At<Malformed> {
    /// How many bytes are missing at least, if that is all that is wrong.
    pub fn missing(&self) -> Option<usize> {
        match self.error {
            Malformed::Truncated { missing } => Some(missing),
            _ => None,
        }
    }

    /// Whether the values are larger than they may be.
    pub fn is_too_large(&self) -> bool {
        matches!(self.error, Malformed::TooLarge { .. })
    }
}
