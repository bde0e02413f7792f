//! Callers whose allocator, which the host calls for space for its answer, is no allocator.

use crate::case::{Case, trapped};
use crate::puppet::{Outcome, Puppet};
use crate::target::{ENCODED, Edit, list};

/// What there is of the honest allocator.
const HONEST: &str = r#"(param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32)
      (call $allocate (local.get $align) (local.get $size)))"#;

/// How much a caller may compute that would do so forever.
const FUEL: u64 = 10_000_000;

/// What a caller does to be answered with something for which there must be space.
type Act = fn(&mut Puppet) -> Outcome<()>;

const ACTS: [(&str, Act); 4] = [
    ("available", |caller| caller.available(&ENCODED)),
    ("a failure of available", |caller| caller.available(b"")),
    ("a failure of load", |caller| caller.load("none").map(drop)),
    ("invoke", |caller| {
        let instance = caller.load("good").expect("needs no space");
        let echo = caller.invoke(instance, "echo", &list(4, b"echo"));
        echo.map(drop)
    }),
];

/// Has callers with such an allocator do everything that asks for space.
fn allocator(body: &str, act: impl Fn(&mut Puppet, &str, Act)) {
    let body = format!(
        "(param $old i32) (param $old-size i32) (param $align i32) (param $size i32) \
         (result i32) {body})"
    );
    let edits: [Edit<'_>; 1] = [(HONEST, &body)];
    Case::caller(&edits).run_each(ACTS, |caller, (name, question)| act(caller, name, question));
}

fn is_fatal(body: &str) {
    allocator(body, |caller, name, question| {
        assert_eq!(question(caller), trapped(), "{name}");
    });
}

#[test]
fn it_traps() {
    is_fatal("unreachable");
}

#[test]
fn it_gives_an_address_behind_the_memory() {
    is_fatal("(i32.const 0x7fff0000)");
}

#[test]
fn it_gives_the_last_address() {
    is_fatal("(i32.const -1)");
}

#[test]
fn it_gives_an_address_with_too_little_behind_it() {
    is_fatal("(i32.const 65534)");
}

#[test]
fn it_calls_itself_forever() {
    is_fatal("(call 1 (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1))");
}

#[test]
fn it_calls_the_contract() {
    is_fatal("(call_indirect (type $release) (i32.const 0) (i32.const 0)) (i32.const 1024)");
}

#[test]
fn it_never_returns() {
    allocator("(loop (br 0)) unreachable", |caller, name, question| {
        caller.limit_fuel(FUEL);
        assert_eq!(question(caller), trapped(), "{name}");
    });
}

/// A list of texts has to be aligned, also the empty one of a failure; bytes need not be.
#[test]
fn it_gives_an_odd_address() {
    let odd = "(i32.add (call $allocate (local.get $align) (i32.add (local.get $size) (i32.const 1))) (i32.const 1))";
    allocator(odd, |caller, name, question| {
        let expected = match name {
            "invoke" => Ok(()),
            _ => trapped(),
        };
        assert_eq!(question(caller), expected, "{name}");
    });
}

/// It is the caller's own memory that is overwritten.
#[test]
fn it_gives_the_same_address_each_time() {
    allocator("(i32.const 2048)", |caller, name, question| {
        question(caller)
            .or_else(|woe| match name {
                "a failure of load" | "a failure of available" => Ok(()),
                _ => Err(woe),
            })
            .expect("is answered");
        assert!(!caller.trapped, "{name}");
    });
}

#[test]
fn it_grows_the_memory_each_time() {
    let grows =
        "(drop (memory.grow (i32.const 16))) (call $allocate (local.get $align) (local.get $size))";
    allocator(grows, |caller, name, question| {
        let answer = question(caller);
        assert!(!caller.trapped, "{name}");
        assert_eq!(answer.is_err(), name.contains("failure"), "{name}");
    });
}
