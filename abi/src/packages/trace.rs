//! Where the decoder finds the types of interfaces.
//!
//! A package needs another one where an interface gives a type of the other's a name of its own.
//! Which type that is depends on everything that was decoded before: where an interface is seen
//! twice, the types in the second view stand from then on for those in the first, whatever they
//! were. So what `wit_parser::decoding` does is done here once more, with all but that left out.

use std::collections::{HashMap, HashSet};
use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentDefinedType, ComponentEntityType, ComponentFuncTypeId,
    ComponentInstanceTypeId, ComponentItem, ComponentValType,
};
use wasmparser::names::{ComponentName, ComponentNameKind};
use wasmparser::types::Types;
use wit_parser::PackageName;

/// What was decoded so far.
pub(super) struct Trace<'a> {
    types: &'a Types,
    decoded: Vec<Decoded>,
    /// What a type stands for.
    known: HashMap<ComponentAnyTypeId, DecodedId>,
    packages: HashMap<PackageName, usize>,
    /// By their packages and names.
    interfaces: HashMap<(usize, String), Interface>,
    needs: Vec<HashSet<usize>>,
}

/// The position of a decoded type.
type DecodedId = usize;

/// A decoded type: the package that names it, if one does, and the types that it is made of, if
/// they are not primitive.
#[derive(Clone)]
struct Decoded {
    package: Option<usize>,
    parts: Vec<Option<DecodedId>>,
}

/// What is known of an interface.
#[derive(Default)]
struct Interface {
    types: HashMap<String, DecodedId>,
    functions: HashSet<String>,
}

impl<'a> Trace<'a> {
    pub(super) fn new(types: &'a Types) -> Self {
        Trace {
            types,
            decoded: Vec::new(),
            known: HashMap::new(),
            packages: HashMap::new(),
            interfaces: HashMap::new(),
            needs: Vec::new(),
        }
    }

    /// What each package needs.
    pub(super) fn needs(&self) -> Vec<Vec<usize>> {
        let needs = self.needs.iter();
        needs.map(|needs| needs.iter().copied().collect()).collect()
    }

    /// The same by names.
    #[cfg(test)]
    pub(super) fn names_of_needs(&self) -> HashSet<(PackageName, PackageName)> {
        let name = |number: usize| {
            let found = self.packages.iter().find(|(_, it)| **it == number);
            found.expect("has a name").0.clone()
        };
        let needs = self.needs.iter().enumerate();
        needs
            .flat_map(|(package, needs)| needs.iter().map(move |needed| (package, *needed)))
            .map(|(package, needed)| (name(package), name(needed)))
            .collect()
    }

    /// Decodes the next import or export of the world.
    pub(super) fn item(&mut self, name: &str, item: &ComponentItem) -> Result<(), String> {
        match item.ty {
            ComponentEntityType::Instance(id) => {
                let name = item.implements.as_deref().unwrap_or(name);
                let name = ComponentName::new(name, 0).map_err(|error| error.to_string())?;
                let ComponentNameKind::Interface(name) = name.kind() else {
                    self.interface(id, None, &mut Interface::default());
                    return Ok(());
                };
                let version = name.version(item.version_suffix.as_deref());
                let package = self.package(PackageName {
                    namespace: name.namespace().to_string(),
                    name: name.package().to_string(),
                    version: version.map_err(|error| error.to_string())?,
                });
                let key = (package, name.interface().to_string());
                let mut interface = self.interfaces.remove(&key).unwrap_or_default();
                self.interface(id, Some(package), &mut interface);
                self.interfaces.insert(key, interface);
            }
            ComponentEntityType::Type {
                referenced,
                created,
            } => drop(self.named(referenced, created, None)),
            ComponentEntityType::Func(id) => self.function(id),
            _ => {}
        }
        Ok(())
    }

    fn package(&mut self, name: PackageName) -> usize {
        *self.packages.entry(name).or_insert_with(|| {
            self.needs.push(HashSet::new());
            self.needs.len() - 1
        })
    }

    /// One view of an interface.
    fn interface(
        &mut self,
        id: ComponentInstanceTypeId,
        package: Option<usize>,
        interface: &mut Interface,
    ) {
        for (name, item) in &self.types[id].exports {
            match item.ty {
                ComponentEntityType::Type {
                    referenced,
                    created,
                } => {
                    if let Some(&decoded) = interface.types.get(name) {
                        if let ComponentAnyTypeId::Defined(id) = referenced {
                            self.unify(decoded, &self.types[id]);
                        }
                        self.known.insert(created, decoded);
                    } else {
                        let decoded = self.named(referenced, created, package);
                        interface.types.insert(name.clone(), decoded);
                    }
                }
                ComponentEntityType::Func(id) if interface.functions.insert(name.clone()) => {
                    self.function(id);
                }
                _ => {}
            }
        }
    }

    /// A type that is given a name.
    fn named(
        &mut self,
        referenced: ComponentAnyTypeId,
        created: ComponentAnyTypeId,
        package: Option<usize>,
    ) -> DecodedId {
        let parts = match (self.find(referenced), referenced) {
            (Some(decoded), _) => {
                if let (Some(package), Some(needed)) = (package, self.decoded[decoded].package)
                    && package != needed
                {
                    self.needs[package].insert(needed);
                }
                Vec::new()
            }
            (None, ComponentAnyTypeId::Defined(id)) => self.parts(&self.types[id]),
            (None, _) => Vec::new(),
        };
        let decoded = self.push(package, parts);
        self.known.insert(created, decoded);
        decoded
    }

    fn function(&mut self, id: ComponentFuncTypeId) {
        let function = &self.types[id];
        let parameters = function.params.iter().map(|(_, ty)| ty);
        for ty in parameters.chain(&function.result) {
            self.value(ty);
        }
    }

    fn parts(&mut self, ty: &ComponentDefinedType) -> Vec<Option<DecodedId>> {
        let parts = parts(ty);
        parts.iter().map(|part| self.value(part)).collect()
    }

    /// What a type stands for, which is decoded if it was not.
    fn value(&mut self, ty: &ComponentValType) -> Option<DecodedId> {
        let ComponentValType::Type(id) = *ty else {
            return None;
        };
        let key = ComponentAnyTypeId::from(id);
        if let Some(&decoded) = self.known.get(&key) {
            return Some(decoded);
        }
        let parts = self.parts(&self.types[id]);
        let decoded = self.push(None, parts);
        self.known.insert(key, decoded);
        Some(decoded)
    }

    /// Lets the parts of a type stand for those of one that was decoded from another view.
    fn unify(&mut self, decoded: DecodedId, ty: &ComponentDefinedType) {
        let old = self.decoded[decoded].parts.clone();
        for (part, old) in parts(ty).iter().zip(old) {
            let (ComponentValType::Type(id), Some(old)) = (*part, old) else {
                continue;
            };
            if self.known.insert(id.into(), old).is_none() {
                self.unify(old, &self.types[id]);
            }
        }
    }

    /// What a type stands for, or else what it is another name of.
    fn find(&self, mut ty: ComponentAnyTypeId) -> Option<DecodedId> {
        loop {
            if let Some(decoded) = self.known.get(&ty) {
                return Some(*decoded);
            }
            ty = self.types.as_ref().peel_alias(ty)?;
        }
    }

    fn push(&mut self, package: Option<usize>, parts: Vec<Option<DecodedId>>) -> DecodedId {
        self.decoded.push(Decoded { package, parts });
        self.decoded.len() - 1
    }
}

/// The types that a type is made of.
fn parts(ty: &ComponentDefinedType) -> Vec<ComponentValType> {
    match ty {
        ComponentDefinedType::List { element, .. }
        | ComponentDefinedType::FixedLengthList { element, .. } => vec![*element],
        ComponentDefinedType::Map { key, value, .. } => vec![*key, *value],
        ComponentDefinedType::Tuple(tuple) => tuple.types.to_vec(),
        ComponentDefinedType::Option { ty, .. } => vec![*ty],
        ComponentDefinedType::Result { ok, err, .. } => ok.iter().chain(err).copied().collect(),
        ComponentDefinedType::Record(record) => record.fields.values().copied().collect(),
        ComponentDefinedType::Variant(variant) => {
            let cases = variant.cases.values();
            cases.filter_map(|case| case.ty).collect()
        }
        ComponentDefinedType::Future { ty, .. } | ComponentDefinedType::Stream { ty, .. } => {
            ty.iter().copied().collect()
        }
        ComponentDefinedType::Primitive(_)
        | ComponentDefinedType::Flags(_)
        | ComponentDefinedType::Enum(_)
        | ComponentDefinedType::Own(_)
        | ComponentDefinedType::Borrow(_) => Vec::new(),
    }
}
