//! Random types, as WIT spells them.

use proptest::prelude::*;
use std::fmt::Write;

/// A type; what it is made of has names that follow from positions: fields `f0`, `f1`, cases
/// `c0`, `c1`, flags `b0`, `b1`.
#[derive(Clone, Debug)]
pub(crate) enum Ty {
    Plain(&'static str),
    List(Box<Ty>),
    FixedLengthList(Box<Ty>, usize),
    Map(&'static str, Box<Ty>),
    Record(Vec<Ty>),
    Tuple(Vec<Ty>),
    Variant(Vec<Option<Ty>>),
    Enum(usize),
    Flags(usize),
    Option(Box<Ty>),
    Result(Option<Box<Ty>>, Option<Box<Ty>>),
}

const KEYS: [&str; 11] = [
    "bool", "u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64", "char", "string",
];

pub(crate) fn types() -> impl Strategy<Value = Ty> {
    leaves().prop_recursive(4, 16, 4, |inner| {
        let boxed = inner.clone().prop_map(Box::new);
        let several = proptest::collection::vec(inner.clone(), 1..5);
        let key = proptest::sample::select(&KEYS);
        let side = proptest::option::of(boxed.clone());
        let cases = proptest::collection::vec(proptest::option::of(inner), 1..5);
        prop_oneof![
            2 => boxed.clone().prop_map(Ty::List),
            1 => (boxed.clone(), 1..4_usize).prop_map(|(ty, length)| Ty::FixedLengthList(ty, length)),
            1 => (key, boxed.clone()).prop_map(|(key, ty)| Ty::Map(key, ty)),
            3 => several.clone().prop_map(Ty::Record),
            2 => several.prop_map(Ty::Tuple),
            3 => cases.prop_map(Ty::Variant),
            2 => boxed.prop_map(Ty::Option),
            2 => (side.clone(), side).prop_map(|(ok, err)| Ty::Result(ok, err)),
        ]
    })
}

fn leaves() -> impl Strategy<Value = Ty> {
    let plain: Vec<_> = KEYS.into_iter().chain(["f32", "f64"]).collect();
    // More than 256 cases take a discriminant of two bytes.
    let cases = prop_oneof![5 => 1..6_usize, 1 => 257..260_usize];
    prop_oneof![
        6 => proptest::sample::select(plain).prop_map(Ty::Plain),
        1 => cases.prop_map(Ty::Enum),
        1 => (1..=32_usize).prop_map(Ty::Flags),
    ]
}

/// The definitions of an interface while it is written.
#[derive(Default)]
pub(crate) struct Definitions {
    pub(crate) text: String,
    count: usize,
}

impl Definitions {
    /// How WIT names the type, after defining what needs a definition.
    pub(crate) fn spell(&mut self, ty: &Ty) -> String {
        match ty {
            Ty::Plain(name) => (*name).to_owned(),
            Ty::List(element) => format!("list<{}>", self.spell(element)),
            Ty::FixedLengthList(element, length) => {
                format!("list<{}, {length}>", self.spell(element))
            }
            Ty::Map(key, value) => format!("map<{key}, {}>", self.spell(value)),
            Ty::Tuple(types) => format!("tuple<{}>", self.spell_all(types).join(", ")),
            Ty::Option(some) => format!("option<{}>", self.spell(some)),
            Ty::Result(ok, err) => {
                let mut side = |ty: &Option<Box<Ty>>| match ty {
                    Some(ty) => self.spell(ty),
                    None => "_".to_owned(),
                };
                match (side(ok), side(err)) {
                    (ok, err) if err == "_" && ok == "_" => "result".to_owned(),
                    (ok, err) if err == "_" => format!("result<{ok}>"),
                    (ok, err) => format!("result<{ok}, {err}>"),
                }
            }
            Ty::Record(types) => {
                let types = self.spell_all(types);
                let fields = types.iter().enumerate();
                let fields = fields.map(|(index, ty)| format!("f{index}: {ty}"));
                self.define("record", fields.collect())
            }
            Ty::Variant(types) => {
                let cases = types.iter().enumerate().map(|(index, ty)| match ty {
                    Some(ty) => format!("c{index}({})", self.spell(ty)),
                    None => format!("c{index}"),
                });
                let cases = cases.collect();
                self.define("variant", cases)
            }
            Ty::Enum(count) => self.define("enum", numbered('c', *count)),
            Ty::Flags(count) => self.define("flags", numbered('b', *count)),
        }
    }

    fn spell_all(&mut self, types: &[Ty]) -> Vec<String> {
        types.iter().map(|ty| self.spell(ty)).collect()
    }

    fn define(&mut self, kind: &str, members: Vec<String>) -> String {
        let name = format!("t{}", self.count);
        self.count += 1;
        let members = members.join(", ");
        writeln!(self.text, "{kind} {name} {{ {members} }}").expect("a string takes it");
        name
    }
}

fn numbered(letter: char, count: usize) -> Vec<String> {
    (0..count).map(|index| format!("{letter}{index}")).collect()
}
