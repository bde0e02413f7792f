//! How a type lies in memory and in slots; all of it is computed at compile time.

/// A Rust type that stands for a WIT type.
///
/// `#[derive(ComponentType, Lower, Lift)]` makes a struct a WIT `record` of the same fields, and
/// an enum a `variant` or `enum` of the same cases.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not stand for a WIT type",
    note = "derive `first_class::ComponentType` for a struct or an enum"
)]
pub trait ComponentType {
    /// How values lie in memory and in slots.
    const LAYOUT: Layout;
}

/// The shape of a type in the canonical ABI.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Layout {
    /// Bytes in memory, a multiple of the alignment.
    pub size: usize,
    /// The alignment in memory, in bytes.
    pub align: usize,
    /// How many core values the type flattens to.
    pub flat: usize,
    /// Whether values refer to memory besides their own, as strings and lists do.
    pub heap: bool,
    /// The bytes of the discriminant, for variants; else 0.
    pub discriminant: usize,
    /// Where the payload lies, for variants; else 0.
    pub payload: usize,
}

impl Layout {
    /// A value without content.
    pub const UNIT: Layout = Layout {
        size: 0,
        align: 1,
        flat: 0,
        heap: false,
        discriminant: 0,
        payload: 0,
    };

    /// A string or a list: an address and a length.
    pub const LIST: Layout = Layout {
        size: 8,
        align: 4,
        flat: 2,
        heap: true,
        ..Layout::UNIT
    };

    /// A number of this many bytes.
    pub const fn scalar(size: usize) -> Layout {
        Layout {
            size,
            align: size,
            flat: 1,
            ..Layout::UNIT
        }
    }

    /// A record or tuple of these fields.
    pub const fn record(fields: &[Layout]) -> Layout {
        let mut record = Layout::UNIT;
        let mut index = 0;
        while index < fields.len() {
            let field = fields[index];
            record.size = align_to(record.size, field.align) + field.size;
            record.align = max(record.align, field.align);
            record.flat += field.flat;
            record.heap |= field.heap;
            index += 1;
        }
        record.size = align_to(record.size, record.align);
        record
    }

    /// A variant of cases with these payloads; [`Layout::UNIT`] for a case without one.
    pub const fn variant(cases: &[Layout]) -> Layout {
        let discriminant = discriminant_size(cases.len());
        let mut payload = Layout::UNIT;
        let mut index = 0;
        while index < cases.len() {
            let case = cases[index];
            payload.size = max(payload.size, case.size);
            payload.align = max(payload.align, case.align);
            payload.flat = max(payload.flat, case.flat);
            payload.heap |= case.heap;
            index += 1;
        }
        let align = max(discriminant, payload.align);
        let offset = align_to(discriminant, payload.align);
        Layout {
            size: align_to(offset + payload.size, align),
            align,
            flat: 1 + payload.flat,
            heap: payload.heap,
            discriminant,
            payload: offset,
        }
    }

    /// A list of fixed length.
    pub const fn array(element: Layout, length: usize) -> Layout {
        Layout {
            size: element.size * length,
            align: element.align,
            flat: element.flat * length,
            heap: element.heap,
            ..Layout::UNIT
        }
    }
}

const fn discriminant_size(cases: usize) -> usize {
    match cases {
        0..=0x100 => 1,
        0x101..=0x1_0000 => 2,
        _ => 4,
    }
}

const fn max(a: usize, b: usize) -> usize {
    if a > b { a } else { b }
}

/// The next multiple of `align`, a power of two.
pub(crate) const fn align_to(offset: usize, align: usize) -> usize {
    (offset + align - 1) & !(align - 1)
}
