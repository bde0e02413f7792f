//! Handles of the caller's resources on one side of a lower bridge, and its numbers on the other.

use super::{DROP_TYPE, EXCHANGE_TYPE, FIRST_INTRINSIC, RETURN_AREA};
use crate::bridge::arena::TOP;
use crate::bridge::slots::at;
use wasm_encoder::{BlockType, Function, InstructionSink, ValType};

/// Whether a handle is dropped that goes to the caller, whose resource lives on. The global after
/// that of the arena.
pub(super) const GOES_OUT: u32 = TOP + 1;

/// What a resource has, in the order of its imports and of its places in the table.
const NEW: u32 = 0;
const REP: u32 = 1;
const DROP: u32 = 2;
pub(super) const INTRINSICS: u32 = 3;

/// Makes a handle of a number of the caller's.
pub(super) fn make(resource: u32) -> Function {
    let mut body = Function::new([]);
    let mut code = body.instructions();
    code.local_get(0)
        .call(FIRST_INTRINSIC + resource * INTRINSICS + NEW)
        .end();
    body
}

/// Takes the number out of a handle, which is no more.
pub(super) fn take(resource: u32) -> Function {
    let intrinsics = FIRST_INTRINSIC + resource * INTRINSICS;
    let mut body = Function::new([]);
    let mut code = body.instructions();
    code.local_get(0)
        .call(intrinsics + REP)
        .i32_const(1)
        .global_set(GOES_OUT)
        .local_get(0)
        .call(intrinsics + DROP)
        .i32_const(0)
        .global_set(GOES_OUT)
        .end();
    body
}

/// Replaces handles by the caller's numbers, and drops them.
pub(super) fn take_out() -> Function {
    for_each_handle(|code, address, resource| {
        // What is taken out is left on the stack for the store.
        code.local_get(address)
            .local_get(address)
            .i32_load(at(0, 2));
        exchange(code, resource, REP);
        code.i32_const(1).global_set(GOES_OUT);
        code.local_get(address).i32_load(at(0, 2));
        exchange(code, resource, DROP);
        code.i32_const(0).global_set(GOES_OUT);
        code.i32_store(at(0, 2));
    })
}

/// Replaces the caller's numbers by handles.
pub(super) fn bring_in() -> Function {
    for_each_handle(|code, address, resource| {
        code.local_get(address)
            .local_get(address)
            .i32_load(at(0, 2));
        exchange(code, resource, NEW);
        code.i32_store(at(0, 2));
    })
}

/// Calls an intrinsic of the resource in a local.
fn exchange(code: &mut InstructionSink<'_>, resource: u32, intrinsic: u32) {
    let ty = match intrinsic {
        DROP => DROP_TYPE,
        _ => EXCHANGE_TYPE,
    };
    code.local_get(resource)
        .i32_const(INTRINSICS as i32)
        .i32_mul()
        .i32_const(intrinsic as i32)
        .i32_add()
        .call_indirect(0, ty);
}

/// A loop over what `handles` has returned: pairs of the address of a handle and the place of its
/// resource among those that are served.
fn for_each_handle(each: impl FnOnce(&mut InstructionSink<'_>, u32, u32)) -> Function {
    const NEXT: u32 = 0;
    const END: u32 = 1;
    const ADDRESS: u32 = 2;
    const RESOURCE: u32 = 3;
    let mut body = Function::new([(4, ValType::I32)]);
    let mut code = body.instructions();
    code.i32_const(0)
        .i32_load(at(RETURN_AREA, 2))
        .local_tee(NEXT)
        .i32_const(0)
        .i32_load(at(RETURN_AREA + 4, 2))
        .i32_add()
        .local_set(END);
    code.block(BlockType::Empty).loop_(BlockType::Empty);
    code.local_get(NEXT).local_get(END).i32_ge_u().br_if(1);
    // The list has no alignment of its own.
    code.local_get(NEXT)
        .i32_load(at(0, 0))
        .local_set(ADDRESS)
        .local_get(NEXT)
        .i32_load(at(4, 0))
        .local_set(RESOURCE);
    each(&mut code, ADDRESS, RESOURCE);
    code.local_get(NEXT)
        .i32_const(8)
        .i32_add()
        .local_set(NEXT)
        .br(0)
        .end()
        .end()
        .end();
    body
}
