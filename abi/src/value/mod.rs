//! Values as data, and the buffers of the contract.
//!
//! Between a caller and a plugin that is a component, nobody looks into a buffer. Whoever has to
//! does it here: a backend that must say the same in another format, and a shim that lets callers
//! who need not trust each other share an instance. [`Codec`] knows the types of one world's
//! functions, and turns buffers into [`Value`]s and back.
//!
//! Any bytes decode to values or to an error that says what is wrong and where. What may be in a
//! buffer is what the canonical ABI allows: small numbers and flags are masked, any number but 0
//! is a true `bool`, the bits above a value in its slot may be anything.

mod data;
mod decode;
mod encode;
mod error;
mod extent;
mod make;
mod packed;
#[cfg(test)]
mod tests;

pub use data::Value;
pub use error::{At, DecodeValueError, EncodeValueError, Malformed, Path, Unfit};
pub use extent::{Fields, Form};
pub use make::HandleUse;
pub use packed::unpackable;

use crate::layout::{Layout, Layouts};
use crate::shape::CallShape;
use crate::world::{Callable, Callee, World};
use decode::Decoder;
use encode::Encoder;
use error::Step;

use make::{FindHandles, Make, MakeValue};
use std::sync::Arc;
use wit_parser::{Function, Handle, Resolve, Type, TypeDefKind, TypeId};

/// The largest record at the front of a buffer that is written. A guest's world may ask for more
/// with a list of fixed length, before anybody has made that many values.
const MOST_FRONT: usize = 1 << 24;

/// Turns the buffers of a world's calls into values, and values into buffers.
///
/// A function is named by its number: the position in [`World::callables`], or in
/// [`World::callbacks`] for a codec [of these](Codec::of_callbacks).
#[derive(Clone, Debug)]
pub struct Codec {
    world: Arc<World>,
    functions: fn(&World) -> &[Callable],
    layouts: Arc<Layouts>,
    shapes: Arc<[CallShape]>,
}

/// A world with a type whose values no component can have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the world cannot be used: {0}")]
pub struct WorldError(String);

/// What a function takes or gives, and how it lies.
enum Signature<'a> {
    Function(&'a Function),
    Drop(TypeId),
}

impl Codec {
    /// Prepares for the functions of a world.
    ///
    /// # Errors
    /// When a type is larger than the memory of a component, or nested without measure. No world
    /// that [`World::decode`] gives has such types.
    pub fn new(world: Arc<World>) -> Result<Self, WorldError> {
        Self::of(world, World::callables)
    }

    /// Prepares for what a world's plugins call of their caller.
    ///
    /// # Errors
    /// As for [`Codec::new`].
    pub fn of_callbacks(world: Arc<World>) -> Result<Self, WorldError> {
        Self::of(world, World::callbacks)
    }

    fn of(world: Arc<World>, functions: fn(&World) -> &[Callable]) -> Result<Self, WorldError> {
        let layouts =
            Layouts::new(world.resolve()).map_err(|error| WorldError(error.to_string()))?;
        Ok(Codec {
            layouts: Arc::new(layouts),
            shapes: CallShape::of_all(&world, functions(&world)).into(),
            functions,
            world,
        })
    }

    /// The world.
    pub fn world(&self) -> &Arc<World> {
        &self.world
    }

    /// The shape of a call, if there is a function of this number.
    pub fn shape(&self, function: u32) -> Option<&CallShape> {
        self.shapes.get(function as usize)
    }

    /// Reads a buffer of arguments: one value for each parameter.
    ///
    /// # Errors
    /// When the buffer does not hold arguments of the function.
    pub fn decode_arguments(
        &self,
        function: u32,
        buffer: &[u8],
    ) -> Result<Vec<Value>, DecodeValueError> {
        let mut decoder = self.decoder(buffer, MakeValue);
        self.arguments(function, &mut decoder)
    }

    /// Checks a buffer of arguments without making values, and lists the handles in it.
    ///
    /// # Errors
    /// When the buffer does not hold arguments of the function.
    pub fn check_arguments(
        &self,
        function: u32,
        buffer: &[u8],
    ) -> Result<Vec<HandleUse>, DecodeValueError> {
        let mut decoder = self.decoder(buffer, FindHandles::default());
        self.arguments(function, &mut decoder)?;
        Ok(decoder.make.0)
    }

    /// Reads a buffer of a result; nothing if the function has none.
    ///
    /// # Errors
    /// When the buffer does not hold a result of the function.
    pub fn decode_result(
        &self,
        function: u32,
        buffer: &[u8],
    ) -> Result<Option<Value>, DecodeValueError> {
        let mut decoder = self.decoder(buffer, MakeValue);
        self.result(function, &mut decoder)
    }

    /// Checks a buffer of a result without making a value, and lists the handles in it.
    ///
    /// # Errors
    /// When the buffer does not hold a result of the function.
    pub fn check_result(
        &self,
        function: u32,
        buffer: &[u8],
    ) -> Result<Vec<HandleUse>, DecodeValueError> {
        let mut decoder = self.decoder(buffer, FindHandles::default());
        self.result(function, &mut decoder)?;
        Ok(decoder.make.0)
    }

    /// Writes arguments, one for each parameter. The buffer follows from the values alone: what
    /// they do not need is zero.
    ///
    /// # Errors
    /// When the values are not arguments of the function.
    pub fn encode_arguments(
        &self,
        function: u32,
        arguments: &[Value],
    ) -> Result<Vec<u8>, EncodeValueError> {
        let (signature, shape) = self
            .signature(function)
            .ok_or(Unfit::NoFunction(function))?;
        let mut encoder = self.encoder(shape.arguments_size)?;
        match (signature, arguments) {
            (Signature::Function(function), _) => {
                let form = form(shape.indirect_params);
                encoder.front(form, parameters(function), arguments)?;
            }
            (Signature::Drop(_), [handle]) => encoder.front_handle(handle)?,
            (Signature::Drop(_), _) => {
                let found = arguments.len();
                return Err(Unfit::Count { expected: 1, found }.into());
            }
        }
        Ok(encoder.finish())
    }

    /// Writes a result, or the empty buffer of a function without one.
    ///
    /// # Errors
    /// When the value is not a result of the function.
    pub fn encode_result(
        &self,
        function: u32,
        result: Option<&Value>,
    ) -> Result<Vec<u8>, EncodeValueError> {
        let (signature, shape) = self
            .signature(function)
            .ok_or(Unfit::NoFunction(function))?;
        let mut encoder = self.encoder(shape.result_size)?;
        match (signature.result(), result) {
            (None, None) => {}
            (Some(ty), Some(value)) => encoder
                .front_value(form(shape.indirect_result), ty, value)
                .map_err(|error| error.under(Step::name("result")))?,
            (Some(_), None) => return Err(Unfit::Missing.into()),
            (None, Some(_)) => return Err(Unfit::Surplus.into()),
        }
        Ok(encoder.finish())
    }

    fn arguments<M: Make>(
        &self,
        function: u32,
        decoder: &mut Decoder<'_, M>,
    ) -> Result<Vec<M::Product>, DecodeValueError> {
        let (signature, shape) = self
            .signature(function)
            .ok_or(Malformed::NoFunction(function))?;
        let origin = decoder.front(form(shape.indirect_params), shape.arguments_size)?;
        match signature {
            Signature::Function(function) => decoder.named(parameters(function), origin),
            Signature::Drop(id) => Ok(vec![decoder.handle(&Handle::Own(id), origin)?]),
        }
    }

    fn result<M: Make>(
        &self,
        function: u32,
        decoder: &mut Decoder<'_, M>,
    ) -> Result<Option<M::Product>, DecodeValueError> {
        let (signature, shape) = self
            .signature(function)
            .ok_or(Malformed::NoFunction(function))?;
        let Some(ty) = signature.result() else {
            return Ok(None);
        };
        let origin = decoder.front(form(shape.indirect_result), shape.result_size)?;
        let result = decoder.value(ty, origin);
        result
            .map(Some)
            .map_err(|error| error.under(Step::name("result")))
    }

    fn decoder<'a, M: Make>(&'a self, buffer: &'a [u8], make: M) -> Decoder<'a, M> {
        Decoder::new(self.world.resolve(), &self.layouts, buffer, make)
    }

    fn encoder(&self, front: usize) -> Result<Encoder<'_>, Unfit> {
        if front > MOST_FRONT {
            return Err(Unfit::TooLarge);
        }
        Ok(Encoder::new(self.world.resolve(), &self.layouts, front))
    }

    fn signature(&self, function: u32) -> Option<(Signature<'_>, &CallShape)> {
        let index = function as usize;
        let signature = match &(self.functions)(&self.world).get(index)?.callee {
            Callee::Function(function) => Signature::Function(function),
            Callee::Drop(id) => Signature::Drop(*id),
        };
        Some((signature, self.shapes.get(index)?))
    }
}

impl<'a> Signature<'a> {
    fn result(&self) -> Option<&'a Type> {
        match self {
            Signature::Function(function) => function.result.as_ref(),
            Signature::Drop(_) => None,
        }
    }
}

fn parameters(function: &Function) -> impl ExactSizeIterator<Item = (&str, &Type)> {
    let parameters = function.params.iter();
    parameters.map(|parameter| (parameter.name.as_str(), &parameter.ty))
}

fn form(indirect: bool) -> Form {
    if indirect { Form::Memory } else { Form::Slots }
}

/// Whether a list of this type is a list of bytes, which has a value of its own.
fn is_byte(resolve: &Resolve, ty: &Type) -> bool {
    match ty {
        Type::U8 => true,
        Type::Id(id) => match &resolve.types[*id].kind {
            TypeDefKind::Type(ty) => is_byte(resolve, ty),
            _ => false,
        },
        _ => false,
    }
}

/// How an entry of a map lies: as a tuple of its key and its value.
fn entry(layouts: &Layouts, key: &Type, value: &Type) -> Option<Layout> {
    layouts.record([key, value])
}
