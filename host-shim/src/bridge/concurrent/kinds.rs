//! The kinds of streams and futures of a world.

use super::walks::Walks;
use super::{Text, import, table};
use first_class_abi::layout::Layouts;
use first_class_abi::{Callable, Transmit, Transmits, World};
use std::fmt::Write;

/// How many bytes describe a kind in memory.
pub(super) const KIND_SIZE: usize = 16;

/// How much is read at once, in bytes: what is read is set aside before.
const MOST_READ: u32 = 64 << 10;

/// How many elements are read at once that take no memory, which is what the canonical ABI allows.
const MOST_ELEMENTS: u32 = (1 << 28) - 1;

/// A kind that some function of a plugin has.
pub(super) struct Kind<'a> {
    number: usize,
    transmit: &'a Transmit,
    /// A function that has it, and its position there.
    callable: &'a Callable,
    position: u32,
}

/// The tables of what can be done with a kind, and the names of the functions in them.
const TABLES: [&str; 7] = [
    "make",
    "read",
    "write",
    "read-cancel",
    "write-cancel",
    "reader-drop",
    "writer-drop",
];

impl<'a> Kind<'a> {
    /// All kinds by their numbers, as far as a function has them that the plugin does not lack.
    pub(super) fn of_world(
        world: &'a World,
        transmits: &'a Transmits,
        lacks: &[u32],
    ) -> Vec<Option<Kind<'a>>> {
        let kinds = transmits.kinds().iter().enumerate();
        let kinds = kinds.map(|(number, transmit)| {
            let mut found = transmit.found.iter();
            let (function, position) = found.find(|(function, _)| !lacks.contains(function))?;
            Some(Kind {
                number,
                transmit,
                callable: &world.callables()[*function as usize],
                position: *position,
            })
        });
        kinds.collect()
    }

    /// Writes its imports.
    pub(super) fn write(&self, text: &mut Text) {
        let number = self.number;
        let read = self.transfer("read", text);
        let write = self.transfer("write", text);
        let imports = [
            ("make", self.import("", "new"), "$make"),
            (
                "read-cancel",
                self.import(LOWERED, "cancel-read"),
                "$exchange",
            ),
            (
                "write-cancel",
                self.import(LOWERED, "cancel-write"),
                "$exchange",
            ),
            ("reader-drop", self.import("", "drop-readable"), "$drop"),
            ("writer-drop", self.import("", "drop-writable"), "$drop"),
        ];
        text.imports += &read;
        text.imports += &write;
        for (name, import, ty) in imports {
            // Writing to a string does not fail.
            let _ = writeln!(
                text.imports,
                "(import {import} (func ${name}-{number} (type {ty})))"
            );
        }
    }

    /// The import that reads or writes. That of a future takes no count, so it gets a function
    /// before it that does.
    fn transfer(&self, name: &str, text: &mut Text) -> String {
        let number = self.number;
        let import = self.import(LOWERED, name);
        if !self.transmit.is_future {
            return format!("(import {import} (func ${name}-{number} (type $transfer)))\n");
        }
        // Writing to a string does not fail.
        let _ = writeln!(
            text.functions,
            "(func ${name}-{number} (type $transfer) (param $end i32) (param $at i32) (param i32)
              (result i32) (call ${name}-one-{number} (local.get $end) (local.get $at)))"
        );
        format!("(import {import} (func ${name}-one-{number} (param i32 i32) (result i32)))\n")
    }

    fn import(&self, prefix: &str, operation: &str) -> String {
        let sort = match self.transmit.is_future {
            true => "future",
            false => "stream",
        };
        let module = match self.callable.interface.as_str() {
            "" => "$root",
            interface => interface,
        };
        let (position, function) = (self.position, &self.callable.name);
        import(
            module,
            &format!("{prefix}[{sort}-{operation}-{position}]{function}"),
        )
    }
}

const LOWERED: &str = "[async-lower]";

/// The tables of what can be done with each kind.
pub(super) fn tables(kinds: &[Option<Kind<'_>>]) -> String {
    let tables = TABLES.map(|name| {
        let functions = kinds.iter().map(|kind| {
            let number = kind.as_ref()?.number;
            Some(format!("${name}-{number}"))
        });
        table(&format!("{name}s"), functions)
    });
    tables.concat()
}

/// What the module has in its memory of each kind: see `runtime.wat`.
pub(super) fn descriptions(
    transmits: &Transmits,
    layouts: &Layouts,
    walks: &mut Walks<'_>,
) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(transmits.kinds().len() * KIND_SIZE);
    for kind in transmits.kinds() {
        let payload = kind.payload.as_ref();
        let size = payload.map_or(0, |ty| layouts.get(ty).size);
        let most = match size {
            _ if kind.is_future => 1,
            0 => MOST_ELEMENTS,
            size => (MOST_READ / size).max(1),
        };
        let fix = payload.and_then(|ty| walks.element(ty));
        let fix = fix.map_or(u32::MAX, |fix| fix as u32);
        for word in [size, most, u32::from(kind.is_future), fix] {
            bytes.extend(word.to_le_bytes());
        }
    }
    bytes
}
