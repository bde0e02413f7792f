//! Functions that walk values by their types.
//!
//! Moving a value between buffers moves what it points to: a *fix* replaces each address in a
//! value, which has been copied already. A *spread* makes a value in memory of one in slots. Each
//! is a function of its own for each type that needs one, so that their size follows from that of
//! the world, however often a type is used.

use first_class_abi::layout::{Form, Layout, Layouts, tag_size};
use first_class_abi::wit_parser::{Int, Resolve, Type, TypeDefKind, TypeId};
use std::collections::HashMap;
use std::fmt::Write;

/// The walks that the functions of a bridge need, as text.
pub(super) struct Walks<'a> {
    resolve: &'a Resolve,
    layouts: &'a Layouts,
    /// Whether a type has addresses in it, by the type.
    deep: Vec<bool>,
    numbers: HashMap<(Walk, Part), usize>,
    fixes: usize,
    pending: Vec<(Walk, Part, usize)>,
    text: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Walk {
    Fix(Form),
    Spread,
}

/// What a walk is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Part {
    Type(TypeId),
    /// An element of a list of this type.
    Scalar(Type),
    /// An entry of this map.
    Entry(TypeId),
}

/// The bytes from the start of one element to the next, and their alignment.
struct Element {
    part: Part,
    layout: Layout,
    deep: bool,
}

impl<'a> Walks<'a> {
    pub(super) fn new(resolve: &'a Resolve, layouts: &'a Layouts) -> Self {
        let mut walks = Walks {
            resolve,
            layouts,
            deep: Vec::with_capacity(resolve.types.len()),
            numbers: HashMap::new(),
            fixes: 0,
            pending: Vec::new(),
            text: String::new(),
        };
        // A definition comes after those it refers to.
        for (_, definition) in &resolve.types {
            let deep = walks.is_deep_kind(&definition.kind);
            walks.deep.push(deep);
        }
        walks
    }

    /// Whether values of a type have addresses in them.
    pub(super) fn is_deep(&self, ty: &Type) -> bool {
        match ty {
            Type::String => true,
            Type::Id(id) => self.deep[id.index()],
            _ => false,
        }
    }

    fn is_deep_kind(&self, kind: &TypeDefKind) -> bool {
        let deep = |ty: &Type| self.is_deep(ty);
        match kind {
            TypeDefKind::List(_) | TypeDefKind::Map(..) => true,
            TypeDefKind::Type(ty)
            | TypeDefKind::Option(ty)
            | TypeDefKind::FixedLengthList(ty, _) => self.is_deep(ty),
            TypeDefKind::Record(it) => it.fields.iter().any(|it| deep(&it.ty)),
            TypeDefKind::Tuple(it) => it.types.iter().any(deep),
            TypeDefKind::Variant(it) => it.cases.iter().any(|it| it.ty.is_some_and(|ty| deep(&ty))),
            TypeDefKind::Result(it) => it.ok.iter().chain(&it.err).any(deep),
            _ => false,
        }
    }

    /// The code that fixes a value at a place in the local `$at`.
    pub(super) fn fix(&mut self, ty: &Type, form: Form, offset: u32) -> String {
        match ty {
            Type::String => self.fix_list(form, offset, None, Layout::BYTE),
            Type::Id(id) if self.is_deep(ty) => {
                let number = self.number(Walk::Fix(form), Part::Type(*id));
                format!("(call $fix-{number} {})\n", plus("$at", offset))
            }
            _ => String::new(),
        }
    }

    /// The code that spreads a value from slots in the local `$from` to memory at `$to`.
    pub(super) fn spread(&mut self, ty: &Type, from: u32, to: u32) -> String {
        let Type::Id(id) = ty else {
            return match ty {
                Type::String => spread_list(from, to),
                _ => copy(self.layouts.get(ty).size, from, to),
            };
        };
        let number = self.number(Walk::Spread, Part::Type(*id));
        let (from, to) = (plus("$from", from), plus("$to", to));
        format!("(call $spread-{number} {from} {to})\n")
    }

    /// The number of the function that fixes an element of a stream, if it needs one.
    pub(super) fn element(&mut self, ty: &Type) -> Option<usize> {
        let part = match ty {
            Type::Id(id) => Part::Type(*id),
            ty => Part::Scalar(*ty),
        };
        let is_deep = self.is_deep(ty);
        is_deep.then(|| self.number(Walk::Fix(Form::Memory), part))
    }

    /// All walks that were asked for, and how many of them are fixes.
    pub(super) fn finish(mut self) -> (String, usize) {
        while let Some((walk, part, number)) = self.pending.pop() {
            match walk {
                Walk::Fix(form) => self.write_fix(form, part, number),
                Walk::Spread => self.write_spread(part, number),
            }
        }
        (self.text, self.fixes)
    }

    fn number(&mut self, walk: Walk, part: Part) -> usize {
        if let Some(number) = self.numbers.get(&(walk, part)) {
            return *number;
        }
        let number = match walk {
            Walk::Fix(_) => self.fixes,
            Walk::Spread => self.numbers.len() - self.fixes,
        };
        if let Walk::Fix(_) = walk {
            self.fixes += 1;
        }
        self.numbers.insert((walk, part), number);
        self.pending.push((walk, part, number));
        number
    }

    fn write_fix(&mut self, form: Form, part: Part, number: usize) {
        let body = match part {
            Part::Scalar(ty) => self.fix(&ty, form, 0),
            Part::Entry(id) => match self.resolve.types[id].kind {
                TypeDefKind::Map(key, value) => self.fix_fields([key, value], form),
                _ => String::new(),
            },
            Part::Type(id) => self.fix_defined(id, form),
        };
        self.define(format_args!(
            "(func $fix-{number} (type $fix) (param $at i32) (local $count i32)\n{body})\n"
        ));
    }

    fn define(&mut self, function: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = self.text.write_fmt(function);
    }

    fn fix_defined(&mut self, id: TypeId, form: Form) -> String {
        let resolve = self.resolve;
        let layout = self.layouts.of(id);
        match &resolve.types[id].kind {
            TypeDefKind::Type(ty) => self.fix(ty, form, 0),
            TypeDefKind::Record(it) => self.fix_fields(it.fields.iter().map(|it| it.ty), form),
            TypeDefKind::Tuple(it) => self.fix_fields(it.types.iter().copied(), form),
            TypeDefKind::List(element) => {
                let layout = self.layouts.get(element);
                let number = self.element(element);
                self.fix_list(form, 0, number, layout)
            }
            TypeDefKind::Map(..) => {
                let entry = self.entry(id);
                let number = entry
                    .deep
                    .then(|| self.number(Walk::Fix(Form::Memory), entry.part));
                self.fix_list(form, 0, number, entry.layout)
            }
            TypeDefKind::FixedLengthList(element, length) => {
                let step = form.size(self.layouts.get(element));
                let each = self.fix(element, form, 0);
                repeat(*length, &each, &[("$at", step)])
            }
            TypeDefKind::Variant(it) => {
                let cases: Vec<_> = it.cases.iter().map(|it| it.ty).collect();
                self.fix_cases(it.tag(), &cases, layout, form)
            }
            TypeDefKind::Option(some) => {
                self.fix_cases(Int::U8, &[None, Some(*some)], layout, form)
            }
            TypeDefKind::Result(it) => self.fix_cases(Int::U8, &[it.ok, it.err], layout, form),
            _ => String::new(),
        }
    }

    /// The code that fixes fields, the first of which is at the local `$at`.
    pub(super) fn fix_fields(
        &mut self,
        types: impl IntoIterator<Item = Type>,
        form: Form,
    ) -> String {
        let mut fields = form.fields();
        let mut code = String::new();
        for ty in types {
            let offset = fields.next(self.layouts, &ty);
            code += &self.fix(&ty, form, offset);
        }
        code
    }

    fn fix_cases(
        &mut self,
        tag: Int,
        cases: &[Option<Type>],
        layout: Layout,
        form: Form,
    ) -> String {
        let load = load(form.tag_size(tag));
        let mut code = String::new();
        for (number, ty) in cases.iter().enumerate() {
            let Some(ty) = ty.filter(|ty| self.is_deep(ty)) else {
                continue;
            };
            let payload = self.fix(&ty, form, form.payload(layout));
            code += &format!(
                "(if (i32.eq ({load} {ABSOLUTE}) (i32.const {number})) (then {payload}))\n"
            );
        }
        code
    }

    /// Moves a list, and then what its elements point to, which the fix of this number does.
    fn fix_list(&self, form: Form, offset: u32, fix: Option<usize>, layout: Layout) -> String {
        let length = match form {
            Form::Slots => offset + 8,
            Form::Memory => offset + 4,
        };
        let (size, align, deep) = (layout.size, layout.align, u8::from(fix.is_some()));
        let at = plus("$at", offset);
        let moved = format!(
            "(call $move {at} (i32.load offset={length} {ABSOLUTE}) (i32.const {size}) \
             (i32.const {align}) (i32.const {deep}))"
        );
        match fix {
            None => format!("(drop {moved})\n"),
            Some(fix) => format!(
                "(call $each (i32.const {fix}) {moved} (i32.load offset={length} {ABSOLUTE}) \
                 (i32.const {size}))\n"
            ),
        }
    }

    fn entry(&self, id: TypeId) -> Element {
        let (layout, deep) = match &self.resolve.types[id].kind {
            TypeDefKind::Map(key, value) => (
                // The layout of the whole has been computed, so there is one.
                self.layouts.record([key, value]).unwrap_or_default(),
                self.is_deep(key) || self.is_deep(value),
            ),
            _ => (Layout::default(), false),
        };
        Element {
            part: Part::Entry(id),
            layout,
            deep,
        }
    }

    fn write_spread(&mut self, part: Part, number: usize) {
        let Part::Type(id) = part else { return };
        let body = self.spread_defined(id);
        self.define(format_args!(
            "(func $spread-{number} (param $from i32) (param $to i32) (local $count i32)\n{body})\n"
        ));
    }

    fn spread_defined(&mut self, id: TypeId) -> String {
        let resolve = self.resolve;
        let layout = self.layouts.of(id);
        match &resolve.types[id].kind {
            TypeDefKind::Type(ty) => self.spread(ty, 0, 0),
            TypeDefKind::Record(it) => self.spread_fields(it.fields.iter().map(|it| it.ty)),
            TypeDefKind::Tuple(it) => self.spread_fields(it.types.iter().copied()),
            TypeDefKind::List(_) | TypeDefKind::Map(..) => spread_list(0, 0),
            TypeDefKind::FixedLengthList(element, length) => {
                let element_layout = self.layouts.get(element);
                let each = self.spread(element, 0, 0);
                let from = Form::Slots.size(element_layout);
                repeat(
                    *length,
                    &each,
                    &[("$from", from), ("$to", element_layout.size)],
                )
            }
            TypeDefKind::Variant(it) => {
                let cases: Vec<_> = it.cases.iter().map(|it| it.ty).collect();
                self.spread_cases(it.tag(), &cases, layout)
            }
            TypeDefKind::Enum(it) => copy(tag_size(it.tag()), 0, 0),
            TypeDefKind::Option(some) => self.spread_cases(Int::U8, &[None, Some(*some)], layout),
            TypeDefKind::Result(it) => self.spread_cases(Int::U8, &[it.ok, it.err], layout),
            TypeDefKind::Flags(_) if layout.size > 4 => {
                let words = 0..layout.size / 4;
                words.map(|word| copy(4, word * 8, word * 4)).collect()
            }
            _ => copy(layout.size, 0, 0),
        }
    }

    /// The code that spreads fields from the start of `$from` to the start of `$to`.
    pub(super) fn spread_fields(&mut self, types: impl IntoIterator<Item = Type>) -> String {
        let (mut from, mut to) = (Form::Slots.fields(), Form::Memory.fields());
        let mut code = String::new();
        for ty in types {
            let (from, to) = (from.next(self.layouts, &ty), to.next(self.layouts, &ty));
            code += &self.spread(&ty, from, to);
        }
        code
    }

    fn spread_cases(&mut self, tag: Int, cases: &[Option<Type>], layout: Layout) -> String {
        let mut code = copy(tag_size(tag), 0, 0);
        let (from, to) = (Form::Slots.payload(layout), Form::Memory.payload(layout));
        for (number, ty) in cases.iter().enumerate() {
            let Some(ty) = ty else { continue };
            let payload = self.spread(ty, from, to);
            code += &format!(
                "(if (i32.eq (i32.load (local.get $from)) (i32.const {number})) (then {payload}))\n"
            );
        }
        code
    }

    /// The code that loads the only core value of a value at the local `$place`, as it is in a slot.
    pub(super) fn single(&self, ty: &Type, offset: u32) -> String {
        let load = |load: &str| format!("({load} offset={offset} (local.get $place))");
        match ty {
            Type::S8 => format!("(i64.extend_i32_u {})", load("i32.load8_s")),
            Type::S16 => format!("(i64.extend_i32_u {})", load("i32.load16_s")),
            Type::Id(id) => self.single_defined(*id, offset),
            ty => load(match self.layouts.get(ty).size {
                1 => "i64.load8_u",
                2 => "i64.load16_u",
                4 => "i64.load32_u",
                _ => "i64.load",
            }),
        }
    }

    fn single_defined(&self, id: TypeId, offset: u32) -> String {
        let among = |types: &mut dyn Iterator<Item = &Type>| {
            let mut fields = Form::Memory.fields();
            let mut placed = types.map(|ty| (ty, fields.next(self.layouts, ty)));
            let single = placed.find(|(ty, _)| self.layouts.get(ty).flat == 1);
            single.map(|(ty, at)| self.single(ty, offset + at))
        };
        let of_size = |size| match size {
            1 => self.single(&Type::U8, offset),
            2 => self.single(&Type::U16, offset),
            _ => self.single(&Type::U32, offset),
        };
        match &self.resolve.types[id].kind {
            TypeDefKind::Type(ty) | TypeDefKind::FixedLengthList(ty, _) => self.single(ty, offset),
            TypeDefKind::Record(it) => {
                among(&mut it.fields.iter().map(|it| &it.ty)).unwrap_or_default()
            }
            TypeDefKind::Tuple(it) => among(&mut it.types.iter()).unwrap_or_default(),
            TypeDefKind::Variant(it) => of_size(tag_size(it.tag())),
            TypeDefKind::Enum(it) => of_size(tag_size(it.tag())),
            TypeDefKind::Option(_) | TypeDefKind::Result(_) => of_size(1),
            _ => of_size(self.layouts.of(id).size),
        }
    }
}

/// The address of the place in the local `$at`.
const ABSOLUTE: &str = "(i32.add (global.get $base) (local.get $at))";

/// A local and a constant.
fn plus(local: &str, offset: u32) -> String {
    match offset {
        0 => format!("(local.get {local})"),
        _ => format!("(i32.add (local.get {local}) (i32.const {offset}))"),
    }
}

fn load(size: u32) -> &'static str {
    match size {
        1 => "i32.load8_u",
        2 => "i32.load16_u",
        _ => "i32.load",
    }
}

/// Copies a scalar from `$from` to `$to`; in a slot it is in the first bytes.
fn copy(size: u32, from: u32, to: u32) -> String {
    let (load, store) = match size {
        0 => return String::new(),
        1 => ("i32.load8_u", "i32.store8"),
        2 => ("i32.load16_u", "i32.store16"),
        8 => ("i64.load", "i64.store"),
        _ => ("i32.load", "i32.store"),
    };
    format!("({store} offset={to} (local.get $to) ({load} offset={from} (local.get $from)))\n")
}

fn spread_list(from: u32, to: u32) -> String {
    copy(4, from, to) + &copy(4, from + 8, to + 4)
}

/// Does something so many times, and after each adds to these locals.
fn repeat(count: u32, each: &str, steps: &[(&str, u32)]) -> String {
    let steps = steps.iter().map(|(local, step)| {
        format!("(local.set {local} (i32.add (local.get {local}) (i32.const {step})))\n")
    });
    let steps: String = steps.collect();
    format!(
        "(local.set $count (i32.const {count}))
        (loop $next (if (local.get $count) (then
          {each}{steps}(local.set $count (i32.sub (local.get $count) (i32.const 1)))
          (br $next))))\n"
    )
}
