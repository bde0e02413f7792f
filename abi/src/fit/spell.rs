//! Types as WIT spells them.

use super::side::Side;
use wit_parser::{Handle, Type, TypeDefKind, TypeId};

/// Where a spelling is cut off: types come from strangers and, written out, can be exponentially
/// larger than they are.
const MAX_LENGTH: usize = 240;

/// How named types are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    /// As in the place where they stand: `cart`.
    Short,
    /// With the interface that defines them, as in a `use`: `acme:shop/carts.{cart}`.
    Full,
}

/// Spells a type: what has a definition of its own by its name, all else written out.
pub(super) fn spell(side: &Side<'_>, ty: Type, names: Names) -> String {
    let mut writer = Writer {
        side,
        names,
        out: String::new(),
    };
    writer.ty(ty);
    writer.out
}

struct Writer<'a> {
    side: &'a Side<'a>,
    names: Names,
    out: String,
}

impl Writer<'_> {
    fn ty(&mut self, ty: Type) {
        if self.out.len() > MAX_LENGTH {
            if !self.out.ends_with('…') {
                self.out.push('…');
            }
            return;
        }
        match ty {
            Type::Bool => self.out.push_str("bool"),
            Type::U8 => self.out.push_str("u8"),
            Type::U16 => self.out.push_str("u16"),
            Type::U32 => self.out.push_str("u32"),
            Type::U64 => self.out.push_str("u64"),
            Type::S8 => self.out.push_str("s8"),
            Type::S16 => self.out.push_str("s16"),
            Type::S32 => self.out.push_str("s32"),
            Type::S64 => self.out.push_str("s64"),
            Type::F32 => self.out.push_str("f32"),
            Type::F64 => self.out.push_str("f64"),
            Type::Char => self.out.push_str("char"),
            Type::String => self.out.push_str("string"),
            Type::ErrorContext => self.out.push_str("error-context"),
            Type::Id(id) => self.defined(id),
        }
    }

    fn defined(&mut self, spelled: TypeId) {
        let Type::Id(id) = self.side.peel(Type::Id(spelled)) else {
            return self.ty(self.side.peel(Type::Id(spelled)));
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
                self.out.push_str("list<");
                self.ty(*ty);
                self.out.push_str(&format!(", {length}>"));
            }
        }
    }

    fn named(&mut self, spelled: TypeId, definition: TypeId) {
        match self.names {
            Names::Short => {
                let name = self.side.name(spelled).or(self.side.name(definition));
                self.out.push_str(name.unwrap_or("_"));
            }
            Names::Full => {
                let name = self.side.name(definition).unwrap_or("_");
                let owner = self.side.owner(definition);
                match owner.and_then(|owner| self.side.interface_name(owner)) {
                    Some(interface) => self.out.push_str(&format!("{interface}.{{{name}}}")),
                    None => self.out.push_str(name),
                }
            }
        }
    }

    /// Arguments that are absent are left out at the end and written `_` before others.
    fn generic(&mut self, constructor: &str, arguments: &[Option<Type>]) {
        self.out.push_str(constructor);
        let Some(last) = arguments.iter().rposition(Option::is_some) else {
            return;
        };
        for (index, argument) in arguments[..=last].iter().enumerate() {
            self.out.push_str(if index == 0 { "<" } else { ", " });
            match argument {
                Some(ty) => self.ty(*ty),
                None => self.out.push('_'),
            }
        }
        self.out.push('>');
    }
}
