//! What `first_class_world!` writes: for a few worlds to the letter, and for all of the corpus
//! that it is Rust.

use super::first_class_world;
use expect_test::{ExpectFile, expect_file};
use proc_macro2::TokenStream;
use quote::quote;
use std::path::Path;

#[path = "../../../tests/worlds/corpus.rs"]
mod corpus;
mod documented;

fn formatted(tokens: TokenStream) -> String {
    let file = syn::parse2(tokens).expect("the macro writes Rust");
    let text = prettyplease::unparse(&file);
    // The bytes of the world, and what they are.
    let hidden = ["pub const WORLD", "/// The world in its binary encoding"];
    let lines = text.lines().filter(|line| {
        !hidden
            .iter()
            .any(|start| line.trim_start().starts_with(start))
    });
    let mut text = lines.collect::<Vec<_>>().join("\n");
    text.push('\n');
    text
}

fn check(input: TokenStream, expected: ExpectFile) {
    expected.assert_eq(&formatted(first_class_world(input)));
}

#[test]
fn a_world_with_functions_an_interface_and_types() {
    let wit = "package acme:lint@1.2.0;
        /// Things that rules speak of.
        interface types {
            /// A text.
            record document { path: string, lines: list<string> }
            enum severity { warning, error }
            flags marks { read-only, hidden }
            variant fix { delete, replace(string) }
            enum failure { unreadable }
        }
        interface info {
            name: func() -> string;
        }
        /// What a rule does.
        world rule {
            use types.{document, severity, fix as repair, marks, failure};
            export info;
            /// Finds what is wrong.
            export check: func(document: document, at-least: option<severity>, marks: marks) -> result<list<tuple<u32, repair>>, failure>;
            export load: func(%type: string);
        }";
    check(
        quote!({ world: "rule", inline: #wit }),
        expect_file!["snapshots/lint.rs"],
    );
}

#[test]
fn a_world_with_resources() {
    let wit = "package acme:shop;
        interface carts {
            record order { cart: cart, at: borrow<place> }
            resource place;
            resource cart {
                constructor(name: string) -> result<cart, string>;
                add: func(item: string) -> u32;
                merge: static func(a: cart, b: borrow<cart>) -> cart;
            }
            total: func(carts: list<borrow<cart>>) -> u64;
            pay: func(order: order);
        }
        world shop { export carts; }";
    check(
        quote!({ world: "shop", inline: #wit }),
        expect_file!["snapshots/shop.rs"],
    );
}

#[test]
fn a_world_with_options() {
    let wit = "package acme:shapes@2.0.0;
        interface types {
            record point { x: s32, y: s32 }
            record line { a: point, b: point }
            variant %result { ok(string), err }
        }
        interface names { record name { text: string } }
        interface info { name: func() -> string; }
        world shape {
            use types.{line, %result};
            use names.{name};
            export info;
            export describe: func(line: line, name: name) -> result<%result>;
        }";
    check(
        quote!({
            world: "shape",
            inline: #wit,
            with: {
                "acme:shapes/types/point": crate::Point,
                "acme:shapes/names": crate::other::texts,
            },
            additional_derives: [serde::Serialize],
            optional: ["describe", "acme:shapes/info"],
        }),
        expect_file!["snapshots/shape.rs"],
    );
}

#[test]
fn a_world_with_imports() {
    let wit = "package acme:flow@1.0.0;
        /// Where stages write.
        interface log {
            enum level { low, high }
            /// Says something.
            write: func(level: level, message: string);
        }
        interface kv {
            /// Holds values.
            resource bucket {
                constructor(name: string) -> result<bucket, string>;
                /// Gets a value.
                get: func(key: string) -> option<list<u8>>;
                join: static func(a: bucket, b: borrow<bucket>) -> bucket;
            }
            record stock { bucket: bucket, size: u64 }
            record loan { of: borrow<bucket> }
        }
        interface tables {
            use kv.{bucket, stock, loan};
            all: func(of: list<borrow<bucket>>, loan: loan) -> list<stock>;
        }
        world pipeline {
            import log;
            import kv;
            import tables;
            import now: func() -> u64;
            export log;
            export kv;
            export run: func();
        }";
    check(
        quote!({ world: "pipeline", inline: #wit }),
        expect_file!["snapshots/pipeline.rs"],
    );
}

#[test]
fn a_world_whose_exports_take_resources_of_the_caller() {
    let wit = "package acme:rules;
        /// What a rule runs in.
        interface ctx { resource context { log: func(message: string); } }
        interface rule {
            use ctx.{context};
            record scope { name: string, within: borrow<context> }
            /// Checks.
            check: func(c: borrow<context>, all: list<context>) -> option<context>;
            enter: func(scope: scope, more: list<borrow<context>>);
            take: func(c: context) -> u8;
        }
        world judge { export rule; }";
    check(
        quote!({ world: "judge", inline: #wit }),
        expect_file!["snapshots/judge.rs"],
    );
}

#[test]
fn a_world_with_streams() {
    let wit = "package acme:pipes;
        interface pipes {
            record part { name: string, bytes: stream<u8> }
            resource valve { flow: async func() -> stream<part>; }
            /// Counts the bytes.
            count: async func(bytes: stream<u8>) -> u64;
            join: func(parts: list<part>, until: option<future>) -> result<stream<u8>, future<string>>;
        }
        world plumbing { export pipes; export ticks: func() -> stream; }";
    check(
        quote!({ world: "plumbing", inline: #wit }),
        expect_file!["snapshots/plumbing.rs"],
    );
}

#[test]
fn streams_with_too_many_parts_are_refused() {
    let doubled = (1..20).map(|n| format!("type t{n} = tuple<t{0}, t{0}>;", n - 1));
    let doubled: String = doubled.collect();
    let wit = format!(
        "package a:b; interface i {{ type t0 = stream; {doubled} f: func() -> t19; }}
        world w {{ export i; }}"
    );
    let written = first_class_world(quote!({ world: "w", inline: #wit }));
    let file: syn::File = syn::parse2(written).expect("Rust");
    assert_eq!(
        errors(&file),
        "the types of `a:b/i#f` have more than 65536 parts, and streams among them; let the streams \
         have functions with smaller types\n\n"
    );
}

#[test]
fn every_world_of_the_corpus_expands_or_is_refused() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/worlds");
    let worlds = corpus::worlds(&folder);
    assert!(worlds.len() >= 60, "{}", worlds.len());
    let mut failures = String::new();
    for world in &worlds {
        let path = format!("../tests/worlds/{}", world.name);
        let file = format!("{path}.wit");
        let path = if world.path.is_dir() { path } else { file };
        let options: TokenStream = world.options.parse().expect(&world.name);
        let written = first_class_world(quote!({ path: #path, #options }));
        let file: syn::File = syn::parse2(written).expect(&world.name);
        let errors = errors(&file);
        if world.errors().exists() {
            expect_file![world.errors()].assert_eq(&errors);
        } else if !errors.is_empty() {
            failures += &format!("{}: {errors}", world.name);
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

#[test]
fn a_new_file_changes_no_world_that_there_is() {
    let folder = format!("first-class-macro-{}", std::process::id());
    let path = std::env::temp_dir().join(folder);
    let add = |name: &str, text: &str| {
        let file = path.join(name);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("is made");
        std::fs::write(file, text).expect("is written");
    };
    let expanded = || {
        let path = path.to_str().expect("is text");
        let file: syn::File =
            syn::parse2(first_class_world(quote!({ world: "rule", path: #path }))).expect("Rust");
        let text = prettyplease::unparse(&file);
        let lines = text.lines().filter(|line| !line.contains("include_bytes"));
        lines.collect::<Vec<_>>().join("\n")
    };
    add(
        "rule.wit",
        "package a:b; world rule { export x: func() -> u8; }",
    );
    let before = expanded();
    assert!(before.contains("pub fn x("), "{before}");
    add(
        "more.wit",
        "interface more { f: func(); } world other { export more; }",
    );
    add("deps/c.wit", "package a:c; interface more { f: func(); }");
    let after = expanded();
    std::fs::remove_dir_all(&path).expect("is removed");
    assert_eq!(after, before);
}

/// The texts of all `compile_error!`s.
fn errors(file: &syn::File) -> String {
    let macros = file.items.iter().filter_map(|item| match item {
        syn::Item::Macro(item) if !item.mac.path.is_ident("flags") => Some(&item.mac),
        _ => None,
    });
    let texts = macros.filter_map(|mac| mac.parse_body::<syn::LitStr>().ok());
    texts.map(|text| text.value() + "\n\n").collect()
}
