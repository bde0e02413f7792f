//! What a caller serves of a plugin's imports.

use first_class_abi::wit_parser::{
    Function, Handle, LiveTypes, Resolve, Type, TypeDefKind, TypeId,
};
use first_class_abi::{CallShape, Callable, Callee, World, provider};

/// The functions of a world that a caller serves for some plugin, and their resources.
pub(super) struct Served<'a> {
    pub(super) functions: Vec<ServedFunction<'a>>,
    pub(super) resources: Vec<ServedResource<'a>>,
}

pub(super) struct ServedFunction<'a> {
    /// Its position in [`World::callbacks`].
    pub(super) number: u32,
    pub(super) callable: &'a Callable,
    pub(super) shape: &'a CallShape,
    /// Whether arguments give the caller resources back.
    pub(super) gives: bool,
    /// Whether the result gives the plugin resources.
    pub(super) takes: bool,
}

pub(super) struct ServedResource<'a> {
    pub(super) id: TypeId,
    pub(super) interface: &'a str,
    pub(super) name: &'a str,
    /// The position of its drop in [`World::callbacks`].
    pub(super) drop_number: u32,
}

impl<'a> Served<'a> {
    /// What a caller serves of these imports of a world, whose callbacks have these shapes.
    pub(super) fn new(world: &'a World, shapes: &'a [CallShape], imports: &[String]) -> Self {
        let mut served = Served {
            functions: Vec::new(),
            resources: Vec::new(),
        };
        for (number, (callable, shape)) in (0..).zip(world.callbacks().iter().zip(shapes)) {
            if !is_of(callable, imports) {
                continue;
            }
            match &callable.callee {
                Callee::Function(function) => served.functions.push(ServedFunction {
                    number,
                    callable,
                    shape,
                    gives: parameters(function).any(|ty| has_own(world.resolve(), ty)),
                    takes: function
                        .result
                        .iter()
                        .any(|ty| has_own(world.resolve(), ty)),
                }),
                Callee::Drop(id) => served.resources.push(ServedResource {
                    id: *id,
                    interface: &callable.interface,
                    name: world.resolve().types[*id]
                        .name
                        .as_deref()
                        .unwrap_or_default(),
                    drop_number: number,
                }),
            }
        }
        served
    }
}

/// The imports of a world that a plugin needs from its caller, since the host provides others: by
/// their names in the world.
pub(crate) fn served_imports(world: &World, plugin: &World, provided: &[String]) -> Vec<String> {
    let needed = plugin.import_names();
    let mut imports: Vec<_> = world.callbacks().iter().map(import_of).collect();
    imports.dedup();
    let served = imports.into_iter().filter(|import| {
        let is_in = |names: &[String]| provider(import, names.iter().map(String::as_str)).is_some();
        is_in(&needed) && !is_in(provided)
    });
    served.map(str::to_owned).collect()
}

/// The resources of these imports of a world, in the order in which a lower bridge numbers them.
pub(crate) fn served_resources(world: &World, imports: &[String]) -> Vec<TypeId> {
    let served = world.callbacks().iter().filter(|it| is_of(it, imports));
    let resources = served.filter_map(|callable| match callable.callee {
        Callee::Drop(id) => Some(id),
        Callee::Function(_) => None,
    });
    resources.collect()
}

/// Whether a callback belongs to one of these imports.
pub(super) fn is_of(callable: &Callable, imports: &[String]) -> bool {
    imports.iter().any(|import| import == import_of(callable))
}

/// The name of the import that a callback belongs to: its interface, or itself.
fn import_of(callable: &Callable) -> &str {
    match callable.interface.as_str() {
        "" => &callable.name,
        interface => interface,
    }
}

fn parameters(function: &Function) -> impl Iterator<Item = &Type> {
    function.params.iter().map(|parameter| &parameter.ty)
}

/// Whether values of a type own a resource.
fn has_own(resolve: &Resolve, ty: &Type) -> bool {
    let mut live = LiveTypes::default();
    live.add_type(resolve, ty);
    live.iter().any(|id| {
        let kind = &resolve.types[id].kind;
        matches!(kind, TypeDefKind::Handle(Handle::Own(_)))
    })
}
