//! The names of types and of the modules that they stand in.

use super::names::{Scope, snake};
use super::types::{Definition, Side, definitions};
use first_class_abi::World;
use first_class_abi::wit_parser::{InterfaceId, TypeOwner, WorldItem, WorldKey};
use proc_macro2::Ident;
use std::collections::HashMap;

/// The types of one interface.
pub(crate) struct TypeModule {
    pub(crate) id: InterfaceId,
    pub(crate) name: Ident,
    pub(crate) types: Vec<Definition>,
    pub(crate) scope: Scope,
}

/// The definitions that the world needs, by where they stand.
pub(crate) struct TypeNames {
    pub(crate) names: HashMap<Definition, Ident>,
    pub(crate) of_world: Vec<Definition>,
    pub(crate) modules: Vec<TypeModule>,
}

impl TypeNames {
    pub(crate) fn new(world: &World, root: &mut Scope) -> Self {
        let resolve = world.resolve();
        let mut types = TypeNames {
            names: HashMap::new(),
            of_world: Vec::new(),
            modules: Vec::new(),
        };
        for definition in definitions(world) {
            let ty = &resolve.types[definition.id];
            let name = types.name_in_wit(definition, ty.name.as_deref().unwrap_or_default());
            let name = match ty.owner {
                TypeOwner::World(_) => {
                    types.of_world.push(definition);
                    root.camel(&name)
                }
                TypeOwner::Interface(interface) => {
                    let module = types.module(world, interface, root);
                    module.types.push(definition);
                    module.scope.camel(&name)
                }
                TypeOwner::None => continue,
            };
            types.names.insert(definition, name);
        }
        types
    }

    /// The name, marked if the type has a definition for the exports already.
    fn name_in_wit(&self, definition: Definition, name: &str) -> String {
        let of_exports = Definition {
            side: Side::Export,
            ..definition
        };
        match self.names.contains_key(&of_exports) {
            true => format!("imported-{name}"),
            false => name.to_owned(),
        }
    }

    fn module(&mut self, world: &World, id: InterfaceId, root: &mut Scope) -> &mut TypeModule {
        let found = self.modules.iter().position(|module| module.id == id);
        let index = found.unwrap_or_else(|| {
            let names = interface_names(world, &key_of(world, id), id);
            self.modules.push(TypeModule {
                id,
                name: root.pick(names.iter().map(|name| snake(name))),
                types: Vec::new(),
                scope: Scope::of_items(),
            });
            self.modules.len() - 1
        });
        &mut self.modules[index]
    }
}

/// How the world names an interface.
fn key_of(world: &World, id: InterfaceId) -> WorldKey {
    let definition = &world.resolve().worlds[world.id()];
    let mut items = definition.exports.iter().chain(&definition.imports);
    let key = items.find_map(|(key, item)| match item {
        WorldItem::Interface { id: found, .. } if *found == id => Some(key.clone()),
        _ => None,
    });
    key.unwrap_or(WorldKey::Interface(id))
}

/// The names that an interface may go by, the shortest first.
pub(crate) fn interface_names(world: &World, key: &WorldKey, id: InterfaceId) -> Vec<String> {
    let resolve = world.resolve();
    let interface = &resolve.interfaces[id];
    let short = match (key, &interface.name) {
        (WorldKey::Name(name), _) => name.as_str(),
        (_, Some(name)) => name.as_str(),
        (_, None) => "interface",
    };
    let mut names = vec![short.to_owned()];
    if let Some(package) = interface.package {
        let package = &resolve.packages[package].name;
        let qualified = format!("{}-{}-{short}", package.namespace, package.name);
        let version = package.version.as_ref();
        names.extend(version.map(|version| format!("{qualified}-{version}")));
        names.insert(1, qualified);
    }
    names
}
