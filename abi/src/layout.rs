//! How types lie in memory and in slots.
//!
//! `wit-parser` computes the same in `SizeAlign` and `Resolve::push_flat`, which the tests compare
//! with; but it trusts its input, and panics when a size overflows. Worlds come from guests.

pub use crate::value::{Fields, Form};

use wit_parser::{Flags, Int, Resolve, Type, TypeDef, TypeDefKind, TypeId};

/// How deep types may be nested, the limit that validation has for components. Everything that
/// walks types by recursion relies on it.
const MAX_DEPTH: u32 = 100;

/// How one type lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Bytes in memory, a multiple of the alignment.
    pub size: u32,
    /// The alignment in memory, in bytes.
    pub align: u32,
    /// How many core values the type flattens to; an upper bound is enough far above the number
    /// of slots.
    pub flat: u32,
    /// Where the payload lies in memory, for types with cases.
    pub payload: u32,
    depth: u32,
}

impl Layout {
    /// A byte, which strings are made of.
    pub const BYTE: Layout = scalar(1);
}

/// How all types of a world lie.
///
/// Invariant: each size is that of something that a 32-bit memory can hold, and the nesting of
/// types is bounded.
#[derive(Clone, Debug)]
pub struct Layouts(Vec<Layout>);

/// A type that no component can have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// Its values do not fit into a memory.
    #[error("values of {0} are larger than the memory of a component")]
    TooLarge(String),
    /// It is nested too deeply.
    #[error("{0} is nested more than {MAX_DEPTH} types deep")]
    TooDeep(String),
}

impl Layouts {
    /// How the types of a world lie.
    ///
    /// # Errors
    /// When no component can have one of them.
    pub fn new(resolve: &Resolve) -> Result<Self, LayoutError> {
        let mut layouts = Layouts(Vec::with_capacity(resolve.types.len()));
        // A definition comes after those it refers to.
        for (_, definition) in &resolve.types {
            let layout = layouts
                .define(&definition.kind)
                .ok_or_else(|| LayoutError::TooLarge(describe(definition)))?;
            if layout.depth > MAX_DEPTH {
                return Err(LayoutError::TooDeep(describe(definition)));
            }
            layouts.0.push(layout);
        }
        Ok(layouts)
    }

    /// How values of a type lie.
    pub fn get(&self, ty: &Type) -> Layout {
        match ty {
            Type::Bool | Type::U8 | Type::S8 => scalar(1),
            Type::U16 | Type::S16 => scalar(2),
            Type::U32 | Type::S32 | Type::F32 | Type::Char | Type::ErrorContext => scalar(4),
            Type::U64 | Type::S64 | Type::F64 => scalar(8),
            Type::String => LIST,
            Type::Id(id) => self.of(*id),
        }
    }

    /// How values of a defined type lie.
    pub fn of(&self, id: TypeId) -> Layout {
        self.0[id.index()]
    }

    /// The layout of a definition; nothing if its size overflows.
    fn define(&self, kind: &TypeDefKind) -> Option<Layout> {
        let nested = |ty: &Type| self.get(ty).depth + 1;
        Some(match kind {
            TypeDefKind::Type(ty) => Layout {
                depth: nested(ty),
                ..self.get(ty)
            },
            TypeDefKind::Record(record) => self.record(record.fields.iter().map(|it| &it.ty))?,
            TypeDefKind::Tuple(tuple) => self.record(&tuple.types)?,
            TypeDefKind::Variant(variant) => {
                let cases = variant.cases.iter().map(|case| case.ty.as_ref());
                self.cases(variant.tag(), cases)?
            }
            TypeDefKind::Enum(it) => self.cases(it.tag(), [])?,
            TypeDefKind::Option(some) => self.cases(Int::U8, [Some(some)])?,
            TypeDefKind::Result(it) => self.cases(Int::U8, [it.ok.as_ref(), it.err.as_ref()])?,
            TypeDefKind::List(element) => Layout {
                depth: nested(element),
                ..LIST
            },
            TypeDefKind::Map(key, value) => Layout {
                // An entry is a tuple, and a map of entries too large can hold none.
                depth: self.record([key, value])?.depth + 1,
                ..LIST
            },
            TypeDefKind::FixedLengthList(element, length) => {
                let layout = self.get(element);
                Layout {
                    size: layout.size.checked_mul(*length)?,
                    flat: layout.flat.saturating_mul(*length),
                    depth: layout.depth + 1,
                    ..layout
                }
            }
            TypeDefKind::Flags(flags) => flags_layout(flags),
            TypeDefKind::Handle(_) | TypeDefKind::Future(_) | TypeDefKind::Stream(_) => scalar(4),
            // Neither is the type of a value.
            TypeDefKind::Resource | TypeDefKind::Unknown => Layout::default(),
        })
    }

    /// A record of fields of these types, as the parameters of a function are.
    pub fn record<'t>(&self, types: impl IntoIterator<Item = &'t Type>) -> Option<Layout> {
        let mut record = scalar(1);
        (record.size, record.flat) = (0, 0);
        for ty in types {
            let field = self.get(ty);
            record.size = align_to(record.size, field.align)?.checked_add(field.size)?;
            record.align = record.align.max(field.align);
            record.flat = record.flat.saturating_add(field.flat);
            record.depth = record.depth.max(field.depth + 1);
        }
        record.size = align_to(record.size, record.align)?;
        Some(record)
    }

    fn cases<'t>(
        &self,
        tag: Int,
        payloads: impl IntoIterator<Item = Option<&'t Type>>,
    ) -> Option<Layout> {
        let tag = tag_size(tag);
        let mut payload = Layout {
            align: 1,
            ..Layout::default()
        };
        for ty in payloads.into_iter().flatten() {
            let case = self.get(ty);
            payload.size = payload.size.max(case.size);
            payload.align = payload.align.max(case.align);
            payload.flat = payload.flat.max(case.flat);
            payload.depth = payload.depth.max(case.depth + 1);
        }
        let align = payload.align.max(tag);
        let offset = align_to(tag, payload.align)?;
        Some(Layout {
            size: align_to(offset.checked_add(payload.size)?, align)?,
            align,
            flat: payload.flat.saturating_add(1),
            payload: offset,
            depth: payload.depth,
        })
    }
}

/// A string or a list: an address and a length.
const LIST: Layout = Layout {
    size: 8,
    align: 4,
    flat: 2,
    payload: 0,
    depth: 0,
};

const fn scalar(size: u32) -> Layout {
    Layout {
        size,
        align: size,
        flat: 1,
        payload: 0,
        depth: 0,
    }
}

fn flags_layout(flags: &Flags) -> Layout {
    match flags.flags.len() {
        // What `wit-parser` says of flags without a flag; no component has such.
        0 => Layout {
            size: 0,
            flat: 0,
            ..scalar(4)
        },
        1..=8 => scalar(1),
        9..=16 => scalar(2),
        count => {
            let words = count.div_ceil(32).min(1 << 16) as u32;
            Layout {
                size: words * 4,
                flat: words,
                ..scalar(4)
            }
        }
    }
}

/// How many bytes a discriminant takes in memory.
pub fn tag_size(tag: Int) -> u32 {
    match tag {
        Int::U8 => 1,
        Int::U16 => 2,
        Int::U32 | Int::U64 => 4,
    }
}

/// The next multiple of `align`, a power of two, if there is one.
pub fn align_to(offset: u32, align: u32) -> Option<u32> {
    Some(offset.checked_add(align - 1)? & !(align - 1))
}

fn describe(definition: &TypeDef) -> String {
    match &definition.name {
        Some(name) => format!("`{name}`"),
        None => format!("a nameless {}", definition.kind.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::{LayoutError, Layouts};
    use wit_parser::abi::{FlatTypes, WasmType};
    use wit_parser::{Resolve, SizeAlign, Type, TypeDefKind};

    const WIT: &str = "
        package t:t;
        interface i {
            resource file;
            flags none {}
            flags few { a, b, c }
            flags more { a0, a1, a2, a3, a4, a5, a6, a7, a8 }
            flags many { a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, b1, b2, b3, b4, b5, b6 }
            enum level { low, high }
            variant shape { empty, square(f32), named(string), big(u64), file(own<file>) }
            record sample {
                small: u8, level: level, shape: shape, few: few, more: more, many: many,
                parts: list<tuple<u16, option<f64>>>, fixed: list<s16, 3>,
                outcome: result<_, char>, table: map<string, u64>, open: option<borrow<file>>,
            }
            type alias = sample;
            type wide = list<alias, 5>;
            type nothing = result<tuple<>, result>;
        }";

    fn resolve(wit: &str) -> Resolve {
        let mut resolve = Resolve::new();
        resolve.push_source("t.wit", wit).expect("valid WIT");
        resolve
    }

    #[test]
    fn layouts_agree_with_wit_parser() {
        let resolve = resolve(WIT);
        let layouts = Layouts::new(&resolve).expect("none is too large");
        let mut sizes = SizeAlign::default();
        sizes.fill(&resolve);
        for (id, definition) in &resolve.types {
            if matches!(definition.kind, TypeDefKind::Resource) {
                continue;
            }
            let (ty, layout) = (Type::Id(id), layouts.of(id));
            let mut storage = [WasmType::I32; 200];
            let mut flat = FlatTypes::new(&mut storage);
            assert!(resolve.push_flat(&ty, &mut flat), "{definition:?}");
            assert_eq!(
                (
                    layout.size as usize,
                    layout.align as usize,
                    layout.flat as usize
                ),
                (
                    sizes.size(&ty).size_wasm32(),
                    sizes.align(&ty).align_wasm32(),
                    flat.to_vec().len()
                ),
                "{definition:?}"
            );
        }
    }

    #[test]
    fn what_no_memory_can_hold_is_refused() {
        let wit = "package t:t; interface i {
            type a = list<u64, 1000000000>;
            type b = list<a, 1000000000>;
            type c = list<b, 1000000000>;
        }";
        assert_eq!(
            Layouts::new(&resolve(wit)).expect_err("too large"),
            LayoutError::TooLarge("`a`".into())
        );
    }

    #[test]
    fn nesting_is_bounded() {
        let aliases = |count| {
            let mut wit = "package t:t; interface i { type t0 = u8;".to_owned();
            for number in 1..count {
                wit += &format!("type t{number} = option<t{}>;", number - 1);
            }
            Layouts::new(&resolve(&(wit + "}")))
        };
        assert!(aliases(40).is_ok());
        assert!(matches!(aliases(1000), Err(LayoutError::TooDeep(_))));
    }
}
