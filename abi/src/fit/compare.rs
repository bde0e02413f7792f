//! Whether a type that is provided is the one that is required.

use super::difference::{Difference, Member, Mismatch, Place, Subject};
use super::members::align;
use super::side::{Parts, Side};
use super::spell::{Names, spell};
use std::collections::HashMap;
use wit_parser::{Function, Type, TypeDefKind, TypeId};

/// How deep types may nest. A component with deeper ones is not valid, so this only bounds our
/// own recursion; what lies deeper counts as different.
const MAX_DEPTH: usize = 128;

/// What is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// The plugin provides exports that the world requires.
    Exports,
    /// The world provides imports that the plugin requires.
    Imports,
}

/// Two worlds, what is known of their types, and the differences found so far.
///
/// Types are the same if they have the same structure, as composition sees it: the names of
/// members and their order count, the names of types do not. Where both sides call a type by the
/// same name, its differences are reported once, as the type's own, and to all that uses it the
/// type then counts as the same.
pub(super) struct Comparison<'a> {
    pub(super) required: &'a Side<'a>,
    pub(super) provided: &'a Side<'a>,
    pub(super) direction: Direction,
    /// Which provided resource stands for a required one. One that has none has been reported,
    /// and counts as the same as any.
    pub(super) resources: HashMap<TypeId, TypeId>,
    /// Which types are the same, or have had all their differences reported. Without it, shared
    /// types would take exponential time.
    known: HashMap<(TypeId, TypeId), bool>,
    pub(super) differences: Vec<Difference>,
}

impl<'a> Comparison<'a> {
    pub(super) fn new(
        required: &'a Side<'a>,
        provided: &'a Side<'a>,
        direction: Direction,
    ) -> Self {
        Comparison {
            required,
            provided,
            direction,
            resources: HashMap::new(),
            known: HashMap::new(),
            differences: Vec::new(),
        }
    }

    pub(super) fn report(&mut self, subject: &Subject, place: Place, mismatch: Mismatch) {
        self.differences.push(Difference {
            subject: subject.clone(),
            place,
            mismatch,
        });
    }

    pub(super) fn report_differs(
        &mut self,
        subject: &Subject,
        place: Place,
        (required, provided): (Option<String>, Option<String>),
    ) {
        let (expected, found) = self.expected_first(required, provided);
        self.report(subject, place, Mismatch::Differs { expected, found });
    }

    /// Puts what the caller's world has before what the plugin has, or puts that order back.
    fn expected_first<T>(&self, a: T, b: T) -> (T, T) {
        match self.direction {
            Direction::Exports => (a, b),
            Direction::Imports => (b, a),
        }
    }

    /// Compares two functions of the same name.
    pub(super) fn function(
        &mut self,
        subject: &Subject,
        required: &'a Function,
        provided: &'a Function,
    ) {
        if required.kind.is_async() != provided.kind.is_async() {
            let keyword = |is_async| Some(if is_async { "async func" } else { "func" }.to_owned());
            let required = keyword(required.kind.is_async());
            let provided = keyword(provided.kind.is_async());
            self.report_differs(subject, Place::Whole, (required, provided));
        }
        let parameters = |function: &'a Function| -> Parts<'a> {
            let parameters = function.params.iter();
            parameters.map(|p| (p.name.as_str(), Some(p.ty))).collect()
        };
        let (required_parameters, provided_parameters) =
            (parameters(required), parameters(provided));
        self.members(
            subject,
            Member::Parameter,
            &required_parameters,
            &provided_parameters,
            0,
        );
        self.optional(subject, Place::Result, required.result, provided.result, 0);
    }

    /// Compares two types that an interface or a world exports by the same name.
    pub(super) fn exported_type(&mut self, required: TypeId, provided: TypeId) {
        let (required_type, provided_type) = (Type::Id(required), Type::Id(provided));
        if !self.same(required_type, provided_type, 0) {
            let spellings = self.spell(Some(required_type), Some(provided_type));
            self.report_differs(&self.type_subject(required), Place::Whole, spellings);
        }
    }

    pub(super) fn type_subject(&self, required: TypeId) -> Subject {
        let owner = self.required.owner(required);
        Subject::Type {
            interface: owner.and_then(|owner| self.required.interface_name(owner)),
            name: self.required.name(required).unwrap_or("_").to_owned(),
        }
    }

    fn members(
        &mut self,
        subject: &Subject,
        member: Member,
        required: &Parts<'_>,
        provided: &Parts<'_>,
        depth: usize,
    ) {
        let (expected, found) = self.expected_first(required, provided);
        let alignment = align(&names(expected), &names(found));
        for (name, mismatch) in alignment.members {
            self.report(subject, Place::Member(member, name), mismatch);
        }
        if let Some(mismatch) = alignment.order {
            self.report(subject, Place::Members(member), mismatch);
        }
        for (position, other) in alignment.pairs {
            let (name, expected) = expected[position];
            let (required, provided) = self.expected_first(expected, found[other].1);
            let place = Place::Member(member, name.to_owned());
            self.optional(subject, place, required, provided, depth);
        }
    }

    fn optional(
        &mut self,
        subject: &Subject,
        place: Place,
        required: Option<Type>,
        provided: Option<Type>,
        depth: usize,
    ) {
        if !self.same_optional(required, provided, depth) {
            let spellings = self.spell(required, provided);
            self.report_differs(subject, place, spellings);
        }
    }

    fn spell(
        &self,
        required: Option<Type>,
        provided: Option<Type>,
    ) -> (Option<String>, Option<String>) {
        let spell = |names| {
            (
                required.map(|ty| spell(self.required, ty, names)),
                provided.map(|ty| spell(self.provided, ty, names)),
            )
        };
        let short = spell(Names::Short);
        if short.0 == short.1 {
            spell(Names::Full)
        } else {
            short
        }
    }

    fn same_optional(
        &mut self,
        required: Option<Type>,
        provided: Option<Type>,
        depth: usize,
    ) -> bool {
        match (required, provided) {
            (Some(required), Some(provided)) => self.same(required, provided, depth),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    fn same(&mut self, required: Type, provided: Type, depth: usize) -> bool {
        if depth > MAX_DEPTH {
            return false;
        }
        match (required, provided) {
            (Type::Id(required), Type::Id(provided)) => self.same_types(required, provided, depth),
            _ => {
                let required = self.required.peel(required);
                let provided = self.provided.peel(provided);
                self.same_structure(required, provided, depth)
            }
        }
    }

    /// Follows aliases as long as both sides have one, so that a type which two interfaces use
    /// from a third is compared once, as that of the third.
    fn same_types(&mut self, required: TypeId, provided: TypeId, depth: usize) -> bool {
        let mut pair = self.without_handle(required, provided);
        let mut passed = Vec::new();
        let same = loop {
            if let Some(known) = self.known.get(&pair) {
                break *known;
            }
            passed.push(pair);
            let aliased = (
                self.required.aliased_name(pair.0),
                self.provided.aliased_name(pair.1),
            );
            match aliased {
                (Some(required), Some(provided)) => pair = (required, provided),
                _ => break self.same_definitions(pair, depth),
            }
        };
        for pair in passed {
            self.known.insert(pair, same);
        }
        same
    }

    /// Where one side has a resource and the other something else by its name, these two are
    /// what differs, not a handle to the resource.
    fn without_handle(&self, required: TypeId, provided: TypeId) -> (TypeId, TypeId) {
        match (self.required.owned(required), self.provided.owned(provided)) {
            (Some(owned), None) if self.same_name(owned, provided) => (owned, provided),
            (None, Some(owned)) if self.same_name(required, owned) => (required, owned),
            _ => (required, provided),
        }
    }

    fn same_name(&self, required: TypeId, provided: TypeId) -> bool {
        let name = self.required.name(required);
        name.is_some() && name == self.provided.name(provided)
    }

    fn same_definitions(&mut self, pair: (TypeId, TypeId), depth: usize) -> bool {
        if self.same_name(pair.0, pair.1) {
            self.named_type(pair.0, pair.1, depth);
            return true;
        }
        let required = self.required.peel(Type::Id(pair.0));
        let provided = self.provided.peel(Type::Id(pair.1));
        match (required, provided) {
            (Type::Id(a), Type::Id(b)) if (a, b) != pair => self.same_types(a, b, depth),
            _ => self.same_structure(required, provided, depth),
        }
    }

    /// Reports all that differs between two types of one name.
    fn named_type(&mut self, required: TypeId, provided: TypeId, depth: usize) {
        let subject = self.type_subject(required);
        let required = self.required.peel(Type::Id(required));
        let provided = self.provided.peel(Type::Id(provided));
        if let (Type::Id(required), Type::Id(provided)) = (required, provided)
            && let Some(member) = self.sort_of_members(required, provided)
        {
            // From here on these definitions are dealt with, by whatever name.
            self.known.insert((required, provided), true);
            let required = self.required.structure(required).parts;
            let provided = self.provided.structure(provided).parts;
            self.members(&subject, member, &required, &provided, depth + 1);
        } else if !self.same_structure(required, provided, depth) {
            let descriptions = self.describe(required, provided);
            self.report_differs(&subject, Place::Whole, descriptions);
        }
    }

    /// What the members of both types are, if they are types of one sort that has members.
    fn sort_of_members(&self, required: TypeId, provided: TypeId) -> Option<Member> {
        let required = self.required.structure(required);
        let provided = self.provided.structure(provided);
        let same = required.constructor == provided.constructor;
        required.members.filter(|_| same)
    }

    /// Describes two definitions of one name: by what sort of type they are, if that differs.
    fn describe(&self, required: Type, provided: Type) -> (Option<String>, Option<String>) {
        let spelled = self.spell(Some(required), Some(provided));
        let required = sort(self.required, required);
        let provided = sort(self.provided, provided);
        if required == provided {
            spelled
        } else {
            (required.or(spelled.0), provided.or(spelled.1))
        }
    }

    /// Compares types that are no aliases.
    fn same_structure(&mut self, required: Type, provided: Type, depth: usize) -> bool {
        let (Type::Id(required), Type::Id(provided)) = (required, provided) else {
            return required == provided;
        };
        let required_structure = self.required.structure(required);
        let provided_structure = self.provided.structure(provided);
        if !required_structure.same_outline(&provided_structure) {
            return false;
        }
        if let TypeDefKind::Resource = self.required.kind(required) {
            let mapped = self.resources.get(&required);
            return mapped.is_none_or(|mapped| *mapped == provided);
        }
        // No short cut: named types among the parts are to be reported all.
        let mut same = true;
        for ((_, required), (_, provided)) in required_structure
            .parts
            .iter()
            .zip(&provided_structure.parts)
        {
            same &= self.same_optional(*required, *provided, depth + 1);
        }
        same
    }
}

fn names<'a>(parts: &Parts<'a>) -> Vec<&'a str> {
    parts.iter().map(|(name, _)| *name).collect()
}

/// What sort of type a definition with a name of its own is.
fn sort(side: &Side<'_>, ty: Type) -> Option<String> {
    let Type::Id(id) = ty else {
        return None;
    };
    let kind = side.kind(id);
    let named = matches!(
        kind,
        TypeDefKind::Record(_)
            | TypeDefKind::Variant(_)
            | TypeDefKind::Enum(_)
            | TypeDefKind::Flags(_)
            | TypeDefKind::Resource
    );
    named.then(|| kind.as_str().to_owned())
}
