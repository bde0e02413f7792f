//! Plugins that trap, wherever they are called and by whatever means.

use crate::case::{Case, failed};
use crate::puppet::Puppet;
use crate::target::{Edit, list};
use first_class_abi::contract::FailureCode::{Dead, Instantiate, Trap};

const NEW: &str = "#[constructor]thing";
const DROP: &str = "#[resource-drop]thing";

/// Runs a case with a plugin that does something more after such a text of its source.
fn plugin(place: &str, code: &str, act: impl FnOnce(&mut Puppet)) {
    let more = format!("{place} {code}");
    let edits: [Edit<'_>; 1] = [(place, &more)];
    Case::plugin(&edits).run(act);
}

/// A test for each line: what a plugin traps by. It does so while it starts, and in a call.
macro_rules! traps {
    ($($(#[$doc:meta])* $name:ident: $code:literal;)*) => {
        $(
            $(#[$doc])*
            #[test]
            fn $name() {
                plugin("(func $start", $code, |caller| {
                    assert_eq!(caller.load("bad"), failed(Instantiate));
                });
                plugin(r#"(func (export "nothing")"#, $code, |caller| {
                    let instance = caller.load("bad").expect("loads");
                    assert_eq!(caller.invoke(instance, "nothing", &[]), failed(Trap));
                    assert_eq!(caller.invoke(instance, "nothing", &[]), failed(Dead));
                    let instance = caller.load("bad").expect("loads");
                    assert_eq!(caller.scalar(instance, "nothing", [0; 4]), failed(Trap));
                });
            }
        )*
    };
}

traps! {
    by_unreachable: "unreachable";
    by_dividing_by_zero: "(drop (i32.div_u (i32.const 1) (i32.const 0)))";
    by_dividing_out_of_range: "(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))";
    by_a_float_that_is_no_integer: "(drop (i32.trunc_f64_s (f64.const nan)))";
    by_reading_far_out: "(drop (i64.load offset=0xfffffff8 (i32.const -1)))";
    by_reading_at_the_end: "(drop (i32.load8_u (i32.const 65536)))";
    by_writing_across_the_end: "(i64.store (i32.const 65532) (i64.const -1))";
    by_filling_beyond_the_end: "(memory.fill (i32.const 1) (i32.const 0) (i32.const 65536))";
    by_copying_beyond_the_end: "(memory.copy (i32.const 8) (i32.const 0) (i32.const -1))";
    by_calling_null: "(call_indirect (i32.const 0))";
    by_calling_out_of_the_table: "(call_indirect (i32.const -1))";
    by_a_handle_of_its_own_that_there_is_not: "(call $drop (i32.const 77))";
    by_a_thing_of_its_own_that_there_is_not: "(drop (call $number (i32.const 77)))";
}

/// Each call takes little stack, so there are many.
#[test]
fn by_deep_recursion_at_the_start() {
    plugin("(func $start", "(call $start)", |caller| {
        assert_eq!(caller.load("bad"), failed(Instantiate));
    });
}

/// Each call takes much stack, so the last goes far beyond what there is.
#[test]
fn by_recursion_with_large_frames() {
    let locals: String = (0..2000).map(|_| "(local i64)").collect();
    let uses: String = (0..2000)
        .map(|local| format!("(drop (i64.add (local.get {local}) (local.get $sum)))"))
        .collect();
    let code = format!("{locals} (local $sum i64) (call $start) {uses}");
    plugin("(func $start", &code, |caller| {
        assert_eq!(caller.load("bad"), failed(Instantiate));
    });
}

#[test]
fn by_deep_recursion_in_the_allocator() {
    let honest = "(call $allocate (local.get $align) (local.get $size))";
    let recursion = "(call $again)";
    let again = "(func $again (result i32) (i32.add (i32.const 1) (call $again))) (func $reset ";
    let edits = [(honest, recursion), ("(func $reset ", again)];
    Case::plugin(&edits).run(|caller| {
        let instance = caller.load("bad").expect("loads");
        let sum = caller.invoke(instance, "bytes", &list(4, &[1; 4]));
        assert_eq!(sum, failed(Trap));
    });
}

#[test]
fn in_the_allocator() {
    let honest = "(call $allocate (local.get $align) (local.get $size))";
    Case::plugin(&[(honest, "unreachable")]).run(|caller| {
        let instance = caller.load("bad").expect("loads");
        assert_eq!(caller.scalar(instance, "add", [2, 0, 0, 0]), Ok(2));
        let sum = caller.invoke(instance, "bytes", &list(4, &[1; 4]));
        assert_eq!(sum, failed(Trap));
    });
}

#[test]
fn after_the_return() {
    let place = r#"(func (export "cabi_post_echo") (param i32)"#;
    plugin(place, "unreachable", |caller| {
        let instance = caller.load("bad").expect("loads");
        let echo = caller.invoke(instance, "echo", &list(4, b"echo"));
        assert_eq!(echo, failed(Trap));
    });
}

/// Makes an instance whose destructor traps, and a thing in it.
fn destructor(act: impl FnOnce(&mut Puppet, u32, u64)) {
    let place = r#"(func (export "test:target/things@0.1.0#[dtor]thing") (param $thing i32)"#;
    plugin(place, "unreachable", |caller| {
        let instance = caller.load("bad").expect("loads");
        let thing = caller.scalar(instance, NEW, [1, 0, 0, 0]);
        act(caller, instance, thing.expect("makes a thing"));
    });
}

#[test]
fn in_the_destructor_when_a_handle_is_dropped() {
    destructor(|caller, instance, thing| {
        let drop = caller.scalar(instance, DROP, [thing, 0, 0, 0]);
        assert_eq!(drop, failed(Trap));
        assert_eq!(caller.scalar(instance, "nothing", [0; 4]), failed(Dead));
    });
}

#[test]
fn in_the_destructor_when_a_handle_is_given_away() {
    destructor(|caller, instance, thing| {
        let gather = list(1, &(thing as u32).to_le_bytes());
        let sum = caller.invoke(instance, "#gather", &gather);
        assert_eq!(sum, failed(Trap));
    });
}

#[test]
fn in_the_destructor_when_the_instance_is_released() {
    destructor(|caller, instance, _| {
        caller.release(instance).expect("runs no destructor");
    });
}
