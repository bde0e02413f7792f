//! Which function is meant, and its types.

use super::expression::Expression;
use crate::wit::unknown;
use first_class_abi::fit::Signatures;
use first_class_abi::wit_parser::{Function, ItemName, Resolve, Type, TypeDefKind};
use first_class_abi::{Callable, Callee, World};
use miette::{Report, Result, miette};
use wasm_wave::value;
use wasm_wave::value::resolve_wit_func_type;
use wasm_wave::wasm::WasmFunc;

/// How many parts the types of a function may have, written out. Those of a stranger's component
/// can have as many as it likes.
const MOST_PARTS: usize = 100_000;

/// A function that can be called.
pub(super) struct Target {
    /// Its number in the world.
    pub(super) number: u32,
    pub(super) parameters: Vec<value::Type>,
    pub(super) result: Option<value::Type>,
    /// Its name and type, as WIT spells them.
    pub(super) signature: String,
}

impl Target {
    /// Finds the function of a plugin that is to be called.
    pub(super) fn find(plugin: &World, expression: &Expression<'_>) -> Result<Self> {
        let name: ItemName = expression.name().parse().map_err(|error| {
            miette!(
                "`{}` is no name of a function: {error:#}",
                expression.name()
            )
        })?;
        let callables = (0..).zip(plugin.callables());
        let functions = callables.filter_map(|(number, callable)| match &callable.callee {
            Callee::Function(function) => Some((number, callable, &**function)),
            Callee::Drop(_) => None,
        });
        let functions: Vec<_> = functions.collect();
        let is_meant = |callable: &Callable| {
            callable.name == name.name && is_interface(&callable.interface, &name)
        };
        let mut meant = functions
            .iter()
            .filter(|(_, callable, _)| is_meant(callable));
        match (meant.next(), meant.next()) {
            (Some((number, _, function)), None) => Self::new(plugin, *number, function),
            (Some((_, one, _)), Some((_, other, _))) => Err(miette!(
                help = "name the interface in full",
                "`{name}` may be `{}` or `{}`",
                in_full(one),
                in_full(other)
            )),
            (None, _) => {
                // Those of resources cannot be called.
                let names = functions.iter().map(|(_, it, _)| short(it));
                let names: Vec<_> = names.filter(|name| !name.contains('[')).collect();
                let same = functions
                    .iter()
                    .find(|(_, callable, _)| callable.name == name.name);
                let of_resource = functions
                    .iter()
                    .find(|(_, callable, _)| is_of_resource(callable, &name));
                if let Some((_, callable, _)) = of_resource {
                    return Err(no_text(&callable.name, "a resource"));
                }
                Err(match same {
                    Some((_, callable, _)) => miette!(
                        help = format!("did you mean `{}`?", short(callable)),
                        "there is no function `{name}`"
                    ),
                    None => {
                        let name = name.to_string();
                        unknown("function", &name, names.iter().map(String::as_str))
                    }
                })
            }
        }
    }

    fn new(plugin: &World, number: u32, function: &Function) -> Result<Self> {
        let resolve = plugin.resolve();
        let types = function.params.iter().map(|parameter| &parameter.ty);
        let mut parts = MOST_PARTS;
        for ty in types.chain(&function.result) {
            check(resolve, ty, &mut parts).map_err(|found| no_text(&function.name, found))?;
        }
        let types = resolve_wit_func_type(resolve, function);
        let types = types.map_err(|error| miette!("`{}`: {error}", function.name))?;
        Ok(Target {
            number,
            parameters: types.params().collect(),
            result: types.results().next(),
            signature: format!(
                "{}: {}",
                function.name,
                Signatures::new(plugin).of(function)
            ),
        })
    }
}

/// The error for a function that only a caller can call.
fn no_text(function: &str, found: &str) -> Report {
    miette!(
        help = "call it from a caller, in Rust",
        "`{function}` takes or gives {found}, which WAVE has no text for"
    )
}

/// Checks that there is a text for the values of a type.
fn check(resolve: &Resolve, ty: &Type, parts: &mut usize) -> Result<(), &'static str> {
    *parts = parts.checked_sub(1).ok_or("a type of too many parts")?;
    let id = match ty {
        Type::Id(id) => *id,
        Type::ErrorContext => return Err("an error-context"),
        _ => return Ok(()),
    };
    let mut check = |ty| check(resolve, ty, parts);
    match &resolve.types[id].kind {
        TypeDefKind::Type(ty) | TypeDefKind::List(ty) | TypeDefKind::Option(ty) => check(ty),
        TypeDefKind::Record(record) => record.fields.iter().try_for_each(|field| check(&field.ty)),
        TypeDefKind::Tuple(tuple) => tuple.types.iter().try_for_each(check),
        TypeDefKind::Variant(variant) => {
            let mut payloads = variant.cases.iter().filter_map(|case| case.ty.as_ref());
            payloads.try_for_each(check)
        }
        TypeDefKind::Result(result) => result.ok.iter().chain(&result.err).try_for_each(check),
        TypeDefKind::Enum(_) | TypeDefKind::Flags(_) => Ok(()),
        TypeDefKind::Handle(_) | TypeDefKind::Resource => Err("a resource"),
        TypeDefKind::Stream(_) => Err("a stream"),
        TypeDefKind::Future(_) => Err("a future"),
        TypeDefKind::Map(..) => Err("a map"),
        TypeDefKind::FixedLengthList(..) => Err("a list of fixed length"),
        TypeDefKind::Unknown => Err("a type that is not known"),
    }
}

/// Whether an interface is the one that a name is about: in full, without its version, or by its own
/// name alone.
fn is_interface(interface: &str, name: &ItemName) -> bool {
    let Some(wanted) = name.instance_name() else {
        return interface.is_empty();
    };
    let unversioned = interface.split('@').next().unwrap_or(interface);
    let own = unversioned.rsplit('/').next().unwrap_or(unversioned);
    let is_own = name.package.is_none() && own == wanted;
    interface == wanted || unversioned == wanted || is_own
}

/// Whether it is of a resource, and a name is about it: `total` of `[method]ledger.total`, in the interface
/// or in the resource that the name begins with.
fn is_of_resource(callable: &Callable, name: &ItemName) -> bool {
    let Some((_, own)) = callable.name.split_once(']') else {
        return false;
    };
    let (resource, function) = own.split_once('.').unwrap_or((own, own));
    let is_in = is_interface(&callable.interface, name)
        || name.instance_name().as_deref() == Some(resource);
    function == name.name && is_in
}

/// The name of a function as it is called, without its package.
fn short(callable: &Callable) -> String {
    let full = in_full(callable);
    let unversioned = full.split('@').next().unwrap_or(&full);
    unversioned
        .rsplit('/')
        .next()
        .unwrap_or(unversioned)
        .to_owned()
}

/// The name of a function as it is called, in full.
fn in_full(callable: &Callable) -> String {
    let Callable {
        interface, name, ..
    } = callable;
    match interface.split_once('@') {
        _ if interface.is_empty() => name.clone(),
        Some((interface, version)) => format!("{interface}.{name}@{version}"),
        None => format!("{interface}.{name}"),
    }
}
