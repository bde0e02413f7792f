//! The streams and futures of a world, by number.
//!
//! An end of a stream lies in a buffer as a handle, wherever it comes from. What it can be read or
//! written with follows from its type alone, so types that have the same structure are one kind.

use crate::layout::{LayoutError, Layouts};
use crate::world::{Callee, World};
use std::collections::HashMap;
use wit_parser::{Function, Handle, Resolve, Type, TypeDefKind, TypeId};

/// How many parts the parameters and the result of a function may have if there are streams among
/// them, with the parts of each type counted wherever it is used. The tools that find streams in a
/// function walk over all of them.
const MOST_PARTS: u32 = 1 << 16;

/// The kinds of streams and futures of a world.
///
/// Invariant: the position of a kind is its number. It follows from the world by the order of the
/// functions' numbers, and within a function by the order of its types, inner ones first.
#[derive(Clone, Debug, Default)]
pub struct Transmits {
    kinds: Vec<Transmit>,
    by_type: HashMap<TypeId, u32>,
}

/// A kind of stream or future.
#[derive(Clone, Debug)]
pub struct Transmit {
    /// Whether it is a future, which has one element.
    pub is_future: bool,
    /// The type of its elements, if they have one.
    pub payload: Option<Type>,
    /// The functions that have it in their types, by number, and its position there among
    /// [`Function::find_futures_and_streams`].
    pub found: Vec<(u32, u32)>,
}

/// A world with more streams than can be numbered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransmitError {
    /// A function whose types have too many parts.
    #[error("the types of `{0}` have more than {MOST_PARTS} parts, and streams among them")]
    TooMany(String),
    /// A type that no component can have.
    #[error(transparent)]
    Layout(#[from] LayoutError),
}

impl Transmits {
    /// The kinds in the functions of a world that can be called.
    ///
    /// # Errors
    /// When a function has too many.
    pub fn of_world(world: &World) -> Result<Self, TransmitError> {
        let resolve = world.resolve();
        // The nesting of types is bounded from here on, so recursion over them is.
        Layouts::new(resolve)?;
        let parts = Parts::of_types(resolve);
        let mut transmits = Transmits {
            kinds: Vec::new(),
            by_type: HashMap::new(),
        };
        let mut structures = Structures::of_types(resolve);
        for (number, callable) in (0..).zip(world.callables()) {
            let Callee::Function(function) = &callable.callee else {
                continue;
            };
            let all = types(function).fold(Parts::default(), |sum, ty| sum.plus(parts.of(ty)));
            if all.transmits > 0 && all.parts > MOST_PARTS {
                return Err(TransmitError::TooMany(callable.display_name()));
            }
            let mut position = 0;
            for ty in types(function) {
                let mut find = |id| {
                    transmits.find(resolve, &mut structures, id, number, position);
                    position += 1;
                };
                for_each(resolve, &parts, ty, &mut find);
            }
        }
        transmits.number_others(resolve, &structures);
        Ok(transmits)
    }

    /// All kinds; the position of one is its number.
    pub fn kinds(&self) -> &[Transmit] {
        &self.kinds
    }

    /// The number of a type that is a stream or a future. One that no function mentions has one only
    /// if it has the structure of one that a function mentions.
    pub fn number(&self, id: TypeId) -> Option<u32> {
        self.by_type.get(&id).copied()
    }

    /// Numbers the types that no function mentions, but which are the same as one that is mentioned.
    fn number_others(&mut self, resolve: &Resolve, structures: &Structures) {
        for (id, definition) in &resolve.types {
            if let TypeDefKind::Future(_) | TypeDefKind::Stream(_) = definition.kind {
                let number = structures.kinds.get(&structures.of_id(id));
                self.by_type.extend(number.map(|number| (id, *number)));
            }
        }
    }

    fn find(
        &mut self,
        resolve: &Resolve,
        structures: &mut Structures,
        id: TypeId,
        function: u32,
        position: u32,
    ) {
        let (is_future, payload) = match &resolve.types[id].kind {
            TypeDefKind::Future(payload) => (true, *payload),
            TypeDefKind::Stream(payload) => (false, *payload),
            _ => return,
        };
        let next = self.kinds.len() as u32;
        let structure = structures.of_id(id);
        let number = *structures.kinds.entry(structure).or_insert(next);
        if number == next {
            self.kinds.push(Transmit {
                is_future,
                payload,
                found: Vec::new(),
            });
        }
        self.by_type.insert(id, number);
        let found = &mut self.kinds[number as usize].found;
        if found.last().is_none_or(|(last, _)| *last != function) {
            found.push((function, position));
        }
    }
}

fn types(function: &Function) -> impl Iterator<Item = &Type> {
    let params = function.params.iter().map(|parameter| &parameter.ty);
    params.chain(&function.result)
}

/// How many parts a type has, as a tree, and how many of these are streams and futures.
#[derive(Clone, Copy, Default)]
struct Parts {
    parts: u32,
    transmits: u32,
}

struct PartsOfTypes(Vec<Parts>);

impl Parts {
    fn of_types(resolve: &Resolve) -> PartsOfTypes {
        let mut all = PartsOfTypes(Vec::with_capacity(resolve.types.len()));
        // A definition comes after those it refers to.
        for (_, definition) in &resolve.types {
            let mut parts = children(&definition.kind)
                .iter()
                .fold(Parts::default(), |sum, ty| sum.plus(all.of(ty)));
            if let TypeDefKind::Future(_) | TypeDefKind::Stream(_) = definition.kind {
                parts.transmits = parts.transmits.saturating_add(1);
            }
            parts.parts = parts.parts.saturating_add(1);
            all.0.push(parts);
        }
        all
    }

    fn plus(self, other: Parts) -> Parts {
        Parts {
            parts: self.parts.saturating_add(other.parts),
            transmits: self.transmits.saturating_add(other.transmits),
        }
    }
}

impl PartsOfTypes {
    fn of(&self, ty: &Type) -> Parts {
        match ty {
            Type::Id(id) => self.0[id.index()],
            _ => Parts {
                parts: 1,
                transmits: 0,
            },
        }
    }
}

/// Visits all streams and futures in a type, in the order of
/// [`Function::find_futures_and_streams`], without entering what has none.
fn for_each(resolve: &Resolve, parts: &PartsOfTypes, ty: &Type, visit: &mut impl FnMut(TypeId)) {
    let Type::Id(id) = ty else { return };
    if parts.of(ty).transmits == 0 {
        return;
    }
    let kind = &resolve.types[*id].kind;
    for child in children(kind) {
        for_each(resolve, parts, child, visit);
    }
    if let TypeDefKind::Future(_) | TypeDefKind::Stream(_) = kind {
        visit(*id);
    }
}

/// The types that a definition refers to, but for resources.
fn children(kind: &TypeDefKind) -> Vec<&Type> {
    match kind {
        TypeDefKind::Record(record) => record.fields.iter().map(|it| &it.ty).collect(),
        TypeDefKind::Tuple(tuple) => tuple.types.iter().collect(),
        TypeDefKind::Variant(variant) => variant
            .cases
            .iter()
            .filter_map(|it| it.ty.as_ref())
            .collect(),
        TypeDefKind::Result(it) => [&it.ok, &it.err].into_iter().flatten().collect(),
        TypeDefKind::Map(key, value) => vec![key, value],
        TypeDefKind::Option(ty)
        | TypeDefKind::List(ty)
        | TypeDefKind::FixedLengthList(ty, _)
        | TypeDefKind::Type(ty) => vec![ty],
        TypeDefKind::Future(ty) | TypeDefKind::Stream(ty) => ty.iter().collect(),
        TypeDefKind::Resource
        | TypeDefKind::Handle(_)
        | TypeDefKind::Flags(_)
        | TypeDefKind::Enum(_)
        | TypeDefKind::Unknown => Vec::new(),
    }
}

/// The structure of each type, as a number: types with the same structure have the same.
struct Structures {
    of_types: Vec<u32>,
    /// The kinds by their structures.
    kinds: HashMap<u32, u32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Structure {
    /// What sort of type it is.
    sort: &'static str,
    names: Vec<String>,
    types: Vec<Option<u32>>,
    /// A length or a resource.
    number: usize,
}

impl Structures {
    fn of_types(resolve: &Resolve) -> Self {
        let mut numbers = HashMap::new();
        let mut structures = Structures {
            of_types: Vec::with_capacity(resolve.types.len()),
            kinds: HashMap::new(),
        };
        for (id, definition) in &resolve.types {
            let number = match &definition.kind {
                TypeDefKind::Type(ty) => structures.of(ty),
                kind => {
                    let next = FIRST_STRUCTURE + numbers.len() as u32;
                    let structure = structures.structure(resolve, id, kind);
                    *numbers.entry(structure).or_insert(next)
                }
            };
            structures.of_types.push(number);
        }
        structures
    }

    fn of_id(&self, id: TypeId) -> u32 {
        self.of_types[id.index()]
    }

    fn of(&self, ty: &Type) -> u32 {
        match ty {
            Type::Bool => 0,
            Type::U8 => 1,
            Type::U16 => 2,
            Type::U32 => 3,
            Type::U64 => 4,
            Type::S8 => 5,
            Type::S16 => 6,
            Type::S32 => 7,
            Type::S64 => 8,
            Type::F32 => 9,
            Type::F64 => 10,
            Type::Char => 11,
            Type::String => 12,
            Type::ErrorContext => 13,
            Type::Id(id) => self.of_id(*id),
        }
    }

    fn structure(&self, resolve: &Resolve, id: TypeId, kind: &TypeDefKind) -> Structure {
        let names = match kind {
            TypeDefKind::Record(it) => it.fields.iter().map(|it| it.name.clone()).collect(),
            TypeDefKind::Variant(it) => it.cases.iter().map(|it| it.name.clone()).collect(),
            TypeDefKind::Enum(it) => it.cases.iter().map(|it| it.name.clone()).collect(),
            TypeDefKind::Flags(it) => it.flags.iter().map(|it| it.name.clone()).collect(),
            _ => Vec::new(),
        };
        let some = |ty: &Option<Type>| ty.as_ref().map(|ty| self.of(ty));
        let types = match kind {
            // Which of them has no type matters.
            TypeDefKind::Variant(it) => it.cases.iter().map(|it| some(&it.ty)).collect(),
            TypeDefKind::Result(it) => vec![some(&it.ok), some(&it.err)],
            kind => children(kind)
                .into_iter()
                .map(|ty| Some(self.of(ty)))
                .collect(),
        };
        let number = match kind {
            TypeDefKind::FixedLengthList(_, length) => *length as usize,
            TypeDefKind::Handle(Handle::Own(id) | Handle::Borrow(id)) => resource(resolve, *id),
            TypeDefKind::Resource => id.index(),
            _ => 0,
        };
        let sort = match kind {
            TypeDefKind::Handle(Handle::Own(_)) => "own",
            TypeDefKind::Handle(Handle::Borrow(_)) => "borrow",
            kind => kind.as_str(),
        };
        Structure {
            sort,
            names,
            types,
            number,
        }
    }
}

const FIRST_STRUCTURE: u32 = 14;

/// The definition of a resource, by whatever name it is used.
fn resource(resolve: &Resolve, mut id: TypeId) -> usize {
    while let TypeDefKind::Type(Type::Id(next)) = resolve.types[id].kind {
        id = next;
    }
    id.index()
}

#[cfg(test)]
mod tests {
    use super::{TransmitError, Transmits, types};
    use crate::testing::world;
    use crate::world::{Callee, World};

    fn number_of_each(world: &World) -> Vec<(String, Vec<u32>)> {
        let transmits = Transmits::of_world(world).expect("not too many");
        let functions = world.callables().iter().filter_map(|callable| {
            let Callee::Function(function) = &callable.callee else {
                return None;
            };
            let found = function.find_futures_and_streams(world.resolve());
            let numbers = found
                .iter()
                .map(|id| transmits.number(*id).expect("is known"));
            Some((callable.name.clone(), numbers.collect()))
        });
        functions.collect()
    }

    #[test]
    fn kinds_are_structures_in_the_order_of_functions() {
        let world = world(
            "package a:b;
            interface i {
                record point { x: s32, y: s32 }
                record place { x: s32, y: s32 }
                record other { x: s32, z: s32 }
                resource file;
                resource folder;
                a: func(a: stream<u8>, b: stream<s8>) -> future<stream<u8>>;
                b: func(a: list<option<stream<point>>>) -> stream<place>;
                c: func(a: stream<other>, b: future<u8>) -> tuple<stream<u8>, stream, future>;
                d: func(a: stream<own<file>>, b: stream<own<folder>>, c: stream<file>);
                e: func(a: stream<result<u8>>, b: stream<result<_, u8>>);
            }
            world w { export i; }",
        );
        let numbers: Vec<_> = number_of_each(&world).into_iter().map(|it| it.1).collect();
        assert_eq!(
            numbers,
            [
                vec![0, 1, 0, 2],
                vec![3, 3],
                vec![4, 5, 0, 6, 7],
                vec![8, 9, 8],
                vec![10, 11]
            ]
        );
    }

    #[test]
    fn positions_are_those_of_the_binary_format() {
        let world = world(
            "package a:b;
            world w { export f: func(a: tuple<stream<u8>, stream<future<string>>>) -> future; }",
        );
        let transmits = Transmits::of_world(&world).expect("not too many");
        let Callee::Function(function) = &world.callables()[0].callee else {
            panic!("is a function")
        };
        let found = function.find_futures_and_streams(world.resolve());
        for (position, id) in (0..).zip(found) {
            let kind = &transmits.kinds()[transmits.number(id).expect("is known") as usize];
            assert_eq!(kind.found, [(0, position)]);
        }
        assert_eq!(types(function).count(), 2);
    }

    #[test]
    fn a_type_that_doubles_at_each_step_is_refused() {
        let doubled = (1..20).map(|n| format!("type t{n} = tuple<t{0}, t{0}>;", n - 1));
        let world = world(&format!(
            "package a:b;
            interface i {{ type t0 = stream; {} f: func(a: t19); }}
            world w {{ export i; }}",
            doubled.collect::<String>()
        ));
        assert!(matches!(
            Transmits::of_world(&world),
            Err(TransmitError::TooMany(name)) if name == "a:b/i#f"
        ));
    }
}
