//! Whether packages need what the decoder says they need.

use super::{Component, check_component, check_world};
use crate::world::World;
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::HashSet;
use std::sync::LazyLock;
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::decoding::{DecodedWasm, decode, decode_world};
use wit_parser::{ManglingAndAbi, PackageName, Resolve};

/// Interfaces of several packages, which are imported, exported, and both.
const WIT: &str = "
    package a:root;
    package b:base {
        interface types {
            record point { x: u8 }
            type points = list<point>;
            variant shape { none, some(points) }
            resource file { read: func() -> list<u8>; }
        }
        interface more { use types.{point}; type alias = point; f: func(it: list<alias>); }
    }
    package c:middle@1.2.0 {
        interface use-it {
            use b:base/types.{points, shape as form, file};
            record both { points: points, form: form, others: list<tuple<form, u8>> }
            open: func(it: both) -> result<file, option<both>>;
        }
        interface alone { enum level { low } f: func(a: level) -> list<level>; }
    }
    package d:top {
        interface all {
            use c:middle/use-it@1.2.0.{both, form};
            use b:base/more.{alias};
            type again = both;
            f: func(a: again, b: alias, c: list<list<form>>) -> map<u8, alias>;
        }
    }
    world w {
        use b:base/types.{point};
        import d:top/all;
        import c:middle/alone@1.2.0;
        import g: func(it: list<point>);
        export b:base/more;
        export c:middle/use-it@1.2.0;
        export d:top/all;
        export local: interface { use d:top/all.{again}; f: func(it: again); }
    }";

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let mut resolve = Resolve::new();
    let package = resolve.push_source("test.wit", WIT).expect("valid WIT");
    let world = resolve.select_world(&[package], None);
    World::new(resolve, world.expect("the only world"))
});

static ENCODED: LazyLock<Vec<u8>> = LazyLock::new(|| WORLD.encode().expect("encodes"));

static COMPONENT: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let (resolve, id) = (WORLD.resolve(), WORLD.id());
    let mut module = dummy_module(resolve, id, ManglingAndAbi::Standard32);
    embed_component_metadata(&mut module, resolve, id, StringEncoding::UTF8).expect("embeds");
    ComponentEncoder::default()
        .module(&module)
        .and_then(|encoder| encoder.encode())
        .expect("encodes")
});

type Needs = HashSet<(PackageName, PackageName)>;

fn decoded_needs(resolve: &Resolve) -> Needs {
    let packages = resolve.packages.iter().flat_map(|(id, package)| {
        let interfaces = package.interfaces.values();
        let needed = interfaces.flat_map(|&it| resolve.interface_direct_deps(it));
        needed.map(move |needed| (id, resolve.interfaces[needed].package))
    });
    let name = |id| resolve.packages[id].name.clone();
    let others = packages.filter(|(id, needed)| *needed != Some(*id));
    others
        .map(|(id, needed)| (name(id), name(needed.expect("is in a package"))))
        .collect()
}

/// Compares what is found for a world with what is decoded, if that is safe.
fn compare_world(bytes: &[u8]) {
    if check_world(bytes).is_ok()
        && let Ok(Ok((resolve, _))) = std::panic::catch_unwind(|| decode_world(bytes))
    {
        let component = Component::read(bytes).expect("was read");
        let trace = component.trace_world().expect("was traced");
        assert_eq!(trace.names_of_needs(), decoded_needs(&resolve));
    }
}

/// The same for a component.
fn compare_component(bytes: &[u8]) {
    if check_component(bytes).is_ok()
        && let Ok(Ok(DecodedWasm::Component(resolve, _))) =
            std::panic::catch_unwind(|| decode(bytes))
    {
        let component = Component::read(bytes).expect("was read");
        let trace = component.trace().expect("was traced");
        assert_eq!(trace.names_of_needs(), decoded_needs(&resolve));
    }
}

#[test]
fn what_packages_need_is_found() {
    assert_eq!(check_world(&ENCODED), Ok(()));
    compare_world(&ENCODED);
    assert_eq!(check_component(&COMPONENT), Ok(()));
    compare_component(&COMPONENT);
    let component = Component::read(&COMPONENT).expect("is read");
    let trace = component.trace().expect("is traced");
    assert_eq!(trace.names_of_needs().len(), 3);
}

/// After the second view of `i`, the type of `y` stands for that of `j`; so `k` needs the package
/// of `j`, which needs that of `k`.
#[test]
fn a_type_that_stands_for_another_is_followed() {
    let component = wat::parse_str(
        r#"(component
            (import "p:j/j" (instance $j
                (type $t (record (field "x" u8))) (export "t" (type (eq $t)))))
            (alias export $j "t" (type $j-t))
            (import "p:y/y" (instance $y
                (type $t (record (field "x" u8))) (export "t" (type (eq $t)))))
            (alias export $y "t" (type $y-t))
            (import "p:i/i" (instance
                (alias outer 1 $j-t (type $t))
                (type $r (record (field "f" $t))) (export "r" (type (eq $r)))))
            (import "p:k/n" (instance $n
                (type $t (record (field "z" u8))) (export "t" (type (eq $t)))))
            (alias export $n "t" (type $n-t))
            (import "p:j/m" (instance
                (alias outer 1 $n-t (type $t)) (export "t" (type (eq $t)))))
            (type $r (record (field "f" $y-t)))
            (instance $i (export "r" (type $r)))
            (export "p:i/i" (instance $i))
            (instance $k (export "t" (type $y-t)))
            (export "p:k/k" (instance $k) (instance
                (alias outer 1 $y-t (type $t)) (export "t" (type (eq $t))))))"#,
    );
    let error = check_component(&component.expect("valid WAT")).expect_err("no order");
    assert!(error.contains("need each other"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 4000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_packages_need_in_a_damaged_world_is_found(
        changes in proptest::collection::vec((any::<Index>(), any::<u8>(), any::<bool>()), 1..3),
    ) {
        for (original, compare) in [
            (&*ENCODED, compare_world as fn(&[u8])),
            (&*COMPONENT, compare_component),
        ] {
            let mut bytes = original.clone();
            for (at, byte, small) in &changes {
                let old = &mut bytes[at.index(original.len())];
                *old = if *small { old.wrapping_add(byte % 3).wrapping_sub(1) } else { *byte };
            }
            compare(&bytes);
        }
    }
}
