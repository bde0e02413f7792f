//! What a world may not have, since it cannot cross yet.

use super::load::Loaded;
use super::options::Options;
use super::types::{
    Side, definition_of, holds_handle, live_types, parts, primitive_of, served_resources,
};
use crate::errors::Errors;
use first_class_abi::wit_parser::{
    Function, FunctionKind, Handle, LiveTypes, Resolve, ResolveError, Span as WitSpan, Type,
    TypeDefKind, TypeId, TypeOwner, WorldId, WorldItem,
};
use first_class_abi::{Callable, Callee, World};
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
        served: served_resources(world),
        seen: HashSet::new(),
    };
    check.repeated_interfaces(Side::Export);
    check.repeated_interfaces(Side::Import);
    for (side, callables) in [
        (Side::Export, world.callables()),
        (Side::Import, world.callbacks()),
    ] {
        for callable in callables {
            if let Callee::Function(function) = &callable.callee {
                check.function(callable, side, function);
            }
        }
    }
    for id in live_types(world).iter() {
        check.lone_type(id);
    }
    check.streams_and_imports(world);
}

struct Check<'a> {
    resolve: &'a Resolve,
    world: WorldId,
    options: &'a Options,
    errors: &'a mut Errors,
    /// The resources that a caller implements.
    served: HashSet<TypeId>,
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

    /// Where an item stands in the world; not every one says so.
    fn place(&self, item: &WorldItem) -> WitSpan {
        let span = item.span();
        match span.is_known() {
            true => span,
            false => self.resolve.worlds[self.world].span,
        }
    }

    /// Two exports of one interface, or two imports, have resources of their own, but one Rust type
    /// for them.
    fn repeated_interfaces(&mut self, side: Side) {
        let resolve = self.resolve;
        let world = &resolve.worlds[self.world];
        let (items, what) = match side {
            Side::Export => (&world.exports, "export"),
            Side::Import => (&world.imports, "import"),
        };
        let mut seen = HashSet::new();
        for (key, item) in items {
            let WorldItem::Interface { id, .. } = item else {
                continue;
            };
            let mut types = resolve.interfaces[*id].types.values();
            let has_resources =
                types.any(|id| matches!(resolve.types[*id].kind, TypeDefKind::Resource));
            if !seen.insert(*id) && has_resources {
                let name = resolve.name_world_key(key);
                let message = format!(
                    "`{name}` is another {what} of an interface with resources, and their types \
                     cannot be told apart yet"
                );
                self.refuse(self.place(item), message);
            }
        }
    }

    fn function(&mut self, callable: &Callable, side: Side, function: &Function) {
        let name = callable.display_name();
        if let (Side::Import, FunctionKind::Static(id) | FunctionKind::AsyncStatic(id)) =
            (side, &function.kind)
        {
            self.resource(callable, side, *id, &format!("`{name}`"), function.span);
        }
        for param in &function.params {
            let whose = format!("the parameter `{}` of `{name}`", param.name);
            self.signature(callable, side, &param.ty, &whose, param.span);
        }
        if let Some(ty) = &function.result {
            let whose = format!("the result of `{name}`");
            self.signature(callable, side, ty, &whose, function.span);
        }
    }

    /// One type of a signature, with all that it is made of.
    fn signature(
        &mut self,
        callable: &Callable,
        side: Side,
        ty: &Type,
        whose: &str,
        span: WitSpan,
    ) {
        let resolve = self.resolve;
        if *ty == Type::ErrorContext {
            self.refuse(span, format!("{whose} cannot cross: {ERROR_CONTEXT}"));
        }
        let mut live = LiveTypes::default();
        live.add_type(resolve, ty);
        for id in live.iter() {
            let what = self.obstacle(id, side);
            if let Some(what) = what.filter(|_| self.seen.insert(id)) {
                let inside = self.named(&live, id);
                self.refuse(span, format!("{whose} cannot cross: {what}{inside}"));
            }
            if let TypeDefKind::Handle(handle) = &resolve.types[id].kind {
                let (Handle::Own(resource) | Handle::Borrow(resource)) = handle;
                self.resource(callable, side, *resource, whose, span);
            }
            self.type_of_the_world(id);
        }
    }

    /// A type of the world itself stands beside the interfaces that the world imports, so that
    /// nobody who defines their resources could define it.
    fn type_of_the_world(&mut self, id: TypeId) {
        let definition = &self.resolve.types[id];
        let is_alias = matches!(definition.kind, TypeDefKind::Type(Type::Id(_)));
        if is_alias || !matches!(definition.owner, TypeOwner::World(_)) {
            return;
        }
        let served = |id, _| self.served.contains(&id);
        if holds_handle(self.resolve, id, &served) && self.seen.insert(id) {
            let name = definition.name.as_deref().unwrap_or("without a name");
            let message = format!(
                "the type `{name}` cannot cross: it is defined by the world itself, and holds \
                 resources that a caller implements; put it into an interface"
            );
            self.refuse(definition.span, message);
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

    /// A resource in a signature.
    fn resource(
        &mut self,
        callable: &Callable,
        side: Side,
        id: TypeId,
        whose: &str,
        span: WitSpan,
    ) {
        let id = definition_of(self.resolve, id);
        let name = self.resolve.types[id].name.as_deref().unwrap_or_default();
        let what = match side {
            Side::Export => self.obstacle_of_export(callable, id, name),
            Side::Import => self
                .obstacle_of_import(id, name)
                .or_else(|| of_the_world(callable, name)),
        };
        if let Some(what) = what {
            self.refuse(span, format!("{whose} cannot cross: {what}"));
        }
    }

    /// A resource of an interface that is exported is one of the plugin's where another export of an
    /// interface mentions it: a function of the world itself means the import. All others are what
    /// they are to an import.
    fn obstacle_of_export(&self, callable: &Callable, id: TypeId, name: &str) -> Option<String> {
        let mut exports = self.resolve.worlds[self.world].exports.values();
        let owner = self.resolve.types[id].owner;
        let is_exported = exports.any(|item| match (item, owner) {
            (WorldItem::Interface { id, .. }, TypeOwner::Interface(owner)) => *id == owner,
            _ => false,
        });
        if !is_exported {
            return self.obstacle_of_import(id, name);
        }
        callable.key.is_none().then(|| {
            format!(
                "a function of the world itself means the resource `{name}` that is imported, and \
                 the world exports that interface, too, so that one type would stand for both; put \
                 the function into an exported interface"
            )
        })
    }

    /// A caller implements the resources of the interfaces that it serves.
    fn obstacle_of_import(&self, id: TypeId, name: &str) -> Option<String> {
        let TypeOwner::Interface(interface) = self.resolve.types[id].owner else {
            return Some(format!(
                "the resource `{name}` is defined by the world itself; put it into an interface, \
                 and import that"
            ));
        };
        let is_served = self.served.contains(&id);
        (!is_served).then(|| {
            let interface = self.resolve.id_of(interface).unwrap_or_default();
            format!(
                "the resource `{name}` of `{interface}` is the host's, and a caller can neither \
                 make nor take one; let the function speak in values, or in a resource of an \
                 interface of your own"
            )
        })
    }

    /// Calls that go on at the same time cannot ask their caller for anything yet.
    fn streams_and_imports(&mut self, world: &World) {
        let mut exports = LiveTypes::default();
        for (_, function) in functions(world.callables()) {
            exports.add_func(self.resolve, function);
        }
        let mut kinds = exports.iter().map(|id| &self.resolve.types[id].kind);
        let is_end = |kind| matches!(kind, &TypeDefKind::Future(_) | &TypeDefKind::Stream(_));
        let Some((callback, function)) = functions(world.callbacks()).next() else {
            return;
        };
        if kinds.any(is_end) {
            let name = callback.display_name();
            let is_used = callback.key.is_some();
            let remedy = is_used.then_some(
                "; if the world only `use`s types of that interface, put them into one without \
                 functions",
            );
            let message = format!(
                "a world with streams or futures cannot have imports that a guest serves yet, as it \
                 does `{name}`; pass what the plugin needs as parameters{}",
                remedy.unwrap_or_default()
            );
            self.refuse(function.span, message);
        }
    }

    /// What keeps values of a type from crossing on a side.
    fn obstacle(&self, id: TypeId, side: Side) -> Option<String> {
        let kind = &self.resolve.types[id].kind;
        let what = match kind {
            TypeDefKind::Future(_) => "future",
            TypeDefKind::Stream(_) => "stream",
            kind => return obstacle(kind),
        };
        if side == Side::Import {
            return Some(format!(
                "a `{what}` is supported in exports alone yet; let the function speak in values, or \
                 let the plugin export one that takes or gives it"
            ));
        }
        self.obstacle_of_element(id, what)
    }

    /// What the Component Model forbids in streams and futures.
    fn obstacle_of_element(&self, id: TypeId, what: &str) -> Option<String> {
        let kind = &self.resolve.types[id].kind;
        if parts(kind).contains(&Type::ErrorContext) {
            return Some(ERROR_CONTEXT.into());
        }
        if holds_handle(self.resolve, id, &|_, is_lent| is_lent) {
            return Some(format!(
                "a `{what}` of a `borrow` would outlive the loan; let it be of `own`"
            ));
        }
        let is_char = |ty: &Type| primitive_of(self.resolve, ty) == Type::Char;
        let is_of_chars = matches!(kind, TypeDefKind::Stream(Some(ty)) if is_char(ty));
        is_of_chars.then(|| {
            "the Component Model does not allow a `stream` of `char` yet; use `stream<u8>` for \
             text as UTF-8, or `stream<u32>`"
                .into()
        })
    }

    /// A type that no function mentions.
    fn lone_type(&mut self, id: TypeId) {
        let definition = &self.resolve.types[id];
        let what = self.obstacle(id, Side::Export).or_else(|| {
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

/// What keeps a function that the world itself imports from having a resource that the caller
/// implements.
fn of_the_world(callable: &Callable, name: &str) -> Option<String> {
    callable.key.is_none().then(|| {
        format!(
            "a function that the world itself imports cannot have the resource `{name}`; put the \
             function into an interface, and import that"
        )
    })
}

const ERROR_CONTEXT: &str = "an `error-context` is not supported yet";

fn functions(callables: &[Callable]) -> impl Iterator<Item = (&Callable, &Function)> {
    callables
        .iter()
        .filter_map(|callable| match &callable.callee {
            Callee::Function(function) => Some((callable, &**function)),
            Callee::Drop(_) => None,
        })
}

/// What keeps values of a type from crossing on either side.
fn obstacle(kind: &TypeDefKind) -> Option<String> {
    let what = match kind {
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
