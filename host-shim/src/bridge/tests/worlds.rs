//! Bridges for worlds of every shape, each composed with a plugin that has nothing but the shape.

use super::world;
use crate::bridge::{Bridge, BridgeError, CALLBACKS, CONCURRENT_HOST, LowerBridge};
use crate::bridge::{exposed_resources, served_imports, served_resources};
use first_class_abi::wit_parser::{LiftLowerAbi, ManglingAndAbi};
use first_class_abi::{CallShape, Transmits, World};
use wasmtime::component::Component;
use wasmtime::{Config, Engine};
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};

/// Checks that there is a valid composition, and that it imports nothing else than this.
fn bridges(wit: &str, imports: &[&str]) {
    let world = world(wit);
    let bridge = generate(&world).expect("has a bridge");
    let served = served_imports(&world, &world, &[]);
    let shapes = CallShape::of_callbacks(&world);
    let lower = match served.is_empty() {
        true => None,
        false => Some(LowerBridge::generate(&world, &shapes, &served).expect("has a lower bridge")),
    };
    let composed = bridge.compose(&plugin(&world), lower.as_ref(), &[]);
    let composed = composed.expect("composes");
    Component::new(&Engine::default(), &composed).expect("is valid");
    let composed = World::of_component(&composed).expect("is a component");
    assert_eq!(composed.import_names(), imports);
    assert_eq!(composed.export_names(), [bridge.entry()]);
    bridges_concurrently(&world, lower.as_ref(), imports);
}

/// The same for a bridge on which calls go on at the same time.
fn bridges_concurrently(world: &World, lower: Option<&LowerBridge>, imports: &[&str]) {
    let transmits = Transmits::of_world(world).expect("not too many");
    let bridge = Bridge::concurrent(world, &CallShape::of_world(world), &transmits, &[]);
    let bridge = bridge.expect("has a bridge");
    let composed = bridge
        .compose(&plugin(world), lower, &[])
        .expect("composes");
    Component::new(&concurrent_engine(), &composed).expect("is valid");
    let composed = World::of_component(&composed).expect("is a component");
    let mut found = composed.import_names();
    found.retain(|import| import != CONCURRENT_HOST);
    assert_eq!(found, imports);
    assert_eq!(composed.export_names(), [bridge.entry()]);
}

fn concurrent_engine() -> Engine {
    let mut config = Config::new();
    config
        .concurrency_support(true)
        .wasm_component_model_more_async_builtins(true)
        .wasm_component_model_fixed_length_lists(true);
    Engine::new(&config).expect("is supported")
}

#[test]
fn async_functions_streams_and_futures() {
    bridges_concurrently(
        &world(
            "package a:b;
            interface i {
                resource tank {
                    constructor(level: u32);
                    drain: async func(by: u32) -> result<u32, string>;
                    watch: async func() -> stream<own<tank>>;
                    all: static async func(tanks: list<borrow<tank>>) -> future<list<tank>>;
                }
                flags wide { a, b, c }
                enum level { low, high }
                none: async func();
                one: async func(a: s16) -> s16;
                inner: async func(a: tuple<tuple<level>>) -> tuple<wide>;
                four: async func(a: u8, b: s64, c: f32, d: f64) -> list<u8, 1>;
                five: async func(a: u8, b: s64, c: f32, d: f64, e: bool) -> f64;
                joined: async func(
                    a: result<u64, f32>, b: option<result<string, f64>>, c: list<list<option<u8>>>
                ) -> result;
                seventeen: async func(
                    a: string, b: string, c: string, d: string, e: string, f: string, g: string,
                    h: string, i: u8
                ) -> tuple<u64, u64, u64, u64, u64, u64, u64, u64, list<string>>;
                plain: func(a: stream<tuple<string, u8>>, b: stream, c: future) -> future<stream<bool>>;
            }
            world w {
                export i;
                export run: async func(a: stream<f64>) -> option<stream<list<string>>>;
                export local: interface { ping: async func() -> future<future>; }
            }",
        ),
        None,
        &[],
    );
}

#[test]
fn a_kind_is_imported_of_a_function_that_the_plugin_has() {
    let wit = "package a:b;
        world w {
            export first: async func(a: stream<u8>) -> stream<string>;
            export second: async func() -> stream<u8>;
        }";
    let world = world(wit);
    let transmits = Transmits::of_world(&world).expect("not too many");
    let shapes = CallShape::of_world(&world);
    let bridge = Bridge::concurrent(&world, &shapes, &transmits, &[0]).expect("has a bridge");
    let composed = bridge.compose(&plugin(&world.without(&[0])), None, &[]);
    Component::new(&concurrent_engine(), composed.expect("composes")).expect("is valid");
}

fn generate(world: &World) -> Result<Bridge, BridgeError> {
    let served = served_resources(world, &served_imports(world, world, &[]));
    let exposed = exposed_resources(world, &served);
    Bridge::generate(world, &CallShape::of_world(world), &[], &exposed)
}

/// A component of the world that traps whatever is called.
fn plugin(world: &World) -> Vec<u8> {
    let (resolve, id) = (world.resolve(), world.id());
    let mangling = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);
    let mut module = dummy_module(resolve, id, mangling);
    embed_component_metadata(&mut module, resolve, id, StringEncoding::UTF8).expect("embeds");
    ComponentEncoder::default()
        .module(&module)
        .and_then(|encoder| encoder.encode())
        .expect("encodes")
}

#[test]
fn nothing_at_all() {
    bridges("package a:b; world w {}", &[]);
}

#[test]
fn parameters_in_slots_and_in_a_record_and_results_of_every_size() {
    bridges(
        "package a:b;
        world w {
            export nothing: func();
            export scalars: func(a: u8, b: s64, c: f32, d: f64) -> char;
            export five: func(a: u8, b: s64, c: f32, d: f64, e: bool) -> f64;
            export sixteen: func(
                a: string, b: string, c: string, d: string, e: string, f: string, g: string,
                h: string
            ) -> string;
            export seventeen: func(
                a: string, b: string, c: string, d: string, e: string, f: string, g: string,
                h: string, i: u8
            ) -> tuple<u64, u64, u64, u64, u64, u64, u64, u64, list<string>>;
            export joined: func(
                a: result<u64, f32>, b: option<result<string, f64>>, c: list<list<option<u8>>>
            ) -> result<option<f32>, tuple<u8, u16>>;
        }",
        &[],
    );
}

#[test]
fn resources_of_one_interface_in_the_functions_of_another() {
    bridges(
        "package a:b@1.0.0;
        interface carts {
            resource cart {
                constructor(owner: string);
                open: static func(name: string) -> result<cart, string>;
                add: func(item: string) -> u32;
                merge: func(other: cart, like: borrow<cart>) -> list<cart>;
            }
            resource empty;
        }
        interface shop {
            use carts.{cart};
            resource till { sell: func(carts: list<borrow<cart>>) -> option<cart>; }
            make: func(count: u32) -> list<cart>;
        }
        world w { export carts; export shop; }",
        &[],
    );
}

#[test]
fn resources_of_the_caller_in_functions_of_the_world() {
    bridges(
        "package a:b;
        interface carts {
            resource cart { add: func(item: string); }
            record order { cart: cart, size: u32 }
            record point { x: u32 }
        }
        world w {
            use carts.{cart, order as request, point};
            import carts;
            export pay: func(cart: cart, like: borrow<cart>, at: point) -> option<request>;
        }",
        &[CALLBACKS],
    );
}

#[test]
fn a_function_of_the_world_that_the_caller_serves_takes_no_resource() {
    let world = world(
        "package a:b;
        interface carts { resource cart { add: func(item: string); } }
        world w {
            use carts.{cart};
            record order { cart: cart, size: u32 }
            import make: func(order: option<order>);
            export run: func();
        }",
    );
    let served = served_imports(&world, &world, &[]);
    let error = LowerBridge::generate(&world, &CallShape::of_callbacks(&world), &served).err();
    let error = error.expect("is refused").to_string();
    assert!(error.contains("`make`"), "{error}");
}

#[test]
fn two_versions_of_one_package_and_one_name_in_two_packages() {
    bridges(
        "package a:b;
        world w { export c:d/e@1.0.0; export c:d/e@2.0.0; export f:g/e@1.0.0; }
        package c:d@1.0.0 { interface e { resource r; run: func(a: r); } }
        package c:d@2.0.0 { interface e { resource r; run: func(a: u8) -> r; } }
        package f:g@1.0.0 { interface e { run: func(a: string) -> string; } }",
        &[],
    );
}

#[test]
fn inline_interfaces_and_types_of_the_world() {
    bridges(
        "package a:b;
        interface types { record point { x: s32, y: s32 } }
        world w {
            use types.{point};
            type points = list<point>;
            variant shape { dot(point), line(points) }
            export draw: func(shapes: list<shape>) -> points;
            export local: interface {
                use types.{point};
                enum colour { red, green }
                paint: func(at: point) -> colour;
            }
        }",
        &["a:b/types", "point", "points", "shape"],
    );
}

#[test]
fn a_type_and_a_function_of_one_name() {
    bridges(
        "package a:b;
        interface types { record %quote { price: u32 } }
        world w {
            use types.{%quote};
            export %quote: func(number: u32) -> result<%quote, string>;
            import ask: func() -> %quote;
        }",
        &["a:b/types", CALLBACKS, "quote", "quote-type"],
    );
}

#[test]
fn an_interface_that_is_imported_and_exported() {
    bridges(
        "package a:b@1.0.0;
        interface types { record entry { text: string } }
        interface log { use types.{entry}; write: func(entry: entry); }
        world w { import log; export log; }",
        &["a:b/types@1.0.0", CALLBACKS],
    );
}

#[test]
fn imports_and_exports_of_one_name() {
    bridges(
        "package a:b;
        world w {
            import run: func(a: u8);
            export run: func() -> string;
            import stop: interface { now: func(); }
            export stop: func();
        }",
        &[CALLBACKS],
    );
}

#[test]
fn imports_of_every_shape() {
    bridges(
        "package a:b@1.0.0;
        interface types { record entry { text: string } }
        interface shapes {
            use types.{entry};
            nothing: func();
            scalars: func(a: u8, b: s64, c: f32, d: f64) -> char;
            many: func(
                a: string, b: string, c: string, d: string, e: string, f: string, g: string,
                h: string, i: u8
            ) -> tuple<u64, list<string>>;
            joined: func(a: result<u64, f32>, b: option<result<string, f64>>) -> option<entry>;
        }
        interface store {
            use types.{entry};
            resource bucket {
                constructor(name: string);
                get: func(key: string) -> option<entry>;
                merge: static func(all: list<bucket>, like: borrow<bucket>) -> result<bucket>;
            }
            resource empty;
        }
        interface more { use store.{bucket}; largest: func(of: list<borrow<bucket>>) -> bucket; }
        world w {
            import wasi:clocks/now@0.2.0;
            import shapes;
            import store;
            import more;
            import tick: func(count: u32) -> bool;
            import local: interface { resource r; ping: func(r: r) -> list<r>; }
            export run: func();
        }
        package wasi:clocks@0.2.0 { interface now { now: func() -> u64; } }",
        &["wasi:clocks/now@0.2.0", "a:b/types@1.0.0", CALLBACKS],
    );
}

#[test]
fn exports_that_take_and_give_resources_of_the_caller() {
    bridges(
        "package a:b@1.0.0;
        interface %interface {
            resource %resource { note: func(text: string); }
            resource other;
        }
        interface rule {
            use %interface.{%resource, other as another};
            check: func(it: borrow<%resource>, all: list<another>) -> option<%resource>;
        }
        world w {
            import %interface;
            export rule;
        }",
        &[CALLBACKS],
    );
}

#[test]
fn exports_with_the_names_of_the_bridge_itself() {
    bridges(
        "package a:b;
        interface entry { call: func(function: u32, arguments: list<u8>) -> list<u8>; }
        world w {
            export entry;
            export call: func();
            export call-scalar: func();
            export cabi-realloc: func();
            export bridge: interface { bridge: func(); }
        }",
        &[],
    );
}

#[test]
fn a_world_that_takes_the_very_place_of_the_bridge_is_refused() {
    let world = world(
        "package first-class:bridge@0.1.0;
        interface entry { call: func(); }
        world w { export entry; }",
    );
    assert!(matches!(generate(&world), Err(BridgeError::Tooling(_))));
}

#[test]
fn a_result_that_no_memory_holds_is_refused_by_the_name_of_its_function() {
    let tuple = |of: &str| format!("tuple<{}>", [of; 16].join(", "));
    let aliases = (1..=6).map(|n| format!("type t{n} = {};", tuple(&format!("t{}", n - 1))));
    let aliases: Vec<_> = aliases.collect();
    let world = world(&format!(
        "package a:b;
        interface i {{ type t0 = u64; {} big: func() -> t6; }}
        world w {{ export i; }}",
        aliases.join(" ")
    ));
    match generate(&world) {
        Err(BridgeError::TooLarge { function, .. }) => assert_eq!(function, "a:b/i#big"),
        other => panic!("{:?}", other.map(|bridge| bridge.entry())),
    }
}
