//! Bytes that are no world, and worlds that are not the plugin's.

use crate::case::{case, failed};
use crate::honest::{round, visit};
use crate::puppet::Puppet;
use crate::target::{ENCODED, encoded, plugin, world};
use first_class_abi::contract::FailureCode::{Incompatible, Limit, Protocol};

/// The largest bytes that are tried.
const MEGABYTES: usize = 8 << 20;

/// How many worlds one caller asks for.
const MANY: usize = 200;

/// How many worlds a caller may have, unless the embedder says otherwise.
const MOST: usize = 64;

/// Asks for sources of a world, and for one as that world.
fn is_no_world(caller: &mut Puppet, bytes: &[u8]) {
    assert_eq!(caller.available(bytes), failed(Protocol));
    assert_eq!(caller.load_as("good", bytes), failed(Protocol));
}

/// Loads `good` as a world with these exports.
fn is_another_world(exports: &str) {
    let other = encoded(&world(&format!("package t:t; world w {{ {exports} }}")));
    case(|caller| {
        assert_eq!(caller.available(&other), Ok(()));
        assert_eq!(caller.load_as("good", &other), failed(Incompatible));
    });
}

#[test]
fn an_empty_world() {
    case(|caller| is_no_world(caller, b""));
}

#[test]
fn a_world_of_garbage() {
    case(|caller| {
        is_no_world(caller, b"I am a world.");
        is_no_world(caller, &[0xff; 64]);
        is_no_world(caller, &[0; 64]);
        is_no_world(caller, &[&ENCODED[..8], &[0xff; 64]].concat());
    });
}

#[test]
fn a_world_that_is_cut_off_anywhere() {
    case(|caller| {
        let mut whole = Vec::new();
        for length in 0..ENCODED.len() {
            match caller.load_as("good", &ENCODED[..length]) {
                Ok(instance) => {
                    round(caller, instance, &mut 0).expect("is the whole world");
                    whole.push(length);
                }
                cut => assert_eq!(cut, failed(Protocol), "after {length} bytes"),
            }
        }
        // Without its last section it lacks nothing but the name of the encoder.
        assert_eq!(whole.len(), 1, "{whole:?}");
    });
}

#[test]
fn a_world_with_something_behind_it() {
    case(|caller| is_no_world(caller, &[&ENCODED[..], b"\xff"].concat()));
}

#[test]
fn a_world_of_megabytes() {
    case(|caller| {
        is_no_world(caller, &vec![0; MEGABYTES]);
        // A section of its own, which is sound, and of no use to anybody.
        let name = b"\x01x";
        let length = MEGABYTES + name.len();
        let size = (0..4).map(|septet| (length >> (7 * septet)) as u8 & 0x7f | 0x80);
        let size: Vec<u8> = size.chain([0]).collect();
        let padding = vec![0; MEGABYTES];
        let padded = [&ENCODED[..], &[0], &size[..], name, &padding[..]].concat();
        is_no_world(caller, &padded);
    });
}

#[test]
fn a_core_module_for_a_world() {
    let module = wat::parse_str("(module (memory 65536))").expect("is WebAssembly");
    case(|caller| is_no_world(caller, &module));
}

#[test]
fn a_plugin_for_a_world() {
    case(|caller| is_no_world(caller, &plugin(&[])));
}

#[test]
fn a_world_with_types_in_types_in_types() {
    let depth = 20_000;
    let opening = [0x01, 0x41].repeat(depth);
    let mut section = opening;
    section.splice(..0, [1]);
    let size = (0..4).map(|septet| (section.len() >> (7 * septet)) as u8 & 0x7f | 0x80);
    let size: Vec<u8> = size.chain([0]).collect();
    let bytes = [b"\0asm\x0d\0\x01\0", &[7][..], &size, &section].concat();
    case(|caller| is_no_world(caller, &bytes));
}

#[test]
fn a_world_with_other_functions_than_the_plugin() {
    is_another_world("export another: func();");
    is_another_world("export echo: func(text: string) -> string; export another: func();");
}

#[test]
fn a_world_whose_functions_have_other_types_than_those_of_the_plugin() {
    is_another_world("export echo: func(text: list<u8>) -> list<u8>;");
    is_another_world("export add: func(value: u64) -> u64;");
    is_another_world("export add: func(value: s64);");
}

#[test]
fn a_world_of_very_many_functions() {
    let exports: String = (0..5000)
        .map(|number| format!("export g{number}: func();"))
        .collect();
    is_another_world(&exports);
}

#[test]
fn a_world_of_nothing() {
    let nothing = encoded(&world("package t:t; world w { }"));
    case(|caller| {
        let instance = caller.load_as("good", &nothing).expect("asks for nothing");
        let call = caller.invoke_number(instance, 0, &[]);
        assert_eq!(call, failed(Protocol));
        let call = caller.scalar_number(instance, 0, [0; 4]);
        assert_eq!(call, failed(Protocol));
    });
}

/// What is asked for is then the plugin's function, and its number is another one.
#[test]
fn a_world_with_one_of_the_functions() {
    let part = encoded(&world(
        "package t:t; world w { export add: func(value: s64) -> s64; }",
    ));
    case(|caller| {
        let instance = caller.load_as("good", &part).expect("has that function");
        assert_eq!(caller.scalar_number(instance, 0, [5, 0, 0, 0]), Ok(5));
        let call = caller.scalar_number(instance, 1, [0; 4]);
        assert_eq!(call, failed(Protocol));
    });
}

#[test]
fn a_world_after_the_other() {
    case(|caller| {
        visit(caller).expect("is served");
        for number in 0..MANY {
            let wit = format!("package t:t; world w{number} {{ export g{number}: func(); }}");
            let other = encoded(&world(&wit));
            // The caller has a world of its own besides these.
            let expected = if number < MOST - 1 {
                Incompatible
            } else {
                Limit
            };
            assert_eq!(caller.load_as("good", &other), failed(expected));
        }
        visit(caller).expect("goes on");
    });
}
