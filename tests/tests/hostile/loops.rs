//! Plugins that never return, wherever they are called. The deadline ends them.

use crate::case::{Case, failed};
use crate::honest::round;
use crate::puppet::Puppet;
use crate::target::{Edit, list};
use first_class_abi::contract::FailureCode::{Dead, Deadline, Limit};
use first_class_tests::LONG;
use std::time::Instant;

const NEW: &str = "#[constructor]thing";
const DROP: &str = "#[resource-drop]thing";

/// Where a plugin can be made to do something else, and the text after which that stands.
const START: &str = "(func $start";
const CALL: &str = r#"(func (export "nothing")"#;
const REALLOC: &str = "(call $allocate (local.get $align) (local.get $size))";
const POST_RETURN: &str = r#"(func (export "cabi_post_echo") (param i32)"#;
const DESTRUCTOR: &str =
    r#"(func (export "test:target/things@0.1.0#[dtor]thing") (param $thing i32)"#;

const FOREVER: &str = "(loop (br 0))";

/// Runs a case with a plugin that does something more at such a place.
fn endless(place: &str, code: &str, act: impl FnOnce(&mut Puppet)) {
    let more = format!("{place} {code}");
    let edits: [Edit<'_>; 1] = [(place, &more)];
    let started = Instant::now();
    Case::plugin(&edits).endless().run(act);
    assert!(started.elapsed() < LONG);
}

/// Such a call is stopped, and the instance is dead.
fn is_stopped(caller: &mut Puppet, instance: u32, function: &str, arguments: &[u8]) {
    let call = caller.invoke(instance, function, arguments);
    assert_eq!(call, failed(Deadline));
    let add = caller.scalar(instance, "add", [1, 0, 0, 0]);
    assert_eq!(add, failed(Dead));
}

/// Runs a case with such code in a call that is made in both lanes.
fn in_a_call(code: &str) {
    endless(CALL, code, |caller| {
        let instance = caller.load("bad").expect("loads");
        is_stopped(caller, instance, "nothing", &[]);
        let instance = caller.load("bad").expect("loads");
        let call = caller.scalar(instance, "nothing", [0; 4]);
        assert_eq!(call, failed(Deadline));
    });
}

#[test]
fn at_the_start() {
    endless(START, FOREVER, |caller| {
        assert_eq!(caller.load("bad"), failed(Limit));
    });
}

#[test]
fn in_a_function() {
    in_a_call(FOREVER);
}

/// Not the loop but the calls take forever, and the stack is never full.
#[test]
fn in_a_tree_of_calls() {
    let tree = r#"(func $tree (param $depth i32)
        (if (local.get $depth) (then
          (call $tree (i32.sub (local.get $depth) (i32.const 1)))
          (call $tree (i32.sub (local.get $depth) (i32.const 1))))))
      (func $reset "#;
    let call = format!("{CALL} (call $tree (i32.const 60))");
    let edits: [Edit<'_>; 2] = [("(func $reset ", tree), (CALL, &call)];
    Case::plugin(&edits).endless().run(|caller| {
        let instance = caller.load("bad").expect("loads");
        is_stopped(caller, instance, "nothing", &[]);
    });
}

/// Each step of the loop is one instruction that takes its time.
#[test]
fn in_fills_of_the_memory() {
    in_a_call("(loop (memory.fill (i32.const 0) (i32.const 0) (i32.const 65536)) (br 0))");
}

/// Each step asks the host for what it is refused.
#[test]
fn in_growth_that_is_refused() {
    in_a_call("(loop (drop (memory.grow (i32.const 65536))) (br 0))");
}

#[test]
fn in_the_allocator() {
    let edits = [(REALLOC, "(loop (br 0)) unreachable")];
    Case::plugin(&edits).endless().run(|caller| {
        let instance = caller.load("bad").expect("loads");
        round_without_texts(caller, instance);
        is_stopped(caller, instance, "bytes", &list(4, &[1; 4]));
    });
}

#[test]
fn after_the_return() {
    endless(POST_RETURN, FOREVER, |caller| {
        let instance = caller.load("bad").expect("loads");
        round_without_texts(caller, instance);
        is_stopped(caller, instance, "echo", &list(4, b"echo"));
    });
}

#[test]
fn in_the_destructor_when_a_handle_is_dropped() {
    endless(DESTRUCTOR, FOREVER, |caller| {
        let instance = caller.load("bad").expect("loads");
        let thing = caller.scalar(instance, NEW, [1, 0, 0, 0]);
        let thing = thing.expect("makes a thing");
        let drop = caller.scalar(instance, DROP, [thing, 0, 0, 0]);
        assert_eq!(drop, failed(Deadline));
    });
}

#[test]
fn in_the_destructor_when_a_handle_is_given_away() {
    endless(DESTRUCTOR, FOREVER, |caller| {
        let instance = caller.load("bad").expect("loads");
        let things = [1, 2].map(|value| {
            let thing = caller.scalar(instance, NEW, [value, 0, 0, 0]);
            thing.expect("makes a thing")
        });
        let sum = caller.scalar(instance, "#consume", [things[0], things[1], 0, 0]);
        assert_eq!(sum, failed(Deadline));
    });
}

/// Nobody runs destructors then, so there is nothing to wait for.
#[test]
fn in_the_destructor_when_the_instance_is_released() {
    endless(DESTRUCTOR, FOREVER, |caller| {
        let instance = caller.load("bad").expect("loads");
        let thing = caller.scalar(instance, NEW, [1, 0, 0, 0]);
        thing.expect("makes a thing");
        let started = Instant::now();
        caller.release(instance).expect("releases");
        assert!(started.elapsed() < LONG);
    });
}

/// One after the other is stopped, each by a deadline of its own.
#[test]
fn in_several_instances() {
    endless(CALL, FOREVER, |caller| {
        let instances = [(); 3].map(|()| caller.load("bad").expect("loads"));
        let (honest, mut total) = (caller.load("good").expect("loads"), 0);
        for instance in instances {
            is_stopped(caller, instance, "nothing", &[]);
            round(caller, honest, &mut total).expect("lives");
        }
    });
}

/// The instance works as long as it is not asked for what it cannot do.
fn round_without_texts(caller: &mut Puppet, instance: u32) {
    assert_eq!(caller.scalar(instance, "add", [2, 0, 0, 0]), Ok(2));
    let thing = caller.scalar(instance, NEW, [1, 0, 0, 0]);
    let thing = thing.expect("makes a thing");
    let drop = caller.scalar(instance, DROP, [thing, 0, 0, 0]);
    assert_eq!(drop, Ok(0));
}
