//! Layouts against `wit-parser`'s, and values there and back.

use crate::owner::Owner;
use first_class::{
    ComponentType, FlatOrigin, FlatPlace, Heap, Layout, Lift, Lower, MemoryOrigin, Reader,
};
use first_class_abi::wit_parser::{Resolve, SizeAlign, Type};
use proptest::prelude::*;
use std::fmt::Debug;

#[derive(ComponentType, Lower, Lift, Clone, PartialEq, Debug)]
struct Sample {
    small: u8,
    name: String,
    shape: Shape,
    parts: Vec<(u16, Option<f64>)>,
    fixed: [i16; 3],
    outcome: Result<(), char>,
}

#[derive(ComponentType, Lower, Lift, Clone, PartialEq, Debug)]
enum Shape {
    Empty,
    Square(f32),
    Named(String),
    Big(u64),
}

#[derive(ComponentType, Lower, Lift, Clone, Copy, PartialEq, Debug)]
enum Level {
    Low,
    High,
}

/// The layout that `wit-parser` computes for a type expression.
fn oracle(ty: &str) -> (usize, usize) {
    let wit = format!(
        "package t:t; interface i {{
            variant shape {{ empty, square(f32), named(string), big(u64) }}
            enum level {{ low, high }}
            record sample {{
                small: u8, name: string, shape: shape, parts: list<tuple<u16, option<f64>>>,
                fixed: list<s16, 3>, outcome: result<_, char>
            }}
            type it = {ty};
        }}"
    );
    let mut resolve = Resolve::new();
    resolve.push_source("t.wit", &wit).expect("valid WIT");
    let mut sizes = SizeAlign::default();
    sizes.fill(&resolve);
    let (id, _) = resolve
        .types
        .iter()
        .find(|(_, ty)| ty.name.as_deref() == Some("it"))
        .expect("was defined");
    let ty = Type::Id(id);
    (
        sizes.size(&ty).size_wasm32(),
        sizes.align(&ty).align_wasm32(),
    )
}

fn check_layout<T: ComponentType>(ty: &str) {
    let Layout { size, align, .. } = T::LAYOUT;
    assert_eq!((size, align), oracle(ty), "{ty}");
}

#[test]
fn layouts_agree_with_wit_parser() {
    check_layout::<Sample>("sample");
    check_layout::<Shape>("shape");
    check_layout::<Level>("level");
    check_layout::<Option<Option<u64>>>("option<option<u64>>");
    check_layout::<Result<u8, Vec<String>>>("result<u8, list<string>>");
    check_layout::<Result<(), ()>>("result");
    check_layout::<(u8, u64, bool, char)>("tuple<u8, u64, bool, char>");
    check_layout::<[(u8, u16); 5]>("list<tuple<u8, u16>, 5>");
}

#[test]
fn discriminants_grow_with_the_number_of_cases() {
    for (cases, size) in [(1, 1), (256, 1), (257, 2), (65536, 2), (65537, 4)] {
        let layout = Layout::variant(&vec![Layout::UNIT; cases]);
        assert_eq!((layout.size, layout.align), (size, size), "{cases} cases");
    }
}

fn through_memory<T: Lower + Lift>(value: &T) -> T {
    let owner = Owner::detached();
    let mut heap = Heap::new(&owner, T::LAYOUT.size);
    heap.put(0, value);
    let bytes = heap.into_bytes();
    let reader = Reader::new(&owner, 0, &bytes);
    let origin = MemoryOrigin::new(reader.front(T::LAYOUT.size).expect("is there"));
    T::lift(origin, &reader).expect("is well-formed")
}

fn through_slots<T: Lower + Lift>(value: &T) -> T {
    let owner = Owner::detached();
    let mut heap = Heap::empty(&owner);
    let mut slots = vec![0; T::LAYOUT.flat];
    value.lower(FlatPlace::new(&mut slots), &mut heap);
    let bytes = heap.into_bytes();
    let reader = Reader::new(&owner, 0, &bytes);
    T::lift(FlatOrigin::new(&slots), &reader).expect("is well-formed")
}

fn shapes() -> impl Strategy<Value = Shape> {
    prop_oneof![
        Just(Shape::Empty),
        any::<f32>().prop_map(Shape::Square),
        any::<String>().prop_map(Shape::Named),
        any::<u64>().prop_map(Shape::Big),
    ]
}

fn samples() -> impl Strategy<Value = Sample> {
    let outcome = prop_oneof![Just(Ok(())), any::<char>().prop_map(Err)];
    let parts = proptest::collection::vec(any::<(u16, Option<f64>)>(), 0..MOST_SAMPLES);
    let fields = (
        any::<u8>(),
        any::<String>(),
        shapes(),
        parts,
        any::<[i16; 3]>(),
        outcome,
    );
    fields.prop_map(|(small, name, shape, parts, fixed, outcome)| Sample {
        small,
        name,
        shape,
        parts,
        fixed,
        outcome,
    })
}

/// Miri interprets, so it gets a few small cases of the same.
const CASES: u32 = if cfg!(miri) { 3 } else { 256 };
const MOST_SAMPLES: usize = if cfg!(miri) { 2 } else { 20 };

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn values_come_back_unchanged(samples in proptest::collection::vec(samples(), 0..MOST_SAMPLES)) {
        prop_assert_eq!(&through_memory(&samples), &samples);
        prop_assert_eq!(&through_slots(&samples), &samples);
    }

    /// Whatever a host sends, lifting ends with a value or an error.
    #[test]
    fn any_bytes_are_lifted_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let owner = Owner::detached();
        let reader = Reader::new(&owner, 0, &bytes);
        if let Ok(front) = reader.front(Sample::LAYOUT.size) {
            let _ = Sample::lift(MemoryOrigin::new(front), &reader);
        }
        let mut slots: Vec<u64> = bytes.chunks(8).map(|chunk| chunk.len() as u64 * 1021).collect();
        slots.resize(Sample::LAYOUT.flat, 1024);
        let _ = Sample::lift(FlatOrigin::new(&slots), &reader);
    }
}

#[test]
fn nan_payloads_and_extremes_survive() {
    let nan = f64::from_bits(0x7ff8_dead_beef_0001);
    assert_eq!(through_slots(&nan).to_bits(), nan.to_bits());
    assert_eq!(through_memory(&vec![nan])[0].to_bits(), nan.to_bits());
    for value in [i64::MIN, -1, 0, i64::MAX] {
        assert_eq!(through_slots(&value), value);
    }
    for value in ['\u{0}', '\u{d7ff}', '\u{e000}', '\u{10ffff}'] {
        assert_eq!(through_memory(&value), value);
    }
}

#[test]
fn lists_of_every_number_are_copied_whole() {
    fn check<T: Lower + Lift + PartialEq + Debug>(list: Vec<T>) {
        assert_eq!(through_memory(&list), list);
    }
    check(vec![u8::MIN, u8::MAX]);
    check(vec![i8::MIN, i8::MAX]);
    check(vec![u16::MIN, u16::MAX]);
    check(vec![i16::MIN, i16::MAX]);
    check(vec![u32::MIN, u32::MAX]);
    check(vec![i32::MIN, i32::MAX]);
    check(vec![u64::MIN, u64::MAX]);
    check(vec![i64::MIN, i64::MAX]);
    check(vec![f32::MIN, f32::MAX]);
    check(vec![f64::MIN, f64::MAX]);
}
