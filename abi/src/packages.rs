//! The order of packages, before anything is decoded.
//!
//! At the end of decoding, the component tooling sorts the packages that it has met, by recursion
//! which has no end where two need each other. So they are found out before, in the way in which
//! the tooling finds them: an interface needs those whose types it gives names of its own.

use crate::order;
use std::collections::{HashMap, HashSet};
use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentEntityType, ComponentInstanceTypeId, ComponentItem, ComponentType,
};
use wasmparser::names::{ComponentName, ComponentNameKind};
use wasmparser::types::Types;
use wasmparser::{Parser, Payload, ValidPayload, Validator, WasmFeatures};
use wit_parser::PackageName;

/// Checks the packages of an encoded world.
pub(crate) fn check_world(bytes: &[u8]) -> Result<(), String> {
    let component = Component::read(bytes)?;
    let mut exported = component
        .items
        .iter()
        .filter_map(|(_, item)| component.type_of(item));
    let world = exported.next().and_then(|exported| {
        let item = exported.exports.values().next()?;
        match item.ty {
            ComponentEntityType::Component(id) => Some(&component.types[id]),
            _ => None,
        }
    });
    match world {
        Some(world) => component.check(world.imports.iter().chain(&world.exports)),
        None => Err("it exports no world".into()),
    }
}

/// Checks the packages of a component that is not the encoding of WIT.
pub(crate) fn check_component(bytes: &[u8]) -> Result<(), String> {
    let component = Component::read(bytes)?;
    let items = &component.items;
    if !items.is_empty()
        && items
            .iter()
            .all(|(_, item)| component.type_of(item).is_some())
    {
        return Err("it is a WIT package, which has no code".into());
    }
    component.check(items.iter().map(|(name, item)| (name, item)))
}

/// What a component imports and exports.
struct Component {
    types: Types,
    items: Vec<(String, ComponentItem)>,
}

/// Packages by their numbers, and where types come from.
#[derive(Default)]
struct Packages {
    numbers: HashMap<PackageName, usize>,
    needs: Vec<HashSet<usize>>,
    /// The package that names a type, if it is not the world itself.
    types: HashMap<ComponentAnyTypeId, Option<usize>>,
}

impl Component {
    fn read(bytes: &[u8]) -> Result<Self, String> {
        let mut validator = Validator::new_with_features(WasmFeatures::all());
        let (mut names, mut depth) = (Vec::new(), 0);
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload.map_err(|error| error.to_string())?;
            match validator
                .payload(&payload)
                .map_err(|error| error.to_string())?
            {
                ValidPayload::Parser(_) => depth += 1,
                ValidPayload::End(types) if depth == 0 => {
                    let find = |(name, imported): (&str, bool)| {
                        let types = types.as_ref();
                        let item = match imported {
                            true => types.component_item_for_import(name),
                            false => types.component_item_for_export(name),
                        };
                        Some((name.to_owned(), item?.clone()))
                    };
                    let items = names.into_iter().filter_map(find).collect();
                    return Ok(Component { types, items });
                }
                ValidPayload::End(_) => depth -= 1,
                ValidPayload::Ok | ValidPayload::Func(..) => {}
            }
            match payload {
                Payload::ComponentImportSection(imports) if depth == 0 => {
                    let imports = imports.into_iter().map_while(Result::ok);
                    names.extend(imports.map(|import| (import.name.name, true)));
                }
                Payload::ComponentExportSection(exports) if depth == 0 => {
                    let exports = exports.into_iter().map_while(Result::ok);
                    names.extend(exports.map(|export| (export.name.name, false)));
                }
                _ => {}
            }
        }
        Err("it has no end".into())
    }

    /// The component type that is exported as a type.
    fn type_of(&self, item: &ComponentItem) -> Option<&ComponentType> {
        match item.ty {
            ComponentEntityType::Type {
                created: ComponentAnyTypeId::Component(id),
                ..
            } => Some(&self.types[id]),
            _ => None,
        }
    }

    fn check<'a>(
        &self,
        items: impl Iterator<Item = (&'a String, &'a ComponentItem)>,
    ) -> Result<(), String> {
        let mut packages = Packages::default();
        for (name, item) in items {
            match item.ty {
                ComponentEntityType::Instance(id) => {
                    let interface = item.implements.as_deref().unwrap_or(name);
                    let package = package(interface, item)?.map(|name| packages.number(name));
                    packages.interface(&self.types, package, id);
                }
                ComponentEntityType::Type { created, .. } => {
                    packages.types.insert(created, None);
                }
                _ => {}
            }
        }
        let needs = packages.needs.into_iter();
        let needs = needs.map(|needs| needs.into_iter().collect());
        order::chains(needs.collect(), "packages")
    }
}

impl Packages {
    fn number(&mut self, name: PackageName) -> usize {
        *self.numbers.entry(name).or_insert_with(|| {
            self.needs.push(HashSet::new());
            self.needs.len() - 1
        })
    }

    fn interface(&mut self, types: &Types, package: Option<usize>, id: ComponentInstanceTypeId) {
        for item in types[id].exports.values() {
            let ComponentEntityType::Type {
                referenced,
                created,
            } = item.ty
            else {
                continue;
            };
            if let (Some(package), Some(needed)) = (package, self.origin(types, referenced))
                && package != needed
            {
                self.needs[package].insert(needed);
            }
            self.types.insert(created, package);
        }
    }

    /// The package that a type comes from, by whatever names.
    fn origin(&self, types: &Types, mut ty: ComponentAnyTypeId) -> Option<usize> {
        loop {
            if let Some(package) = self.types.get(&ty) {
                return *package;
            }
            ty = types.as_ref().peel_alias(ty)?;
        }
    }
}

/// The package of an interface; none if the interface has a plain name.
fn package(interface: &str, item: &ComponentItem) -> Result<Option<PackageName>, String> {
    let name = ComponentName::new(interface, 0).map_err(|error| error.to_string())?;
    let ComponentNameKind::Interface(name) = name.kind() else {
        return Ok(None);
    };
    let version = name.version(item.version_suffix.as_deref());
    Ok(Some(PackageName {
        namespace: name.namespace().to_string(),
        name: name.package().to_string(),
        version: version.map_err(|error| error.to_string())?,
    }))
}
