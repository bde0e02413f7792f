//! What a world may not have, since it cannot cross yet.

use super::load::Loaded;
use super::options::Options;
use crate::errors::Errors;
use first_class_abi::wit_parser::{
    LiveTypes, Resolve, Span as WitSpan, Type, TypeDef, TypeDefKind, WorldItem, WorldKey,
};

/// Refuses what cannot cross, each with its place in the WIT.
pub(crate) fn check(loaded: &Loaded, options: &Options) -> syn::Result<()> {
    let resolve = loaded.world.resolve();
    let world = &resolve.worlds[loaded.world.id()];
    let mut errors = Errors::new();
    let mut refuse = |span: WitSpan, message: String| {
        let place = resolve.render_location(span);
        errors.at(options.world.span(), format!("{message} ({place})"));
    };
    let mut live = LiveTypes::default();
    for item in world.exports.values() {
        live.add_world_item(resolve, item);
    }
    for (key, item) in &world.imports {
        if !is_used_for_types(resolve, item, &live) {
            check_import(resolve, key, item, &mut refuse);
        }
    }
    for id in live.iter() {
        check_type(&resolve.types[id], &mut refuse);
    }
    errors.finish()
}

/// Whether an import is there, or may be, because `use` names types of it. Then a plugin need not
/// call its functions; one that does is refused when it is loaded.
fn is_used_for_types(resolve: &Resolve, item: &WorldItem, live: &LiveTypes) -> bool {
    match item {
        WorldItem::Interface { id, .. } => {
            let mut types = resolve.interfaces[*id].types.values();
            types.any(|ty| live.contains(*ty))
        }
        _ => false,
    }
}

fn check_import(
    resolve: &Resolve,
    key: &WorldKey,
    item: &WorldItem,
    refuse: &mut impl FnMut(WitSpan, String),
) {
    let has_functions = match item {
        WorldItem::Interface { id, .. } => !resolve.interfaces[*id].functions.is_empty(),
        WorldItem::Function(_) => true,
        WorldItem::Type { .. } => false,
    };
    let name = resolve.name_world_key(key);
    if has_functions && !name.starts_with("wasi:") {
        refuse(
            item.span(),
            format!("the world imports `{name}`, and a caller cannot implement imports yet"),
        );
    }
}

fn check_type(definition: &TypeDef, refuse: &mut impl FnMut(WitSpan, String)) {
    let what = match &definition.kind {
        TypeDefKind::Future(_) => "a `future`",
        TypeDefKind::Stream(_) => "a `stream`",
        kind if contains_error_context(kind) => "an `error-context`",
        _ => return,
    };
    let name = definition.name.as_deref();
    let name = name.map_or(String::new(), |name| format!(" (type `{name}`)"));
    refuse(definition.span, format!("{what} cannot cross yet{name}"));
}

fn contains_error_context(kind: &TypeDefKind) -> bool {
    let is = |ty: &Type| *ty == Type::ErrorContext;
    match kind {
        TypeDefKind::Record(record) => record.fields.iter().any(|field| is(&field.ty)),
        TypeDefKind::Tuple(tuple) => tuple.types.iter().any(is),
        TypeDefKind::Variant(variant) => variant
            .cases
            .iter()
            .any(|case| case.ty.as_ref().is_some_and(is)),
        TypeDefKind::Option(ty) | TypeDefKind::List(ty) | TypeDefKind::Type(ty) => is(ty),
        TypeDefKind::FixedLengthList(ty, _) => is(ty),
        TypeDefKind::Result(result) => [&result.ok, &result.err].into_iter().flatten().any(is),
        _ => false,
    }
}
