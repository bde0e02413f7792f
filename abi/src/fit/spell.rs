//! Types as WIT spells them.

use super::side::Side;
use crate::world::World;
use wit_parser::{Function, Handle, Type, TypeDefKind, TypeId};

/// How long a spelling may become: types come from strangers and, written out, can be
/// exponentially larger than they are.
const MAX_LENGTH: usize = 240;

/// How named types are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    /// As in the place where they stand: `cart`.
    Short,
    /// With the interface that defines them, as in a `use`: `acme:shop/carts.{cart}`.
    Full,
}

/// Spells the types of a world's functions as WIT does, such as
/// `func(document: document) -> list<finding>`.
pub struct Signatures<'a>(Side<'a>);

impl<'a> Signatures<'a> {
    /// Prepares for the functions of a world.
    pub fn new(world: &'a World) -> Self {
        Signatures(Side::new(world))
    }

    /// The type of one of these functions. A type that is too long to be read is cut short.
    pub fn of(&self, function: &Function) -> String {
        let spell = |ty: Type| spell(&self.0, ty, Names::Short);
        let parameters = function.params.iter();
        let parameters: Vec<_> = parameters
            .map(|parameter| format!("{}: {}", parameter.name, spell(parameter.ty)))
            .collect();
        let keyword = match function.kind.is_async() {
            true => "async func",
            false => "func",
        };
        let result = function.result.map(|ty| format!(" -> {}", spell(ty)));
        let result = result.unwrap_or_default();
        format!("{keyword}({}){result}", parameters.join(", "))
    }

    /// A type of the world by itself, cut short in the same way.
    pub fn spelled(&self, ty: Type) -> String {
        spell(&self.0, ty, Names::Short)
    }
}

/// A type that WIT has for itself, as it is spelled there.
///
/// # Errors
/// With where it is defined, if WIT has not.
pub fn primitive(ty: &Type) -> Result<&'static str, TypeId> {
    Ok(match ty {
        Type::Bool => "bool",
        Type::U8 => "u8",
        Type::U16 => "u16",
        Type::U32 => "u32",
        Type::U64 => "u64",
        Type::S8 => "s8",
        Type::S16 => "s16",
        Type::S32 => "s32",
        Type::S64 => "s64",
        Type::F32 => "f32",
        Type::F64 => "f64",
        Type::Char => "char",
        Type::String => "string",
        Type::ErrorContext => "error-context",
        Type::Id(id) => return Err(*id),
    })
}

/// Spells a type: what has a definition of its own by its name, all else written out.
pub(super) fn spell(side: &Side<'_>, ty: Type, names: Names) -> String {
    let mut writer = Writer {
        side,
        names,
        out: String::new(),
        full: false,
    };
    writer.ty(ty);
    writer.out
}

struct Writer<'a> {
    side: &'a Side<'a>,
    names: Names,
    out: String,
    /// The rest is left out.
    full: bool,
}

impl Writer<'_> {
    fn ty(&mut self, ty: Type) {
        match primitive(&ty) {
            _ if self.full => {}
            Ok(name) => self.push(name),
            Err(id) => self.defined(id),
        }
    }

    fn push(&mut self, text: &str) {
        if self.full {
            return;
        }
        if self.out.len() + text.len() > MAX_LENGTH {
            self.full = true;
            self.out.push('…');
        } else {
            self.out.push_str(text);
        }
    }

    fn defined(&mut self, spelled: TypeId) {
        let id = match self.side.peel(Type::Id(spelled)) {
            Type::Id(id) => id,
            primitive => return self.ty(primitive),
        };
        match self.side.kind(id) {
            TypeDefKind::Record(_)
            | TypeDefKind::Variant(_)
            | TypeDefKind::Enum(_)
            | TypeDefKind::Flags(_)
            | TypeDefKind::Resource
            | TypeDefKind::Unknown
            | TypeDefKind::Type(_) => self.named(spelled, id),
            TypeDefKind::Handle(Handle::Own(resource)) => self.defined(*resource),
            TypeDefKind::Handle(Handle::Borrow(resource)) => {
                self.generic("borrow", &[Some(Type::Id(*resource))]);
            }
            TypeDefKind::Tuple(tuple) => {
                let types: Vec<_> = tuple.types.iter().copied().map(Some).collect();
                self.generic("tuple", &types);
            }
            TypeDefKind::Option(ty) => self.generic("option", &[Some(*ty)]),
            TypeDefKind::Result(result) => self.generic("result", &[result.ok, result.err]),
            TypeDefKind::List(ty) => self.generic("list", &[Some(*ty)]),
            TypeDefKind::Map(key, value) => self.generic("map", &[Some(*key), Some(*value)]),
            TypeDefKind::Future(ty) => self.generic("future", &[*ty]),
            TypeDefKind::Stream(ty) => self.generic("stream", &[*ty]),
            TypeDefKind::FixedLengthList(ty, length) => {
                self.push("list<");
                self.ty(*ty);
                self.push(&format!(", {length}>"));
            }
        }
    }

    fn named(&mut self, spelled: TypeId, definition: TypeId) {
        match self.names {
            Names::Short => {
                let name = self.side.name(spelled).or(self.side.name(definition));
                self.push(name.unwrap_or("_"));
            }
            Names::Full => {
                let name = self.side.name(definition).unwrap_or("_");
                let owner = self.side.owner(definition);
                match owner.and_then(|owner| self.side.interface_name(owner)) {
                    Some(interface) => self.push(&format!("{interface}.{{{name}}}")),
                    None => self.push(name),
                }
            }
        }
    }

    /// Arguments that are absent are left out at the end and written `_` before others.
    fn generic(&mut self, constructor: &str, arguments: &[Option<Type>]) {
        self.push(constructor);
        let Some(last) = arguments.iter().rposition(Option::is_some) else {
            return;
        };
        for (index, argument) in arguments[..=last].iter().enumerate() {
            self.push(if index == 0 { "<" } else { ", " });
            match argument {
                Some(ty) => self.ty(*ty),
                None => self.push("_"),
            }
        }
        self.push(">");
    }
}
