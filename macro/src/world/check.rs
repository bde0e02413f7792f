//! What a world may not have, since it cannot cross yet.

use super::load::Loaded;
use super::options::Options;
use super::types::{definition_of, live_types, parts};
use crate::errors::Errors;
use first_class_abi::wit_parser::{
    Function, Handle, LiveTypes, Resolve, ResolveError, Span as WitSpan, Type, TypeDefKind, TypeId,
    TypeOwner, WorldId, WorldItem,
};
use first_class_abi::{Callable, Callee};
use std::collections::HashSet;

/// The longest tuple that has a Rust type.
const LONGEST_TUPLE: usize = 32;

/// The most flags that the canonical ABI has bits for.
const MOST_FLAGS: usize = 32;

/// Refuses what cannot cross, each with its place in the WIT.
pub(crate) fn check(loaded: &Loaded, options: &Options, errors: &mut Errors) {
    let world = &loaded.world;
    let mut check = Check {
        resolve: world.resolve(),
        world: world.id(),
        options,
        errors,
        seen: HashSet::new(),
    };
    let live = live_types(world);
    check.imports(&live);
    check.repeated_interfaces();
    for callable in world.callables() {
        if let Callee::Function(function) = &callable.callee {
            check.function(callable, function);
        }
    }
    for id in live.iter() {
        check.lone_type(id);
    }
}

struct Check<'a> {
    resolve: &'a Resolve,
    world: WorldId,
    options: &'a Options,
    errors: &'a mut Errors,
    /// The types that were looked at; each is refused once.
    seen: HashSet<TypeId>,
}

impl Check<'_> {
    /// A mistake, with the line of the WIT that it is in.
    fn refuse(&mut self, span: WitSpan, message: String) {
        let error = ResolveError::new_semantic(span, message).into();
        let message = self.resolve.render_error(&error);
        let message = super::load::from_the_crate(&message);
        self.errors.at(self.options.world.span(), message);
    }

    fn imports(&mut self, live: &LiveTypes) {
        let resolve = self.resolve;
        for (key, item) in &resolve.worlds[self.world].imports {
            let name = resolve.name_world_key(key);
            if name.starts_with("wasi:") || self.is_used_for_types(item, live) {
                continue;
            }
            let has_functions = match item {
                WorldItem::Interface { id, .. } => !resolve.interfaces[*id].functions.is_empty(),
                WorldItem::Function(_) => true,
                WorldItem::Type { .. } => false,
            };
            if has_functions {
                let message = format!(
                    "the world imports `{name}`, and a caller cannot implement imports yet"
                );
                self.refuse(self.place(item), message);
            }
        }
    }

    /// Where an item stands in the world; not every one says so.
    fn place(&self, item: &WorldItem) -> WitSpan {
        let span = item.span();
        match span.is_known() {
            true => span,
            false => self.resolve.worlds[self.world].span,
        }
    }

    /// Whether an import is there, or may be, because `use` names types of it. Then a plugin need
    /// not call its functions; one that does is refused when it is loaded.
    fn is_used_for_types(&self, item: &WorldItem, live: &LiveTypes) -> bool {
        match item {
            WorldItem::Interface { id, .. } => {
                let mut types = self.resolve.interfaces[*id].types.values();
                types.any(|ty| live.contains(*ty))
            }
            _ => false,
        }
    }

    /// Two exports of one interface have resources of their own, but one Rust type for them.
    fn repeated_interfaces(&mut self) {
        let resolve = self.resolve;
        let mut exported = HashSet::new();
        for (key, item) in &resolve.worlds[self.world].exports {
            let WorldItem::Interface { id, .. } = item else {
                continue;
            };
            let mut types = resolve.interfaces[*id].types.values();
            let has_resources =
                types.any(|id| matches!(resolve.types[*id].kind, TypeDefKind::Resource));
            if !exported.insert(*id) && has_resources {
                let name = resolve.name_world_key(key);
                let message = format!(
                    "`{name}` is another export of an interface with resources, and their types \
                     cannot be told apart yet"
                );
                self.refuse(self.place(item), message);
            }
        }
    }

    fn function(&mut self, callable: &Callable, function: &Function) {
        let name = callable.display_name();
        for param in &function.params {
            let whose = format!("the parameter `{}` of `{name}`", param.name);
            self.signature(callable, &param.ty, &whose, param.span);
        }
        if let Some(ty) = &function.result {
            let whose = format!("the result of `{name}`");
            self.signature(callable, ty, &whose, function.span);
        }
    }

    /// One type of a signature, with all that it is made of.
    fn signature(&mut self, callable: &Callable, ty: &Type, whose: &str, span: WitSpan) {
        let resolve = self.resolve;
        if *ty == Type::ErrorContext {
            self.refuse(span, format!("{whose} cannot cross: {ERROR_CONTEXT}"));
        }
        let mut live = LiveTypes::default();
        live.add_type(resolve, ty);
        for id in live.iter() {
            let what = obstacle(&resolve.types[id].kind);
            if let Some(what) = what.filter(|_| self.seen.insert(id)) {
                let inside = self.named(&live, id);
                self.refuse(span, format!("{whose} cannot cross: {what}{inside}"));
            }
            if let TypeDefKind::Handle(handle) = &resolve.types[id].kind {
                self.handle(callable, handle, whose, span);
            }
        }
    }

    /// In which named type it is, if it has no name itself.
    fn named(&self, live: &LiveTypes, id: TypeId) -> String {
        let holds = |holder: &TypeId| {
            let parts = parts(&self.resolve.types[*holder].kind);
            *holder == id || parts.contains(&Type::Id(id))
        };
        let mut names = live
            .iter()
            .filter(holds)
            .filter_map(|holder| self.resolve.types[holder].name.as_ref());
        names
            .next()
            .map_or(String::new(), |name| format!(" (in the type `{name}`)"))
    }

    /// A resource is one of the plugin's only if its interface is exported, and seen from another
    /// export of an interface: a function of the world itself means the import.
    fn handle(&mut self, callable: &Callable, handle: &Handle, whose: &str, span: WitSpan) {
        let (Handle::Own(id) | Handle::Borrow(id)) = handle;
        let resource = &self.resolve.types[definition_of(self.resolve, *id)];
        let mut exports = self.resolve.worlds[self.world].exports.values();
        let is_exported = exports.any(|item| match (item, resource.owner) {
            (WorldItem::Interface { id, .. }, TypeOwner::Interface(owner)) => *id == owner,
            _ => false,
        });
        if is_exported && callable.key.is_some() {
            return;
        }
        let name = resource.name.as_deref().unwrap_or_default();
        let message = format!(
            "{whose} cannot cross: the resource `{name}` is imported here, and a caller cannot \
             implement imports yet; put the function into an exported interface, and export the \
             interface that defines the resource"
        );
        self.refuse(span, message);
    }

    /// A type that no function mentions.
    fn lone_type(&mut self, id: TypeId) {
        let definition = &self.resolve.types[id];
        let what = obstacle(&definition.kind).or_else(|| {
            parts(&definition.kind)
                .contains(&Type::ErrorContext)
                .then(|| ERROR_CONTEXT.into())
        });
        if let Some(what) = what.filter(|_| self.seen.insert(id)) {
            let name = definition.name.as_deref().unwrap_or("without a name");
            let message = format!("the type `{name}` cannot cross: {what}");
            self.refuse(definition.span, message);
        }
    }
}

const ERROR_CONTEXT: &str = "an `error-context` is not supported yet";

/// What keeps values of a type from crossing.
fn obstacle(kind: &TypeDefKind) -> Option<String> {
    let what = match kind {
        TypeDefKind::Future(_) => "a `future` is not supported yet".into(),
        TypeDefKind::Stream(_) => "a `stream` is not supported yet".into(),
        kind if parts(kind).contains(&Type::ErrorContext) => ERROR_CONTEXT.into(),
        TypeDefKind::Tuple(tuple) if tuple.types.len() > LONGEST_TUPLE => format!(
            "a `tuple` has at most {LONGEST_TUPLE} types, and this one has {}; use a `record`",
            tuple.types.len()
        ),
        TypeDefKind::Flags(flags) if flags.flags.len() > MOST_FLAGS => format!(
            "the Component Model allows {MOST_FLAGS} `flags`, and here are {}",
            flags.flags.len()
        ),
        _ => return None,
    };
    Some(what)
}
