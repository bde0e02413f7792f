//! The allocator of a bridge: the function that adapters call for space in the arena.

use wasm_encoder::{BlockType, Function, InstructionSink, ValType};

const PAGE: u32 = 65536;

/// The most pages that the memory may have. It ends before the last address, so that rounding up
/// to an alignment does not wrap around.
pub(super) const MAX_PAGES: u32 = u32::MAX / PAGE;

/// The end of the arena's used part; the only global.
pub(super) const TOP: u32 = 0;

/// How many pages of memory hold so many bytes.
pub(super) fn pages(bytes: usize) -> u64 {
    bytes.div_ceil(PAGE as usize) as u64
}

/// `cabi_realloc(old_address, old_size, align, new_size) -> address`.
///
/// An allocation at the end of the arena grows or shrinks where it is; adapters that transcode
/// strings do this. Anything else moves to the end. Out of memory traps here, where the cause
/// is plain, and not in the adapter. From the first allocation on, the memory has at least so many
/// bytes.
pub(super) fn realloc(least: u32) -> Function {
    const OLD: u32 = 0;
    const OLD_SIZE: u32 = 1;
    const ALIGN: u32 = 2;
    const NEW_SIZE: u32 = 3;
    const ADDRESS: u32 = 4;
    const END: u32 = 5;
    const WANTED: u32 = 6;
    let mut function = Function::new([(1, ValType::I32), (2, ValType::I64)]);
    let mut code = function.instructions();

    code.local_get(OLD_SIZE)
        .i32_const(0)
        .i32_ne()
        .local_get(OLD)
        .local_get(OLD_SIZE)
        .i32_add()
        .global_get(TOP)
        .i32_eq()
        .i32_and()
        .if_(BlockType::Result(ValType::I32))
        .local_get(OLD)
        .else_()
        .global_get(TOP)
        .local_get(ALIGN)
        .i32_add()
        .i32_const(1)
        .i32_sub()
        .i32_const(0)
        .local_get(ALIGN)
        .i32_sub()
        .i32_and()
        .end()
        .local_set(ADDRESS);

    code.local_get(ADDRESS)
        .i64_extend_i32_u()
        .local_get(NEW_SIZE)
        .i64_extend_i32_u()
        .i64_add()
        .local_tee(END)
        .i64_const(least.into())
        .local_get(END)
        .i64_const(least.into())
        .i64_gt_u()
        .select()
        .local_set(WANTED);
    grow_to(&mut code, WANTED);

    code.local_get(ADDRESS)
        .local_get(OLD)
        .i32_ne()
        .local_get(OLD_SIZE)
        .i32_const(0)
        .i32_ne()
        .i32_and()
        .if_(BlockType::Empty)
        .local_get(ADDRESS)
        .local_get(OLD)
        .local_get(OLD_SIZE)
        .local_get(NEW_SIZE)
        .local_get(OLD_SIZE)
        .local_get(NEW_SIZE)
        .i32_lt_u()
        .select()
        .memory_copy(0, 0)
        .end();

    code.local_get(END)
        .i32_wrap_i64()
        .global_set(TOP)
        .local_get(ADDRESS)
        .end();
    function
}

/// Makes the memory reach up to the address in the local `end`, or traps.
///
/// An end past the last address asks for more pages than there can be, so growing fails.
pub(super) fn grow_to(code: &mut InstructionSink<'_>, end: u32) {
    code.local_get(end)
        .memory_size(0)
        .i64_extend_i32_u()
        .i64_const(16)
        .i64_shl()
        .i64_gt_u()
        .if_(BlockType::Empty)
        .local_get(end)
        .i64_const(i64::from(PAGE - 1))
        .i64_add()
        .i64_const(16)
        .i64_shr_u()
        .i32_wrap_i64()
        .memory_size(0)
        .i32_sub()
        .memory_grow(0)
        .i32_const(-1)
        .i32_eq()
        .if_(BlockType::Empty)
        .unreachable()
        .end()
        .end();
}
