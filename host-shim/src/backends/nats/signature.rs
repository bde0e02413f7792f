//! Functions told apart by what they take and give.

use first_class_abi::fit::primitive;
use first_class_abi::wit_parser::{Function, Resolve, Type, TypeDefKind};
use first_class_abi::{Callee, World};

/// A number that two functions share if values of the one are values of the other: with the same
/// names of parameters, fields and cases, and the same types, in the same order. The names of types do
/// not matter. It tells mistakes apart, and no attackers: what comes is checked anyway.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Signature(u64);

impl std::fmt::Display for Signature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// The signatures of all that can be called, by its numbers.
pub(crate) fn signatures(world: &World) -> Vec<Signature> {
    let types = Types::new(world.resolve());
    let callables = world.callables().iter();
    let signatures = callables.map(|callable| match &callable.callee {
        Callee::Function(function) => types.function(function),
        Callee::Drop(_) => Hash::new("drop").0,
    });
    signatures.map(Signature).collect()
}

/// FNV-1a, which is the same on every machine and in every version.
struct Hash(u64);

impl Hash {
    fn new(kind: &str) -> Self {
        Hash(0xcbf2_9ce4_8422_2325).name(kind)
    }

    fn bytes(self, bytes: &[u8]) -> Self {
        let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        Hash(bytes.iter().fold(self.0, step))
    }

    fn number(self, number: u64) -> Self {
        self.bytes(&number.to_le_bytes())
    }

    /// A name, with its length, so that no two run into each other.
    fn name(self, name: &str) -> Self {
        self.number(name.len() as u64).bytes(name.as_bytes())
    }
}

/// The number of each type that has a definition.
struct Types(Vec<u64>);

impl Types {
    fn new(resolve: &Resolve) -> Self {
        let mut types = Types(Vec::with_capacity(resolve.types.len()));
        // A definition comes after those that it refers to, so each is looked at once.
        for (_, definition) in &resolve.types {
            let number = types.definition(&definition.kind);
            types.0.push(number);
        }
        types
    }

    fn function(&self, function: &Function) -> u64 {
        let parameters = function.params.iter();
        let hash = parameters.fold(Hash::new("func"), |hash, parameter| {
            hash.name(&parameter.name).number(self.of(&parameter.ty))
        });
        hash.number(self.maybe(function.result.as_ref())).0
    }

    fn definition(&self, kind: &TypeDefKind) -> u64 {
        match kind {
            TypeDefKind::Type(ty) => self.of(ty),
            TypeDefKind::Record(record) => {
                let fields = record.fields.iter();
                self.named("record", fields.map(|it| (&*it.name, Some(&it.ty))))
            }
            TypeDefKind::Variant(variant) => {
                let cases = variant.cases.iter();
                self.named("variant", cases.map(|it| (&*it.name, it.ty.as_ref())))
            }
            TypeDefKind::Enum(cases) => {
                let cases = cases.cases.iter();
                self.named("enum", cases.map(|it| (&*it.name, None)))
            }
            TypeDefKind::Flags(flags) => {
                let flags = flags.flags.iter();
                self.named("flags", flags.map(|it| (&*it.name, None)))
            }
            TypeDefKind::Tuple(tuple) => self.generic("tuple", tuple.types.iter().map(Some)),
            TypeDefKind::Option(ty) => self.generic("option", [Some(ty)]),
            TypeDefKind::List(ty) => self.generic("list", [Some(ty)]),
            TypeDefKind::Result(result) => {
                self.generic("result", [result.ok.as_ref(), result.err.as_ref()])
            }
            // None of these is packed.
            TypeDefKind::Map(..)
            | TypeDefKind::FixedLengthList(..)
            | TypeDefKind::Handle(_)
            | TypeDefKind::Resource
            | TypeDefKind::Future(_)
            | TypeDefKind::Stream(_)
            | TypeDefKind::Unknown => Hash::new("more than a value").0,
        }
    }

    fn named<'a>(
        &self,
        kind: &str,
        parts: impl Iterator<Item = (&'a str, Option<&'a Type>)>,
    ) -> u64 {
        let parts = parts.fold(Hash::new(kind), |hash, (name, ty)| {
            hash.name(name).number(self.maybe(ty))
        });
        parts.0
    }

    fn generic<'a>(&self, kind: &str, types: impl IntoIterator<Item = Option<&'a Type>>) -> u64 {
        let types = types.into_iter();
        types
            .fold(Hash::new(kind), |hash, ty| hash.number(self.maybe(ty)))
            .0
    }

    fn maybe(&self, ty: Option<&Type>) -> u64 {
        ty.map_or(0, |ty| self.of(ty))
    }

    fn of(&self, ty: &Type) -> u64 {
        match primitive(ty) {
            Ok(name) => Hash::new(name).0,
            Err(id) => self.0.get(id.index()).copied().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Signature, signatures};
    use first_class_abi::World;
    use first_class_abi::wit_parser::Resolve;
    use std::collections::HashSet;

    fn of(items: &str) -> Vec<Signature> {
        let mut resolve = Resolve::new();
        let wit = format!("package t:t; world w {{ {items} }}");
        let package = resolve.push_source("t.wit", &wit).expect("valid WIT");
        let world = resolve.select_world(&[package], None).expect("one world");
        signatures(&World::new(resolve, world))
    }

    #[test]
    fn what_differs_has_another_number() {
        let different = [
            "export f: func();",
            "export f: func() -> u32;",
            "export f: func(a: u32);",
            "export f: func(b: u32);",
            "export f: func(a: s32);",
            "export f: func(a: u32, b: u32);",
            "export f: func(ab: u32, c: u32);",
            "export f: func(a: list<u32>);",
            "export f: func(a: option<u32>);",
            "export f: func(a: option<list<u32>>);",
            "export f: func(a: list<option<u32>>);",
            "export f: func(a: result<u32>);",
            "export f: func(a: result<_, u32>);",
            "export f: func(a: tuple<u32, u8>);",
            "export f: func(a: tuple<u8, u32>);",
            "record r { x: u32, y: u32 } export f: func(a: r);",
            "record r { y: u32, x: u32 } export f: func(a: r);",
            "enum r { x, y } export f: func(a: r);",
            "flags r { x, y } export f: func(a: r);",
            "variant r { x, y(u32) } export f: func(a: r);",
            "variant r { x(u32), y } export f: func(a: r);",
        ];
        let numbers = different.map(|items| of(items)[0].to_string());
        let distinct: HashSet<_> = numbers.iter().collect();
        assert_eq!(distinct.len(), different.len());
    }

    #[test]
    fn what_types_are_called_does_not_matter() {
        let one = of("record point { x: u32 } export f: func(a: list<point>);");
        let other = of("record place { x: u32 } type places = list<place>;
            export f: func(a: places);");
        assert_eq!(one, other);
        // The number is part of the protocol, and never changes.
        assert_eq!(one[0].to_string(), "c226dac42c0f42aa");
    }
}
