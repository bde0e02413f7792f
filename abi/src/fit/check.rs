//! The comparison of matched items.

use super::compare::{Comparison, Direction};
use super::difference::{Difference, Mismatch, Place, Subject};
use super::matches::{Match, Offers, Role};
use super::names::similar;
use std::collections::{HashMap, HashSet};
use wit_parser::{Function, InterfaceId, Type, TypeDefKind, TypeId, WorldItem};

/// How many suggestions are made; each looks at many names.
const MAX_SUGGESTIONS: usize = 20;

/// Compares all the matches; `offers` is where missing items were looked for.
pub(super) fn check<'a>(
    comparison: Comparison<'a>,
    matches: &[Match<'a>],
    offers: &Offers<'a>,
) -> Vec<Difference> {
    let mut check = Check {
        live: live_types(&comparison, matches),
        interfaces: interfaces(matches),
        comparison,
        offers,
        suggestions: 0,
    };
    check.map_resources();
    for found in matches {
        check.item(found);
    }
    check.comparison.differences
}

struct Check<'a, 'b> {
    comparison: Comparison<'a>,
    offers: &'b Offers<'a>,
    /// The required types that something needs.
    live: HashSet<TypeId>,
    /// The interfaces that matches require, each with the role and with what is provided for it.
    interfaces: HashMap<InterfaceId, (Role, Option<InterfaceId>)>,
    suggestions: usize,
}

fn live_types<'a>(comparison: &Comparison<'a>, matches: &[Match<'a>]) -> HashSet<TypeId> {
    let required = comparison.required;
    let mut functions = Vec::new();
    let mut resources = Vec::new();
    for found in matches.iter().filter(|found| found.role == Role::Whole) {
        match found.required {
            WorldItem::Function(function) => functions.push(function),
            WorldItem::Interface { id, .. } => {
                functions.extend(required.resolve.interfaces[*id].functions.values());
                resources.extend(required.resources(*id));
            }
            WorldItem::Type { .. } => {}
        }
    }
    required.live_types(&functions, resources)
}

fn interfaces(matches: &[Match<'_>]) -> HashMap<InterfaceId, (Role, Option<InterfaceId>)> {
    let mut interfaces = HashMap::new();
    for found in matches {
        let WorldItem::Interface { id, .. } = found.required else {
            continue;
        };
        let provided = match found.provided {
            Some(WorldItem::Interface { id, .. }) => Some(*id),
            _ => None,
        };
        // The world's exports come first, and stand for what they export and import both.
        interfaces.entry(*id).or_insert((found.role, provided));
    }
    interfaces
}

impl<'a> Check<'a, '_> {
    /// Finds out which provided resource each required one stands for. That is settled where the
    /// resource is defined, and all other uses of it have to agree.
    fn map_resources(&mut self) {
        let required = self.comparison.required;
        let is_resource = |id: &TypeId| matches!(required.kind(*id), TypeDefKind::Resource);
        let mut resources: Vec<_> = self.live.iter().copied().filter(is_resource).collect();
        resources.sort_unstable();
        for resource in resources {
            match self.counterpart(resource) {
                // What a plugin exports is not what the world imports.
                (Some(provided), role) if role != Some(Role::Types) => {
                    self.map_resource(resource, provided);
                }
                // It is missed when its interface is compared.
                (_, Some(Role::Whole)) => {}
                _ => self.report_foreign_resource(resource),
            }
        }
    }

    /// The resource by the same name in the same place, and the role that its interface has.
    fn counterpart(&self, resource: TypeId) -> (Option<TypeId>, Option<Role>) {
        let (required, provided) = (self.comparison.required, self.comparison.provided);
        let name = required.name(resource).unwrap_or_default();
        let (ty, role) = match required.owner(resource) {
            None => (provided.world_type(name), None),
            Some(owner) => match self.interfaces.get(&owner) {
                None => (None, None),
                Some((role, interface)) => {
                    let interface = interface.map(|id| &provided.resolve.interfaces[id]);
                    let ty = interface.and_then(|interface| interface.types.get(name));
                    (ty.copied(), Some(*role))
                }
            },
        };
        let definition = ty.map(|ty| provided.peel(Type::Id(ty)));
        match definition {
            Some(Type::Id(id)) if matches!(provided.kind(id), TypeDefKind::Resource) => {
                (Some(id), role)
            }
            _ => (None, role),
        }
    }

    /// Composition takes resources for the same only if their definitions have the same name.
    fn map_resource(&mut self, required: TypeId, provided: TypeId) {
        let name = self.comparison.required.name(required);
        let found = self.comparison.provided.name(provided);
        if name == found {
            self.comparison.resources.insert(required, provided);
        } else {
            let subject = self.comparison.type_subject(required);
            let names = (name.map(str::to_owned), found.map(str::to_owned));
            self.comparison
                .report_differs(&subject, Place::Whole, names);
        }
    }

    fn report_foreign_resource(&mut self, resource: TypeId) {
        let subject = self.comparison.type_subject(resource);
        let mismatch = match self.comparison.direction {
            Direction::Exports => Mismatch::NotImported,
            Direction::Imports => Mismatch::NotOffered { similar: None },
        };
        self.comparison.report(&subject, Place::Whole, mismatch);
    }

    fn item(&mut self, found: &Match<'a>) {
        use WorldItem::{Function, Interface, Type};
        match (found.required, found.provided) {
            (Interface { id: required, .. }, Some(Interface { id: provided, .. })) => {
                self.types(found, *required, *provided);
                if found.role == Role::Whole {
                    self.functions(found, *required, *provided);
                }
            }
            // Composition merges all types of a world itself, whether something needs them or not.
            (Type { id: required, .. }, Some(Type { id: provided, .. })) => {
                self.comparison.exported_type(*required, *provided);
            }
            (Function(required), Some(Function(provided))) if found.role == Role::Whole => {
                let subject = subject_of(found);
                self.comparison.function(&subject, required, provided);
            }
            (required, Some(provided))
                if found.role == Role::Whole || matches!(required, Type { .. }) =>
            {
                let sorts = (Some(sort(required)), Some(sort(provided)));
                let subject = subject_of(found);
                self.comparison
                    .report_differs(&subject, Place::Whole, sorts);
            }
            // This is the place for exports that a world declares optional.
            (_, None) if found.role == Role::Whole => self.missing_item(found),
            _ => {}
        }
    }

    fn missing_item(&mut self, found: &Match<'a>) {
        let subject = subject_of(found);
        let exported = self.offers.names.other_versions(&found.name);
        if exported.is_empty() {
            let names = self.offers.items.keys().map(String::as_str);
            self.absent(&subject, &found.name, names);
        } else {
            let mismatch = Mismatch::IncompatibleVersion { exported };
            self.comparison.report(&subject, Place::Whole, mismatch);
        }
    }

    fn types(&mut self, found: &Match<'a>, required: InterfaceId, provided: InterfaceId) {
        let required_side = self.comparison.required;
        let provided_types = &self.comparison.provided.resolve.interfaces[provided].types;
        for (name, id) in &required_side.resolve.interfaces[required].types {
            if !self.live.contains(id) {
                continue;
            }
            let is_resource = matches!(required_side.kind(*id), TypeDefKind::Resource);
            if let Some(provided) = provided_types.get(name) {
                self.comparison.exported_type(*id, *provided);
            } else if found.role == Role::Whole || (found.role == Role::Types && !is_resource) {
                let subject = Subject::Type {
                    interface: Some(found.name.clone()),
                    name: name.clone(),
                };
                self.absent(&subject, name, provided_types.keys().map(String::as_str));
            }
        }
    }

    fn functions(&mut self, found: &Match<'a>, required: InterfaceId, provided: InterfaceId) {
        let required_side = self.comparison.required;
        let provided_functions = &self.comparison.provided.resolve.interfaces[provided].functions;
        for (name, function) in &required_side.resolve.interfaces[required].functions {
            let subject = Subject::Function {
                interface: Some(found.name.clone()),
                name: name.clone(),
            };
            if let Some(provided) = provided_functions.get(name) {
                self.comparison.function(&subject, function, provided);
            } else if !self.is_of_missing_resource(function) {
                let names = provided_functions.keys().map(String::as_str);
                self.absent(&subject, name, names);
            }
        }
    }

    /// Whether the function is part of a resource whose absence has been reported.
    fn is_of_missing_resource(&self, function: &Function) -> bool {
        let resource = function.kind.resource();
        resource.is_some_and(|resource| !self.comparison.resources.contains_key(&resource))
    }

    fn absent<'n>(
        &mut self,
        subject: &Subject,
        name: &str,
        candidates: impl Iterator<Item = &'n str>,
    ) {
        self.suggestions += 1;
        let similar = match self.suggestions {
            ..=MAX_SUGGESTIONS => similar(name, candidates),
            _ => None,
        };
        let mismatch = match self.comparison.direction {
            Direction::Exports => Mismatch::NotExported { similar },
            Direction::Imports => Mismatch::NotOffered { similar },
        };
        self.comparison.report(subject, Place::Whole, mismatch);
    }
}

fn subject_of(found: &Match<'_>) -> Subject {
    let name = found.name.clone();
    match found.required {
        WorldItem::Interface { .. } => Subject::Interface(name),
        WorldItem::Function(_) => Subject::Function {
            interface: None,
            name,
        },
        WorldItem::Type { .. } => Subject::Type {
            interface: None,
            name,
        },
    }
}

fn sort(item: &WorldItem) -> String {
    let sort = match item {
        WorldItem::Interface { .. } => "interface",
        WorldItem::Function(_) => "func",
        WorldItem::Type { .. } => "type",
    };
    sort.to_owned()
}
