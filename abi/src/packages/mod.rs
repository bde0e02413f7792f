//! The order of packages, before anything is decoded.
//!
//! At the end of decoding, the component tooling sorts the packages that it has met, by recursion
//! which has no end where two need each other. So what needs what is found out before.

#[cfg(test)]
mod tests;
mod trace;

use crate::order;
use trace::Trace;
use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentEntityType, ComponentItem, ComponentType,
};
use wasmparser::types::Types;
use wasmparser::{Parser, Payload, ValidPayload, Validator, WasmFeatures};

/// Checks the packages of an encoded world.
pub(crate) fn check_world(bytes: &[u8]) -> Result<(), String> {
    order::chains(Component::read(bytes)?.trace_world()?.needs(), "packages")
}

/// Checks the packages of a component that is not the encoding of WIT.
pub(crate) fn check_component(bytes: &[u8]) -> Result<(), String> {
    order::chains(Component::read(bytes)?.trace()?.needs(), "packages")
}

/// What a component imports and exports, in the order in which it does.
struct Component {
    types: Types,
    items: Vec<(String, ComponentItem)>,
}

impl Component {
    fn read(bytes: &[u8]) -> Result<Self, String> {
        let mut validator = Validator::new_with_features(WasmFeatures::all());
        let (mut names, mut depth) = (Vec::new(), 0);
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload.map_err(|error| error.to_string())?;
            let valid = validator.payload(&payload);
            match valid.map_err(|error| error.to_string())? {
                ValidPayload::Parser(_) => depth += 1,
                ValidPayload::End(types) if depth == 0 => {
                    let items = names.into_iter().filter_map(|name| find(&types, name));
                    let items = items.collect();
                    return Ok(Component { types, items });
                }
                ValidPayload::End(_) => depth -= 1,
                ValidPayload::Ok | ValidPayload::Func(..) => {}
            }
            match payload {
                Payload::ComponentImportSection(imports) if depth == 0 => {
                    let imports = imports.into_iter().map_while(Result::ok);
                    names.extend(imports.map(|import| Name::Import(import.name.name)));
                }
                Payload::ComponentExportSection(exports) if depth == 0 => {
                    let exports = exports.into_iter().map_while(Result::ok);
                    names.extend(exports.map(|export| Name::Export(export.name.name)));
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

    /// Follows the decoder through the world that is exported.
    fn trace_world(&self) -> Result<Trace<'_>, String> {
        let mut exported = self.items.iter().filter_map(|(_, item)| self.type_of(item));
        let world = exported.next().and_then(|exported| {
            let item = exported.exports.values().next()?;
            match item.ty {
                ComponentEntityType::Component(id) => Some(&self.types[id]),
                _ => None,
            }
        });
        let world = world.ok_or("it exports no world")?;
        self.follow(world.imports.iter().chain(&world.exports))
    }

    /// Follows the decoder through the component's own world.
    fn trace(&self) -> Result<Trace<'_>, String> {
        let mut items = self.items.iter();
        if items.len() > 0 && items.all(|(_, item)| self.type_of(item).is_some()) {
            return Err("it is a WIT package, which has no code".into());
        }
        self.follow(self.items.iter().map(|(name, item)| (name, item)))
    }

    fn follow<'a>(
        &self,
        items: impl Iterator<Item = (&'a String, &'a ComponentItem)>,
    ) -> Result<Trace<'_>, String> {
        let mut trace = Trace::new(&self.types);
        for (name, item) in items {
            trace.item(name, item)?;
        }
        Ok(trace)
    }
}

enum Name<'a> {
    Import(&'a str),
    Export(&'a str),
}

fn find(types: &Types, name: Name<'_>) -> Option<(String, ComponentItem)> {
    let types = types.as_ref();
    let (name, item) = match name {
        Name::Import(name) => (name, types.component_item_for_import(name)),
        Name::Export(name) => (name, types.component_item_for_export(name)),
    };
    Some((name.to_owned(), item?.clone()))
}
