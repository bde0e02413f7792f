//! A world, its encoding, and the numbers of its functions.

use crate::layout::Layouts;
use crate::optional;
use std::collections::HashSet;
use wit_component::StringEncoding;
use wit_parser::{Function, IndexMap, Resolve, TypeDefKind, TypeId, WorldId, WorldItem, WorldKey};

/// A WIT world together with all the types that it needs.
///
/// Invariant: `callables` and `callbacks` are sorted by interface name and then by function name, so
/// the position of an entry is its number in the contract. Both sides compute it from their own copy
/// of the world.
#[derive(Clone, Debug)]
pub struct World {
    resolve: Resolve,
    id: WorldId,
    callables: Vec<Callable>,
    callbacks: Vec<Callable>,
    optional: Vec<String>,
}

/// Something of a world that is called by number: by a caller, or by a plugin if it is an import.
#[derive(Clone, Debug)]
pub struct Callable {
    /// Where it is exported, or imported.
    pub key: Option<WorldKey>,
    /// The name of the interface as the binary format spells it, such as `acme:lint/rule@1.2.0`;
    /// empty for a function of the world itself.
    pub interface: String,
    /// The name as the binary format spells it, such as `[method]cart.add`.
    pub name: String,
    /// What is called.
    pub callee: Callee,
}

/// What a [`Callable`] stands for.
#[derive(Clone, Debug)]
pub enum Callee {
    /// A function.
    Function(Box<Function>),
    /// The drop of a handle to a resource of the interface.
    Drop(TypeId),
}

/// A world that cannot be encoded.
#[derive(Debug, thiserror::Error)]
#[error("the world cannot be encoded: {0}")]
pub struct EncodeError(String);

impl World {
    /// The world `id` of `resolve`.
    pub fn new(resolve: Resolve, id: WorldId) -> Self {
        let world = &resolve.worlds[id];
        let of_caller = world.imports.iter().filter(|(key, _)| {
            let name = resolve.name_world_key(key);
            !is_of_host(&name)
        });
        World {
            callables: callables(&resolve, world.exports.iter()),
            callbacks: callables(&resolve, of_caller),
            optional: Vec::new(),
            resolve,
            id,
        }
    }

    /// The same world with exports that a plugin may lack, each by its name as the binary format
    /// spells it: an interface, or a function by its [`Callable::display_name`].
    pub fn with_optional(self, names: impl IntoIterator<Item = String>) -> Self {
        let optional = names.into_iter().collect();
        World { optional, ..self }
    }

    /// The binary form in which the world travels with a load.
    ///
    /// # Errors
    /// When the world has something that the binary format cannot express, or a type whose values
    /// no memory can hold.
    pub fn encode(&self) -> Result<Vec<u8>, EncodeError> {
        Layouts::new(&self.resolve).map_err(|error| EncodeError(error.to_string()))?;
        let encoding = StringEncoding::UTF8;
        let mut encoded = wit_component::metadata::encode(&self.resolve, self.id, encoding, None)
            .map_err(|error| EncodeError(format!("{error:#}")))?;
        optional::append(&self.optional, &mut encoded);
        Ok(encoded)
    }

    /// The definitions that the world is part of.
    pub fn resolve(&self) -> &Resolve {
        &self.resolve
    }

    /// Which world of [`World::resolve`] it is.
    pub fn id(&self) -> WorldId {
        self.id
    }

    /// The name in full, such as `acme:lint/rule@1.2.0`.
    pub fn full_name(&self) -> String {
        let world = &self.resolve.worlds[self.id];
        match world.package {
            Some(package) => self.resolve.id_of_name(package, &world.name),
            None => world.name.clone(),
        }
    }

    /// The names of all that the world exports, as the binary format spells them.
    pub fn export_names(&self) -> Vec<String> {
        self.names(&self.resolve.worlds[self.id].exports)
    }

    /// The names of all that the world imports, as the binary format spells them.
    pub fn import_names(&self) -> Vec<String> {
        self.names(&self.resolve.worlds[self.id].imports)
    }

    fn names(&self, items: &IndexMap<WorldKey, WorldItem>) -> Vec<String> {
        let keys = items.keys();
        keys.map(|key| self.resolve.name_world_key(key)).collect()
    }

    /// All that can be called; the position of an entry is its function number.
    pub fn callables(&self) -> &[Callable] {
        &self.callables
    }

    /// All that a plugin may call of its caller: what the world imports, but for WASI and the
    /// contract itself. The position of an entry is its number.
    pub fn callbacks(&self) -> &[Callable] {
        &self.callbacks
    }

    /// The names of the exports that a plugin may lack, as [`World::with_optional`] took them.
    pub fn optional(&self) -> &[String] {
        &self.optional
    }

    /// Whether a plugin may lack a function, given by [`Callable::interface`] and
    /// [`Callable::name`]: by itself, or with its whole interface.
    pub fn is_optional(&self, interface: &str, function: &str) -> bool {
        let by_itself = display_name(interface, function);
        self.optional
            .iter()
            .any(|name| *name == by_itself || (!interface.is_empty() && name == interface))
    }
}

impl Callable {
    /// The name as a person would look for it: `acme:lint/rule@1.2.0#check`, or `check` for a
    /// function of the world itself.
    pub fn display_name(&self) -> String {
        display_name(&self.interface, &self.name)
    }

    /// Whether it has one of these names: by itself, or with its whole interface.
    pub(crate) fn is_among(&self, names: &HashSet<&str>) -> bool {
        let by_itself = || names.contains(&*self.display_name());
        (!self.interface.is_empty() && names.contains(&*self.interface)) || by_itself()
    }
}

fn display_name(interface: &str, function: &str) -> String {
    if interface.is_empty() {
        function.to_owned()
    } else {
        format!("{interface}#{function}")
    }
}

/// Whether an import is always the host's business.
fn is_of_host(name: &str) -> bool {
    name.starts_with("wasi:") || name.starts_with("first-class:worlds/")
}

fn callables<'a>(
    resolve: &Resolve,
    items: impl Iterator<Item = (&'a WorldKey, &'a WorldItem)>,
) -> Vec<Callable> {
    let mut callables = Vec::new();
    for (key, item) in items {
        collect_callables(resolve, key, item, &mut callables);
    }
    callables.sort_by(|a, b| (&a.interface, &a.name).cmp(&(&b.interface, &b.name)));
    callables
}

fn collect_callables(
    resolve: &Resolve,
    key: &WorldKey,
    item: &WorldItem,
    callables: &mut Vec<Callable>,
) {
    match item {
        WorldItem::Function(function) => callables.push(Callable {
            key: None,
            interface: String::new(),
            name: function.name.clone(),
            callee: Callee::Function(Box::new(function.clone())),
        }),
        WorldItem::Interface { id, .. } => {
            let interface = resolve.name_world_key(key);
            let mut push = |name, callee| {
                callables.push(Callable {
                    key: Some(key.clone()),
                    interface: interface.clone(),
                    name,
                    callee,
                })
            };
            let definition = &resolve.interfaces[*id];
            for function in definition.functions.values() {
                push(
                    function.name.clone(),
                    Callee::Function(Box::new(function.clone())),
                );
            }
            for (name, &id) in &definition.types {
                if matches!(resolve.types[id].kind, TypeDefKind::Resource) {
                    push(format!("[resource-drop]{name}"), Callee::Drop(id));
                }
            }
        }
        WorldItem::Type { .. } => {}
    }
}

#[cfg(test)]
mod tests {
    use super::World;
    use crate::testing::world;
    use expect_test::expect;

    const WIT: &str = "
        package acme:shop@1.2.0;
        interface zoo { feed: func(); }
        interface carts {
            resource cart { constructor(); add: func(item: string) -> u32; }
            total: func(all: list<cart>) -> u64;
        }
        world shop {
            export zoo;
            export run: func();
            export carts;
            export local: interface { ping: func(); }
        }";

    #[test]
    fn numbers_follow_names_and_survive_the_encoding() {
        let original = world(WIT);
        let decoded = World::decode(&original.encode().expect("encodes")).expect("decodes");
        let names = |world: &World| {
            let names = world.callables().iter().map(super::Callable::display_name);
            names.collect::<Vec<_>>().join("\n")
        };
        expect![[r#"
            run
            acme:shop/carts@1.2.0#[constructor]cart
            acme:shop/carts@1.2.0#[method]cart.add
            acme:shop/carts@1.2.0#[resource-drop]cart
            acme:shop/carts@1.2.0#total
            acme:shop/zoo@1.2.0#feed
            local#ping"#]]
        .assert_eq(&names(&original));
        assert_eq!(names(&decoded), names(&original));
        assert_eq!(decoded.full_name(), "acme:shop/shop@1.2.0");
    }

    #[test]
    fn callbacks_are_the_imports_that_are_not_the_hosts() {
        let world = world(
            "package acme:shop;
            package wasi:io@0.2.0 { interface poll { resource pollable { ready: func() -> bool; } } }
            interface types { record entry { text: string } }
            interface log { use types.{entry}; write: func(entry: entry); resource file; }
            world shop {
                import wasi:io/poll@0.2.0;
                import log;
                import ask: func() -> bool;
            }",
        );
        let decoded = World::decode(&world.encode().expect("encodes")).expect("decodes");
        let names: Vec<_> = decoded
            .callbacks()
            .iter()
            .map(super::Callable::display_name)
            .collect();
        expect![[r#"
            ask
            acme:shop/log#[resource-drop]file
            acme:shop/log#write"#]]
        .assert_eq(&names.join("\n"));
    }

    #[test]
    fn what_is_optional_survives_the_encoding() {
        let names = ["run", "acme:shop/zoo@1.2.0", "acme:shop/carts@1.2.0#total"];
        let original = world(WIT).with_optional(names.map(String::from));
        let decoded = World::decode(&original.encode().expect("encodes")).expect("decodes");
        assert_eq!(decoded.optional(), names);
        let is_optional: Vec<_> = decoded
            .callables()
            .iter()
            .filter(|callable| decoded.is_optional(&callable.interface, &callable.name))
            .map(super::Callable::display_name)
            .collect();
        assert_eq!(
            is_optional,
            [
                "run",
                "acme:shop/carts@1.2.0#total",
                "acme:shop/zoo@1.2.0#feed"
            ]
        );

        let decoded = World::decode(&world(WIT).encode().expect("encodes")).expect("decodes");
        assert!(decoded.optional().is_empty());
    }

    #[test]
    fn an_optional_section_that_is_no_text_is_refused() {
        let mut encoded = world(WIT).encode().expect("encodes");
        let section = b"\x14first-class:optional\xff";
        encoded.extend([0, section.len() as u8]);
        encoded.extend(section);
        let error = World::decode(&encoded).expect_err("is not UTF-8");
        assert!(error.to_string().contains("UTF-8"), "{error}");
    }

    #[test]
    fn bytes_that_are_no_world_are_refused() {
        let encoded = world(WIT).encode().expect("encodes");
        for bytes in [&b""[..], b"\0asm", b"hello", &encoded[..encoded.len() / 2]] {
            assert!(World::decode(bytes).is_err(), "{bytes:?}");
        }
    }
}
