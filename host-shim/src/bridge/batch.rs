//! The entries for many calls at once.
//!
//! The calls lie at the start of the arena, in the form of `first-class:worlds`, and behind them what
//! the host is given: how many calls have a result, the address of each result and where the last
//! one ends, and the results. [`prepare`] makes room for that and says where it is before anything is
//! called, so that the host can read what there is even if a call traps. [`call`] comes back early
//! when the results are past the *window*, the part that the host knows of, which it then makes
//! larger.
//!
//! The host has checked the numbers and the lengths of the calls. What it could overlook makes
//! an access outside of the memory or the table, which traps.

use super::arena::{TOP, grow_to};
use super::module::{BUFFER_TABLE, BUFFER_TYPE, RETURN_AREA};
use super::slots::at;
use first_class_abi::contract::{ARENA_BASE, BATCH_ALIGN, BATCH_FRONT, CALL_FRONT};
use wasm_encoder::{BlockType, Function, InstructionSink, ValType};

/// Words in which a batch is kept between entries: the next call, how many calls there are, where what
/// the host is given begins, the end of the window, and where the window can end at most.
const NEXT: u32 = 32;
const COUNT: u32 = 36;
const GIVEN: u32 = 40;
const WINDOW: u32 = 44;
const MOST: u32 = 48;

/// The size of the address of a result.
const ADDRESS: i32 = 4;

/// `(calls, length, count, window, most) -> address of (address, length)`; the last two are sizes.
///
/// `largest` is the size of the largest record that is a result: there is room for it behind the
/// window.
pub(super) fn prepare(largest: u32) -> Function {
    const CALLS: u32 = 0;
    const LENGTH: u32 = 1;
    const HOW_MANY: u32 = 2;
    const WINDOW_SIZE: u32 = 3;
    const MOST_SIZE: u32 = 4;
    const BEGIN: u32 = 5;
    const END: u32 = 6;
    let mut function = Function::new([(1, ValType::I32), (1, ValType::I64)]);
    let mut code = function.instructions();
    code.local_get(CALLS).local_get(LENGTH).i32_add();
    align(&mut code);
    code.local_set(BEGIN);

    store(&mut code, NEXT, |code| {
        code.local_get(CALLS);
    });
    store(&mut code, COUNT, |code| {
        code.local_get(HOW_MANY);
    });
    store(&mut code, GIVEN, |code| {
        code.local_get(BEGIN);
    });
    store(&mut code, MOST, |code| {
        code.local_get(BEGIN).local_get(MOST_SIZE).i32_add();
    });

    code.local_get(BEGIN)
        .i64_extend_i32_u()
        .local_get(WINDOW_SIZE)
        .i64_extend_i32_u()
        .i64_add()
        .local_set(END);
    set_window(&mut code, END, largest);

    // No call has a result, and the first one will begin behind the addresses of all.
    code.local_get(BEGIN).i32_const(0).i32_store(at(0, 2));
    code.local_get(BEGIN)
        .local_get(BEGIN)
        .local_get(HOW_MANY)
        .i32_const(ADDRESS)
        .i32_mul()
        .i32_add()
        .i32_const(BATCH_FRONT as i32 + ADDRESS)
        .i32_add();
    align(&mut code);
    code.i32_store(at(BATCH_FRONT as u32, 2));
    give(&mut code, BEGIN, |code| {
        code.local_get(WINDOW_SIZE);
    });
    code.end();
    function
}

/// The locals of [`call`].
const CALLED: u32 = 0;
const WINDOW_END: u32 = 1;
const START: u32 = 2;
const NEXT_CALL: u32 = 3;
const DONE: u32 = 4;
/// The address of the next result lies `BATCH_FRONT` behind this.
const PLACE: u32 = 5;
const SIZE: u32 = 6;
const WIDE: u32 = 7;

/// `() -> address of (address, length)`: calls until all is called, or the results are past the window.
pub(super) fn call(largest: u32) -> Function {
    let mut function = Function::new([(7, ValType::I32), (1, ValType::I64)]);
    let mut code = function.instructions();
    resume(&mut code);
    code.block(BlockType::Empty).loop_(BlockType::Empty);
    code.local_get(DONE)
        .local_get(CALLED)
        .i32_ge_u()
        .br_if(1)
        .global_get(TOP)
        .local_get(WINDOW_END)
        .i32_gt_u()
        .br_if(1);
    call_next(&mut code);
    code.br(0).end().end();

    store(&mut code, NEXT, |code| {
        code.local_get(NEXT_CALL);
    });
    code.local_get(DONE)
        .local_get(CALLED)
        .i32_lt_u()
        .if_(BlockType::Empty);
    twice_as_large(&mut code);
    set_window(&mut code, WIDE, largest);
    code.end();
    // Up to the end of the results or of the window, whichever is later.
    code.global_get(TOP)
        .i32_const(0)
        .i32_load(at(WINDOW, 2))
        .local_tee(WINDOW_END)
        .global_get(TOP)
        .local_get(WINDOW_END)
        .i32_gt_u()
        .select()
        .local_get(START)
        .i32_sub()
        .local_set(SIZE);
    give(&mut code, START, |code| {
        code.local_get(SIZE);
    });
    code.end();
    function
}

/// Goes on where the last entry has ended.
fn resume(code: &mut InstructionSink<'_>) {
    for (word, local) in [
        (NEXT, NEXT_CALL),
        (COUNT, CALLED),
        (GIVEN, START),
        (WINDOW, WINDOW_END),
    ] {
        code.i32_const(0).i32_load(at(word, 2)).local_set(local);
    }
    code.local_get(START).i32_load(at(0, 2)).local_set(DONE);
    code.local_get(START)
        .local_get(DONE)
        .i32_const(ADDRESS)
        .i32_mul()
        .i32_add()
        .local_tee(PLACE)
        .i32_load(at(BATCH_FRONT as u32, 2))
        .global_set(TOP);
}

/// Makes one call. Where its result ends is written before that there is one.
fn call_next(code: &mut InstructionSink<'_>) {
    code.local_get(NEXT_CALL)
        .i32_const(CALL_FRONT as i32)
        .i32_add()
        .global_get(TOP)
        .local_get(NEXT_CALL)
        .i32_load(at(0, 2))
        .call_indirect(BUFFER_TABLE, BUFFER_TYPE);
    code.global_get(TOP);
    align(code);
    code.global_set(TOP);
    code.local_get(PLACE)
        .i32_const(ADDRESS)
        .i32_add()
        .local_tee(PLACE)
        .global_get(TOP)
        .i32_store(at(BATCH_FRONT as u32, 2));
    code.local_get(START)
        .local_get(DONE)
        .i32_const(1)
        .i32_add()
        .local_tee(DONE)
        .i32_store(at(0, 2));
    code.local_get(NEXT_CALL)
        .i32_const(CALL_FRONT as i32)
        .i32_add()
        .local_get(NEXT_CALL)
        .i32_load(at(4, 2))
        .i32_add()
        .local_set(NEXT_CALL);
}

/// Aligns the address on the stack.
fn align(code: &mut InstructionSink<'_>) {
    code.i32_const(BATCH_ALIGN as i32 - 1)
        .i32_add()
        .i32_const(-(BATCH_ALIGN as i32))
        .i32_and();
}

/// Stores what `value` pushes in a word.
fn store(code: &mut InstructionSink<'_>, word: u32, value: impl FnOnce(&mut InstructionSink<'_>)) {
    code.i32_const(0);
    value(code);
    code.i32_store(at(word, 2));
}

/// Where a window ends in which twice the results have room, if it may be that large.
fn twice_as_large(code: &mut InstructionSink<'_>) {
    code.global_get(TOP)
        .i64_extend_i32_u()
        .global_get(TOP)
        .local_get(START)
        .i32_sub()
        .i64_extend_i32_u()
        .i64_add()
        .local_tee(WIDE);
    code.i32_const(0).i64_load32_u(at(MOST, 2));
    code.local_get(WIDE)
        .i32_const(0)
        .i64_load32_u(at(MOST, 2))
        .i64_lt_u()
        .select()
        .local_set(WIDE);
}

/// Lets the window end at an address, and makes room behind it for one record more, or traps.
fn set_window(code: &mut InstructionSink<'_>, end: u32, largest: u32) {
    store(code, WINDOW, |code| {
        code.local_get(end).i32_wrap_i64();
    });
    code.local_get(end)
        .i64_const(i64::from(largest))
        .i64_add()
        .local_set(end);
    grow_to(code, end);
}

/// Gives the host so many bytes. The arena counts as empty from here on.
fn give(code: &mut InstructionSink<'_>, start: u32, length: impl FnOnce(&mut InstructionSink<'_>)) {
    store(code, RETURN_AREA, |code| {
        code.local_get(start);
    });
    store(code, RETURN_AREA + 4, length);
    code.i32_const(ARENA_BASE as i32)
        .global_set(TOP)
        .i32_const(RETURN_AREA as i32);
}
