//! What the options say about parts of the world, each matched with what there is.

use super::options::Options;
use super::suggest::{list, missing};
use super::types::{contains_resource, live_types};
use crate::errors::Errors;
use first_class_abi::wit_parser::{
    InterfaceId, Resolve, TypeDefKind, TypeId, TypeOwner, WorldItem, WorldKey,
};
use first_class_abi::{Callee, World};
use std::collections::{BTreeSet, HashMap};
use syn::{LitStr, Path};

/// What was chosen for the parts of a world.
#[derive(Default)]
pub(crate) struct Choices {
    /// Types that the user has in place of written ones.
    pub(crate) types: HashMap<TypeId, Path>,
    /// Modules that the user has in place of written ones.
    pub(crate) modules: HashMap<InterfaceId, Path>,
    pub(crate) derives: Vec<Path>,
    /// The exports that a plugin may lack, as the binary format spells them.
    pub(crate) optional: BTreeSet<String>,
}

impl Choices {
    pub(crate) fn new(world: &World, options: &Options, errors: &mut Errors) -> Self {
        let mut choices = Choices {
            derives: options.additional_derives.clone(),
            ..Choices::default()
        };
        let replaceable = replaceable(world);
        for (key, path) in &options.with {
            let found = find(key, "type or interface", &replaceable, errors);
            if let (true, Some(found)) = (check_path(path, errors), found) {
                choices.replace(world.resolve(), found, key, path, errors);
            }
        }
        let lackable = lackable(world);
        for name in &options.optional {
            if let Some(found) = find(name, "export", &lackable, errors) {
                choices.optional.insert(found.clone());
            }
        }
        choices
    }

    fn replace(
        &mut self,
        resolve: &Resolve,
        what: &Replaceable,
        key: &LitStr,
        path: &Path,
        errors: &mut Errors,
    ) {
        match what {
            Replaceable::Type(id) if check_type(resolve, *id, key, errors) => {
                self.types.insert(*id, path.clone());
            }
            Replaceable::Interface(id) if check_interface(resolve, *id, key, errors) => {
                self.modules.insert(*id, path.clone());
            }
            _ => {}
        }
    }
}

/// What can have a key in `with`.
enum Replaceable {
    Type(TypeId),
    Interface(InterfaceId),
}

fn replaceable(world: &World) -> Vec<(String, Replaceable)> {
    let resolve = world.resolve();
    let mut found = Vec::new();
    for id in live_types(world).iter() {
        let Some(name) = &resolve.types[id].name else {
            continue;
        };
        let TypeOwner::Interface(interface) = resolve.types[id].owner else {
            found.push((name.clone(), Replaceable::Type(id)));
            continue;
        };
        let home = interface_name(world, interface);
        if !found.iter().any(|(name, _)| *name == home) {
            found.push((home.clone(), Replaceable::Interface(interface)));
        }
        found.push((format!("{home}/{name}"), Replaceable::Type(id)));
    }
    found
}

/// The name of an interface, as the binary format spells it.
fn interface_name(world: &World, id: InterfaceId) -> String {
    let resolve = world.resolve();
    resolve.id_of(id).unwrap_or_else(|| {
        let definition = &resolve.worlds[world.id()];
        let mut items = definition.exports.iter().chain(&definition.imports);
        let key = items.find_map(|(key, item)| match item {
            WorldItem::Interface { id: found, .. } if *found == id => Some(key),
            _ => None,
        });
        key.map_or(String::new(), |key: &WorldKey| resolve.name_world_key(key))
    })
}

fn check_path(path: &Path, errors: &mut Errors) -> bool {
    let first = path.segments.first();
    let is_rooted =
        path.leading_colon.is_some() || first.is_some_and(|first| first.ident == "crate");
    if !is_rooted {
        let message = "a path in `with` begins with `crate::` or `::`, since it is used in the \
            module that the macro writes";
        errors.add(syn::Error::new_spanned(path, message));
    }
    is_rooted
}

fn check_type(resolve: &Resolve, id: TypeId, key: &LitStr, errors: &mut Errors) -> bool {
    let is_bound = contains_resource(resolve, id);
    if is_bound {
        let message = format!(
            "`{}` is or holds a resource, which belongs to this world alone, so no other type can \
             stand for it",
            key.value()
        );
        errors.at(key.span(), message);
    }
    !is_bound
}

fn check_interface(resolve: &Resolve, id: InterfaceId, key: &LitStr, errors: &mut Errors) -> bool {
    let types = resolve.interfaces[id].types.iter();
    let resources: Vec<_> = types
        .filter(|(_, id)| matches!(resolve.types[**id].kind, TypeDefKind::Resource))
        .map(|(name, _)| name)
        .collect();
    if !resources.is_empty() {
        let message = format!(
            "`{}` has resources ({}), which belong to this world alone, so no other module can stand \
             for it; give its types one by one",
            key.value(),
            list(&resources)
        );
        errors.at(key.span(), message);
    }
    resources.is_empty()
}

/// The names of all that a plugin may lack: interfaces, and functions that are no part of a
/// resource.
fn lackable(world: &World) -> Vec<(String, String)> {
    let mut names = BTreeSet::new();
    for callable in world.callables() {
        let Callee::Function(function) = &callable.callee else {
            continue;
        };
        if !callable.interface.is_empty() {
            names.insert(callable.interface.clone());
        }
        if function.kind.resource().is_none() {
            names.insert(callable.display_name());
        }
    }
    names.into_iter().map(|name| (name.clone(), name)).collect()
}

/// What a name stands for. Versions may be left out where that leaves one candidate.
fn find<'c, T>(
    name: &LitStr,
    what: &str,
    candidates: &'c [(String, T)],
    errors: &mut Errors,
) -> Option<&'c T> {
    let wanted = name.value();
    if let Some((_, exact)) = candidates.iter().find(|(name, _)| *name == wanted) {
        return Some(exact);
    }
    let matching: Vec<_> = candidates
        .iter()
        .filter(|(name, _)| without_versions(name) == wanted)
        .collect();
    match matching.as_slice() {
        [(_, found)] => return Some(found),
        [] => {
            let names: Vec<_> = candidates.iter().map(|(name, _)| name.clone()).collect();
            let message = missing(&format!("{what} named"), &wanted, &names);
            errors.at(name.span(), message);
        }
        several => {
            let names: Vec<_> = several.iter().map(|(name, _)| name).collect();
            let message = format!("`{wanted}` may be {}; give the version", list(&names));
            errors.at(name.span(), message);
        }
    }
    None
}

/// `acme:lint/types/fix` for `acme:lint/types@1.2.0/fix`.
fn without_versions(name: &str) -> String {
    let mut kept = String::new();
    let mut in_version = false;
    for character in name.chars() {
        in_version = match character {
            '@' => true,
            '/' | '#' => false,
            _ => in_version,
        };
        if !in_version {
            kept.push(character);
        }
    }
    kept
}
