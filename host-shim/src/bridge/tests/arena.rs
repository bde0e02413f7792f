//! The allocator of a bridge, called as the adapters call it.

use super::world;
use crate::bridge::{entry, module};
use first_class_abi::contract::ARENA_BASE;
use wasmtime::{Engine, Instance, Memory, Module, Store, Trap, TypedFunc};

/// The module of a bridge without functions.
struct Arena {
    store: Store<()>,
    memory: Memory,
    realloc: TypedFunc<(u32, u32, u32, u32), u32>,
}

impl Arena {
    fn new() -> Self {
        let world = world("package a:b; world w {}");
        let module = module::generate(&world, &[], &[], &[], entry(false)).expect("generates");
        let engine = Engine::default();
        let module = Module::new(&engine, module).expect("is valid");
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module, &[]).expect("instantiates");
        let memory = instance.get_memory(&mut store, "memory");
        let realloc = instance.get_typed_func(&mut store, "cabi_realloc");
        Arena {
            memory: memory.expect("is exported"),
            realloc: realloc.expect("is exported"),
            store,
        }
    }

    /// Allocates, and fills what it got with a byte.
    fn filled(&mut self, byte: u8, size: u32) -> u32 {
        let address = self.realloc(0, 0, 1, size);
        let data = self.memory.data_mut(&mut self.store);
        data[address as usize..][..size as usize].fill(byte);
        address
    }

    fn realloc(&mut self, old: u32, old_size: u32, align: u32, size: u32) -> u32 {
        let address = self.try_realloc(old, old_size, align, size);
        address.expect("there is memory")
    }

    fn try_realloc(
        &mut self,
        old: u32,
        old_size: u32,
        align: u32,
        size: u32,
    ) -> wasmtime::Result<u32> {
        let params = (old, old_size, align, size);
        self.realloc.call(&mut self.store, params)
    }

    fn holds(&self, address: u32, byte: u8, size: u32) -> bool {
        let data = self.memory.data(&self.store);
        let held = &data[address as usize..][..size as usize];
        held.iter().all(|it| *it == byte)
    }
}

#[test]
fn the_arena_starts_at_its_base_and_aligns() {
    let mut arena = Arena::new();
    assert_eq!(arena.realloc(0, 0, 1, 3), ARENA_BASE);
    assert_eq!(arena.realloc(0, 0, 8, 8), ARENA_BASE + 8);
    assert_eq!(arena.realloc(0, 0, 4, 0), ARENA_BASE + 16);
    assert_eq!(arena.realloc(0, 0, 2, 2), ARENA_BASE + 16);
}

#[test]
fn the_last_allocation_grows_and_shrinks_where_it_is() {
    let mut arena = Arena::new();
    let first = arena.filled(1, 10);
    let last = arena.filled(2, 10);
    assert_eq!(arena.realloc(last, 10, 1, 200_000), last);
    assert_eq!(arena.realloc(last, 200_000, 1, 10), last);
    assert!(arena.holds(first, 1, 10) && arena.holds(last, 2, 10));
    assert_eq!(arena.realloc(0, 0, 1, 1), last + 10);
}

#[test]
fn any_other_allocation_moves_with_what_it_holds() {
    let mut arena = Arena::new();
    let first = arena.filled(1, 10);
    let second = arena.filled(2, 10);
    let grown = arena.realloc(first, 10, 1, 200_000);
    assert_eq!(grown, second + 10);
    assert!(arena.holds(grown, 1, 10) && arena.holds(second, 2, 10));

    let shrunk = arena.realloc(second, 10, 1, 5);
    assert_eq!(shrunk, grown + 200_000);
    assert!(arena.holds(shrunk, 2, 5) && arena.holds(grown, 1, 10));
}

#[test]
fn out_of_memory_traps_in_the_arena() {
    for (old, old_size) in [(0, 0), (ARENA_BASE, 10)] {
        let mut arena = Arena::new();
        arena.filled(1, 10);
        let error = arena.try_realloc(old, old_size, 1, u32::MAX);
        let trap = error.expect_err("is too much").downcast::<Trap>();
        assert_eq!(trap.expect("traps"), Trap::UnreachableCodeReached);
    }
}

#[test]
fn no_address_wraps_around_at_the_end_of_the_memory() {
    for left in [1, 0] {
        let mut arena = Arena::new();
        let all = u32::MAX - ARENA_BASE + 1 - left;
        let last = arena.try_realloc(0, 0, 1, all);
        let next = last.and_then(|_| arena.try_realloc(0, 0, 8, 8));
        assert!(next.is_err(), "there were {left} bytes left: {next:?}");
    }
}
