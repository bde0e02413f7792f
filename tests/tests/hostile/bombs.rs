//! Callers and plugins that take more and more, up to the shim's limits and beyond them. The limits
//! are those of a shim whose embedder sets none.

use crate::case::{Case, case, failed, trapped};
use crate::puppet::Puppet;
use crate::target::{behind, list, number, slot, slots, words};
use first_class_abi::contract::FailureCode::{Exhausted, Limit, ResultLimit};

/// A page of a memory.
const PAGE: u64 = 65536;

/// Has an instance of a plugin with more in its source do nothing, which it takes its time for.
fn plugin(place: &str, more: &str, act: impl FnOnce(&mut Puppet)) {
    let with_more = format!("{place} {more}");
    Case::plugin(&[(place, &with_more)]).run(act);
}

/// Runs code in a call of `nothing`.
fn in_a_call(code: &str) {
    plugin(r#"(func (export "nothing")"#, code, |caller| {
        let instance = caller.load("bad").expect("loads");
        let call = caller.scalar(instance, "nothing", [0; 4]);
        assert_eq!(call, Ok(0));
    });
}

#[test]
fn a_memory_that_grows_by_a_lot() {
    in_a_call("(drop (memory.grow (i32.const 2048)))");
}

#[test]
fn a_memory_that_grows_by_little_until_it_cannot() {
    in_a_call(
        "(loop (br_if 0
            (i32.and
                (i32.ne (memory.grow (i32.const 16)) (i32.const -1))
                (i32.lt_u (memory.size) (i32.const 2048)))))",
    );
}

/// It is address space alone until somebody writes there.
#[test]
fn a_memory_that_grows_to_the_end() {
    in_a_call("(drop (memory.grow (i32.sub (i32.const 65536) (memory.size))))");
}

#[test]
fn a_memory_that_is_large_from_the_start() {
    let edits = [(
        r#"(memory (export "memory") 1)"#,
        r#"(memory (export "memory") 65536)"#,
    )];
    Case::plugin(&edits).run(|caller| {
        assert_eq!(caller.load("bad"), failed(Limit));
    });
}

#[test]
fn very_many_memories() {
    let memories = "(memory 1)".repeat(90);
    plugin("(table $table 1 funcref)", &memories, |caller| {
        assert_eq!(caller.load("bad"), Ok(0));
    });
}

#[test]
fn a_table_that_grows() {
    in_a_call("(drop (table.grow $table (ref.null func) (i32.const 0x100000)))");
}

#[test]
fn a_table_that_grows_until_it_cannot() {
    in_a_call(
        "(loop (br_if 0
            (i32.and
                (i32.ne (table.grow $table (ref.null func) (i32.const 4096)) (i32.const -1))
                (i32.lt_u (table.size $table) (i32.const 0x100000)))))",
    );
}

#[test]
fn a_table_that_is_large_from_the_start() {
    let edits = [(
        "(table $table 1 funcref)",
        "(table $table 0x100000 funcref)",
    )];
    Case::plugin(&edits).run(|caller| {
        assert_eq!(caller.load("bad"), failed(Limit));
    });
}

#[test]
fn handles_by_the_ten_thousands() {
    case(|caller| {
        let instance = caller.load("good").expect("loads");
        for value in 0..30_000 {
            let thing = caller.scalar(instance, "#[constructor]thing", [value, 0, 0, 0]);
            assert_eq!(thing.map(|_| ()), Ok(()));
        }
    });
}

/// The buffer fills the arena of the bridge, and is none of the plugin's business.
#[test]
fn a_buffer_of_a_hundred_megabytes_of_zeroes() {
    case(|caller| {
        let instance = caller.load("good").expect("loads");
        let zeroes = caller.allocate(100 << 20).expect("the caller is free to");
        let sum = caller.raw_invoke(instance, number("bytes"), zeroes);
        assert_eq!(sum.map(|sum| slot(&sum)), failed(Limit));
    });
}

/// The caller's own engine lets it hand over 128 MiB at once, unless its embedder says otherwise.
#[test]
fn a_buffer_of_hundreds_of_megabytes_of_zeroes() {
    case(|caller| {
        let instance = caller.load("good").expect("loads");
        let zeroes = caller.allocate(256 << 20).expect("the caller is free to");
        let sum = caller.raw_invoke(instance, number("bytes"), zeroes);
        assert_eq!(sum, trapped());
    });
}

#[test]
fn a_list_of_megabytes() {
    case(|caller| {
        let instance = caller.load("good").expect("loads");
        let mut sum = |length: u64| {
            let buffer = list(length, &vec![1; length as usize]);
            let sum = caller.invoke(instance, "bytes", &buffer);
            sum.map(|sum| slot(&sum))
        };
        let most = (64 << 20) - 16;
        assert_eq!(sum(most), Ok(most));
        assert_eq!(sum(most + 1), failed(Limit));
    });
}

/// The buffer has a megabyte, the plugin is given a hundred.
#[test]
fn texts_that_are_all_the_same_megabyte() {
    case(|caller| {
        let instance = caller.load("good").expect("loads");
        let texts = words(&[behind(2) as u32 + 800, 1 << 20].repeat(100));
        let buffer = [list(100, &texts), vec![b'a'; 1 << 20]].concat();
        let lengths = caller.invoke(instance, "texts", &buffer);
        assert_eq!(lengths.map(|sum| slot(&sum)), Ok(100 << 20));
    });
}

/// It goes through the memories of the plugin, of the bridge and of the caller.
#[test]
fn a_result_of_megabytes() {
    let edits = [(
        r#"(memory (export "memory") 1)"#,
        r#"(memory (export "memory") 1024)"#,
    )];
    Case::plugin(&edits).run(|caller| {
        let instance = caller.load("bad").expect("loads");
        let mut claim = |size: u64| {
            let bytes = caller.invoke(instance, "claim-bytes", &slots(&[0, size]));
            bytes.map(|bytes| bytes.len() as u64)
        };
        let most = 1024 * PAGE - 8;
        assert_eq!(claim(most), Ok(8 + most));
        assert_eq!(claim(most + 1), failed(ResultLimit));
    });
}

#[test]
fn a_result_of_hundreds_of_megabytes() {
    let edits = [(
        r#"(memory (export "memory") 1)"#,
        r#"(memory (export "memory") 4000)"#,
    )];
    Case::plugin(&edits).run(|caller| {
        let instance = caller.load("bad").expect("loads");
        let bytes = caller.invoke(instance, "claim-bytes", &slots(&[0, 4000 * PAGE]));
        assert_eq!(bytes, failed(Exhausted));
    });
}
