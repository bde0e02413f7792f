//! The two forms of a value, seen as one.
//!
//! In slots and in memory a value is a run of bytes whose parts follow each other, and a scalar is
//! in the first bytes of its run. The forms differ in how far apart the parts are, and in nothing
//! else that a decoder or an encoder has to know.

use crate::contract::SLOT_SIZE;
use crate::layout::{Layout, Layouts, align_to, tag_size};
use wit_parser::{Int, Type};

/// In which form a value lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// Slots of 8 bytes, one for each flattened core value.
    Slots,
    /// As in linear memory.
    Memory,
}

/// The parts of a record or a tuple, one after the other.
#[derive(Debug)]
pub struct Fields {
    form: Form,
    end: u32,
}

const SLOT: u32 = SLOT_SIZE as u32;

impl Form {
    /// The parts of a record, which are then asked for one after the other.
    pub fn fields(self) -> Fields {
        Fields { form: self, end: 0 }
    }

    /// How many bytes a value takes.
    pub fn size(self, layout: Layout) -> u32 {
        match self {
            // Only what has at most 16 core values is ever in slots.
            Form::Slots => layout.flat.saturating_mul(SLOT),
            Form::Memory => layout.size,
        }
    }

    /// How many bytes of a discriminant count.
    pub fn tag_size(self, tag: Int) -> u32 {
        match self {
            Form::Slots => 4,
            Form::Memory => tag_size(tag),
        }
    }

    /// Where the payload of a type with cases lies.
    pub fn payload(self, layout: Layout) -> u32 {
        match self {
            Form::Slots => SLOT,
            Form::Memory => layout.payload,
        }
    }
}

impl Fields {
    /// Where the next field lies.
    pub fn next(&mut self, layouts: &Layouts, ty: &Type) -> u32 {
        let layout = layouts.get(ty);
        let start = match self.form {
            Form::Slots => self.end,
            // The layout of the whole has been computed, so this does not overflow.
            Form::Memory => align_to(self.end, layout.align).unwrap_or(u32::MAX),
        };
        self.end = start.saturating_add(self.form.size(layout));
        start
    }
}
