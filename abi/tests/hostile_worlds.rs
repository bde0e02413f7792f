//! Encodings of worlds that nobody's encoder writes.

use first_class_abi::value::Codec;
use first_class_abi::wit_parser::{ManglingAndAbi, Resolve};
use first_class_abi::{CallShape, World};
use proptest::prelude::*;
use proptest::sample::Index;
use std::sync::{Arc, LazyLock};

const WORLDS: [&str; 3] = [
    "package acme:shop@1.2.0;
     interface carts {
         resource cart { constructor(); add: func(item: string) -> u32; }
         total: func(all: list<borrow<cart>>) -> result<u64, string>;
     }
     interface gifts { use carts.{cart}; wrap: func(it: cart) -> option<cart>; }
     world shop { import carts; export gifts; export run: func(a: list<u8, 4>); }",
    "package t:t;
     world w {
         record point { x: f32, y: f32 }
         export area: func(of: list<point>) -> f64;
         export local: interface { flags f { a, b } enum e { c } ping: func(f: f) -> e; }
     }",
    "package t:t; world w { export f: func(m: map<string, variant-like>) -> u8;
         variant variant-like { a(u8), b(tuple<u8, u16>) } }",
];

static ENCODED: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let encode = |wit: &str| {
        let mut resolve = Resolve::new();
        let package = resolve.push_source("t.wit", wit).expect("valid WIT");
        let world = resolve
            .select_world(&[package], None)
            .expect("there is one");
        World::new(resolve, world).encode().expect("can be encoded")
    };
    WORLDS.map(encode).to_vec()
});

/// Everything that the shim does with a caller's world before it looks at a plugin.
fn use_world(bytes: &[u8]) {
    if let Ok(world) = World::decode(bytes) {
        CallShape::of_world(&world);
        world.full_name();
        world.export_names();
        world.import_names();
        Codec::new(Arc::new(world)).expect("a decoded world has types of a bounded size");
    }
}

/// A change of some bytes: another value, a copy of what is elsewhere, or nothing in their place.
#[derive(Clone, Debug)]
enum Change {
    Set(Index, u8),
    Add(Index, u8),
    Copy(Index, Index, usize),
    Remove(Index, usize),
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Change::Set(at, value) => {
                let at = at.index(bytes.len());
                bytes[at] = *value;
            }
            Change::Add(at, value) => {
                let at = at.index(bytes.len());
                bytes[at] = bytes[at].wrapping_add(*value);
            }
            Change::Copy(from, to, length) => {
                let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
                for offset in 0..*length {
                    if from.max(to) + offset < bytes.len() {
                        bytes[to + offset] = bytes[from + offset];
                    }
                }
            }
            Change::Remove(at, length) => {
                let at = at.index(bytes.len());
                let end = (at + length).min(bytes.len() - 1);
                bytes.drain(at..end.max(at));
            }
        }
    }
}

fn changes() -> impl Strategy<Value = Change> {
    let at = any::<Index>;
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, value)| Change::Set(at, value)),
        (at(), prop_oneof![Just(1), Just(255)]).prop_map(|(at, value)| Change::Add(at, value)),
        (at(), at(), 1..12_usize).prop_map(|(from, to, length)| Change::Copy(from, to, length)),
        (at(), 1..4_usize).prop_map(|(at, length)| Change::Remove(at, length)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 20000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_damaged_world_is_a_world_or_refused(
        which in 0..WORLDS.len(),
        changes in proptest::collection::vec(changes(), 1..4),
    ) {
        let mut bytes = ENCODED[which].clone();
        for change in &changes {
            change.apply(&mut bytes);
        }
        use_world(&bytes);
    }
}

/// The bytes of a component with one section.
fn component(section: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = b"\0asm\x0d\0\x01\0".to_vec();
    bytes.push(section);
    bytes.extend(leb128(body.len()));
    bytes.extend(body);
    bytes
}

fn leb128(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let byte = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            bytes.push(byte);
            return bytes;
        }
        bytes.push(byte | 0x80);
    }
}

/// Each level is a component or an instance type that declares a type: the next level.
#[test]
fn nested_types_do_not_exhaust_the_stack() {
    const TYPES: u8 = 7;
    for kind in [0x41, 0x42] {
        for depth in [10, 100, 1000, 4000, 10_000, 1_000_000] {
            let levels = [kind, 1, 1].repeat(depth);
            let body = [&[1][..], &levels, &[kind, 0]].concat();
            assert!(World::decode(&component(TYPES, &body)).is_err(), "{depth}");
        }
    }
}

#[test]
fn nested_components_do_not_exhaust_the_stack() {
    const COMPONENTS: u8 = 4;
    let mut bytes = component(COMPONENTS, &[]);
    for _ in 0..5000 {
        bytes = component(COMPONENTS, &bytes);
    }
    assert!(World::decode(&bytes).is_err());
}

/// With one letter changed, the package of the world needs a package that needs it.
#[test]
fn packages_that_need_each_other_are_refused() {
    let mut bytes = ENCODED[0].clone();
    let mut places = (0..bytes.len()).filter(|&at| bytes[at..].starts_with(b"acme:shop/gifts"));
    let place = places.next().expect("the interface has a name");
    bytes[place + 2] = b'i';
    let error = World::decode(&bytes).expect_err("no order");
    assert!(error.to_string().contains("need each other"), "{error}");
}

/// Decoding makes one interface of two by the same name, here with a function twice.
#[test]
fn an_import_and_an_export_that_do_not_go_together_are_refused() {
    let wit = "package t:t; interface i { ping: func(); } world w { import i; export i; }";
    let mut resolve = Resolve::new();
    let package = resolve.push_source("t.wit", wit).expect("valid WIT");
    let id = resolve
        .select_world(&[package], None)
        .expect("there is one");
    let mut bytes = World::new(resolve, id).encode().expect("can be encoded");
    assert!(World::decode(&bytes).is_ok());
    let mut places = (0..bytes.len()).filter(|&at| bytes[at..].starts_with(b"ping"));
    let last = places.next_back().expect("the function has a name");
    bytes[last..last + 4].make_ascii_uppercase();
    let error = World::decode(&bytes).expect_err("no interface");
    assert!(error.to_string().contains("go together"), "{error}");
}

/// One interface of three in a row is moved to a package of its own, in a world and in a component
/// that implements it: the package of the others needs it, and it needs them.
#[test]
fn packages_between_packages_are_refused() {
    let wit = "package t:t;
        interface a { record r { x: u8 } }
        interface between { use a.{r}; record s { r: r } }
        interface c { use between.{s}; get: func() -> s; }
        world w { export c; }";
    let mut resolve = Resolve::new();
    let package = resolve.push_source("t.wit", wit).expect("valid WIT");
    let id = resolve
        .select_world(&[package], None)
        .expect("there is one");
    let world = World::new(resolve, id);
    let moved = |mut bytes: Vec<u8>| {
        for at in 0..bytes.len() {
            if bytes[at..].starts_with(b"t:t/between") {
                bytes[at] = b'u';
            }
        }
        bytes
    };
    let encoded = world.encode().expect("can be encoded");
    assert!(World::decode(&encoded).is_ok());
    let error = World::decode(&moved(encoded)).expect_err("no order");
    assert!(error.to_string().contains("need each other"), "{error}");

    let component = component_of(&world);
    assert!(World::of_component(&component).is_ok());
    let error = World::of_component(&moved(component)).expect_err("no order");
    assert!(error.to_string().contains("need each other"), "{error}");
}

/// A component of a world, which does nothing.
fn component_of(world: &World) -> Vec<u8> {
    let (resolve, id) = (world.resolve(), world.id());
    let mut module = wit_component::dummy_module(resolve, id, ManglingAndAbi::Standard32);
    let encoding = wit_component::StringEncoding::UTF8;
    wit_component::embed_component_metadata(&mut module, resolve, id, encoding)
        .expect("can be encoded");
    let component = wit_component::ComponentEncoder::default()
        .module(&module)
        .and_then(|encoder| encoder.encode());
    component.expect("implements the world")
}

#[test]
fn wit_that_is_no_component_is_refused() {
    let error = World::of_component(&ENCODED[0]).expect_err("has no code");
    assert!(error.to_string().contains("WIT package"), "{error}");
}

#[test]
fn a_world_of_many_interfaces_is_decoded() {
    use std::fmt::Write;
    let mut wit = "package t:t; world w {".to_owned();
    for number in 0..1000 {
        write!(wit, "export i{number}: interface {{ f: func(); }}").expect("writes");
    }
    let mut resolve = Resolve::new();
    let package = resolve
        .push_source("t.wit", &(wit + "}"))
        .expect("valid WIT");
    let world = resolve
        .select_world(&[package], None)
        .expect("there is one");
    let encoded = World::new(resolve, world).encode().expect("can be encoded");
    let decoded = World::decode(&encoded).expect("is a world");
    assert_eq!(decoded.callables().len(), 1000);
}

#[test]
fn a_world_with_a_type_that_fits_into_no_memory_is_refused() {
    let wit = "package t:t; world w {
        export f: func(it: list<list<list<u64, 1000000000>, 1000000000>, 1000000000>);
    }";
    let mut resolve = Resolve::new();
    let package = resolve.push_source("t.wit", wit).expect("valid WIT");
    let id = resolve
        .select_world(&[package], None)
        .expect("there is one");
    let encoding = wit_component::StringEncoding::UTF8;
    let encoded = wit_component::metadata::encode(&resolve, id, encoding, None);
    let error = World::decode(&encoded.expect("nobody else minds")).expect_err("too large");
    assert!(
        error.to_string().contains("larger than the memory"),
        "{error}"
    );
    assert!(World::new(resolve, id).encode().is_err());
}
