//! What of a world is more than values.

use super::error::Misfit;
use first_class_abi::wit_parser::{Resolve, Type, TypeDefKind};
use first_class_abi::{Callee, World};
use std::collections::BTreeSet;

/// All of a world that is not a function from values to values: resources, streams, futures, error
/// contexts, and what the caller would have to serve. What most backends cannot carry.
pub fn beyond_values(world: &World) -> Vec<Misfit> {
    misfits(world, |_| None)
}

/// The same, and functions that take or give what `refused` gives a name.
pub fn misfits(
    world: &World,
    refused: impl Fn(&TypeDefKind) -> Option<&'static str>,
) -> Vec<Misfit> {
    let found = Found::of_types(world.resolve(), |kind| {
        beyond(kind).or_else(|| refused(kind))
    });
    let functions = world.callables().iter().flat_map(|callable| {
        let function = match &callable.callee {
            Callee::Function(function) => function,
            Callee::Drop(_) => {
                let subject = callable.display_name().replace("[resource-drop]", "");
                let reason = "a resource cannot be carried".into();
                return vec![Misfit { subject, reason }];
            }
        };
        let types = function.params.iter().map(|parameter| &parameter.ty);
        let all = types.chain(&function.result).flat_map(|ty| found.of(ty));
        let names: BTreeSet<_> = all.collect();
        let misfit = |name| Misfit {
            subject: callable.display_name(),
            reason: format!("{name} cannot be carried"),
        };
        names.into_iter().map(misfit).collect()
    });
    let imports = world.callbacks().iter().map(|callback| Misfit {
        subject: callback.display_name(),
        reason: "what a caller serves cannot be called from there".into(),
    });
    functions.chain(imports).collect()
}

fn beyond(kind: &TypeDefKind) -> Option<&'static str> {
    match kind {
        TypeDefKind::Handle(_) | TypeDefKind::Resource => Some("a resource"),
        TypeDefKind::Stream(_) => Some("a stream"),
        TypeDefKind::Future(_) => Some("a future"),
        TypeDefKind::Unknown => Some("a type without a definition"),
        _ => None,
    }
}

/// What is found in each type, at whatever depth.
struct Found(Vec<BTreeSet<&'static str>>);

impl Found {
    fn of_types(resolve: &Resolve, named: impl Fn(&TypeDefKind) -> Option<&'static str>) -> Self {
        let mut found = Found(Vec::with_capacity(resolve.types.len()));
        // A definition comes after those that it refers to, so each is looked at once.
        for (_, definition) in &resolve.types {
            let mut names: BTreeSet<_> = named(&definition.kind).into_iter().collect();
            for ty in parts(&definition.kind) {
                names.extend(found.of(&ty));
            }
            found.0.push(names);
        }
        found
    }

    fn of(&self, ty: &Type) -> BTreeSet<&'static str> {
        match ty {
            Type::Id(id) => self.0.get(id.index()).cloned().unwrap_or_default(),
            Type::ErrorContext => BTreeSet::from(["an error context"]),
            _ => BTreeSet::new(),
        }
    }
}

/// The types that a definition is made of.
fn parts(kind: &TypeDefKind) -> Vec<Type> {
    match kind {
        TypeDefKind::Record(record) => record.fields.iter().map(|field| field.ty).collect(),
        TypeDefKind::Tuple(tuple) => tuple.types.clone(),
        TypeDefKind::Variant(variant) => variant.cases.iter().filter_map(|case| case.ty).collect(),
        TypeDefKind::Option(ty)
        | TypeDefKind::List(ty)
        | TypeDefKind::FixedLengthList(ty, _)
        | TypeDefKind::Type(ty) => vec![*ty],
        TypeDefKind::Map(key, value) => vec![*key, *value],
        TypeDefKind::Result(result) => result.ok.into_iter().chain(result.err).collect(),
        TypeDefKind::Stream(ty) | TypeDefKind::Future(ty) => ty.iter().copied().collect(),
        TypeDefKind::Handle(_)
        | TypeDefKind::Flags(_)
        | TypeDefKind::Enum(_)
        | TypeDefKind::Resource
        | TypeDefKind::Unknown => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{beyond_values, misfits};
    use first_class_abi::World;
    use first_class_abi::wit_parser::{Resolve, TypeDefKind};

    fn world(wit: &str) -> World {
        let mut resolve = Resolve::new();
        let package = resolve.push_source("t.wit", wit).expect("valid WIT");
        let world = resolve.select_world(&[package], None).expect("one world");
        World::new(resolve, world)
    }

    fn lines(misfits: &[super::Misfit]) -> Vec<String> {
        misfits.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn everything_that_is_no_value_is_named() {
        let world = world(
            "package t:t;
            interface carts {
                resource cart { add: func(item: string); }
                record order { items: list<option<cart>>, notes: stream<u8> }
                place: func(order: order) -> result<u32, string>;
                total: func(prices: list<u32>) -> u32;
            }
            interface log { write: func(line: string); }
            world shop {
                import log;
                export carts;
                export wait: func() -> future<u8>;
            }",
        );
        let found = lines(&beyond_values(&world));
        assert_eq!(
            found,
            [
                "`wait`: a future cannot be carried",
                "`t:t/carts#[method]cart.add`: a resource cannot be carried",
                "`t:t/carts#cart`: a resource cannot be carried",
                "`t:t/carts#place`: a resource cannot be carried",
                "`t:t/carts#place`: a stream cannot be carried",
                "`t:t/log#write`: what a caller serves cannot be called from there",
            ]
        );
    }

    #[test]
    fn a_backend_may_refuse_more() {
        let world = world(
            "package t:t;
            world counting {
                export count: func(words: map<string, u32>) -> u32;
                export sum: func(numbers: list<u32>) -> u32;
            }",
        );
        assert!(beyond_values(&world).is_empty());
        let no_maps = |kind: &TypeDefKind| matches!(kind, TypeDefKind::Map(..)).then_some("a map");
        let found = lines(&misfits(&world, no_maps));
        assert_eq!(found, ["`count`: a map cannot be carried"]);
    }
}
