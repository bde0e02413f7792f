//! What a documented world gives is documented: rustc's `missing_docs`, for what is written.
//!
//! The attribute that allows undocumented items is there for worlds whose WIT says nothing, so the
//! compiler does not look.

use super::first_class_world;
use quote::quote;
use syn::{Attribute, Fields, ImplItem, Item, TraitItem, Visibility};

const WIT: &str = "
    package acme:documented;

    /// Where stages write.
    interface log {
        /// How loud.
        enum level {
            /// Not very.
            low,
            /// Very.
            high,
        }
        /// Says something.
        write: func(level: level, message: string);
    }

    /// Boxes of things.
    interface boxes {
        /// What is wrong.
        variant mistake {
            /// It is full.
            full,
            /// It has no such thing.
            missing(string),
        }
        /// What a box is for.
        flags uses {
            /// To keep.
            keep,
            /// To send.
            send,
        }
        /// A box.
        resource %box {
            /// Makes one.
            constructor(uses: uses);
            /// Puts something in.
            put: func(thing: thing) -> result<u32, mistake>;
            /// Puts one into another.
            nest: static func(inner: %box, outer: borrow<%box>) -> %box;
        }
        /// A thing.
        record thing {
            /// What it is called.
            name: string,
        }
        /// Things.
        type things = list<thing>;
        /// All things.
        all: func(of: list<borrow<%box>>) -> things;
    }

    /// A world.
    world documented {
        {more}
        export boxes;
        /// May be there.
        export describe: func() -> string;
    }";

const IMPORTS: &str = "
        import log;
        /// The time.
        import now: func() -> u64;";

const STREAMS: &str = "
        /// Does something.
        export run: async func(bytes: stream<u8>) -> future<string>;";

#[test]
fn a_documented_world_gives_documented_items() {
    for more in [IMPORTS, STREAMS] {
        let wit = WIT.replace("{more}", more);
        let seen = Seen::of(&wit);
        assert!(seen.documented > 40, "{}", seen.documented);
        assert!(seen.missing.is_empty(), "{:#?}", seen.missing);
        // What is looked at is there: it is missed where the WIT says nothing.
        let silent = wit.lines().filter(|line| !line.trim().starts_with("///"));
        let undocumented = Seen::of(&silent.collect::<Vec<_>>().join("\n")).missing;
        for name in [
            "Mistake", "Missing", "Thing", "name", "put", "all", "describe",
        ] {
            assert!(
                undocumented.iter().any(|it| it == name),
                "{name}: {undocumented:?}"
            );
        }
    }
}

/// The items that `missing_docs` is about.
#[derive(Default)]
struct Seen {
    documented: usize,
    missing: Vec<String>,
}

impl Seen {
    fn of(wit: &str) -> Self {
        let written = first_class_world(quote!({
            world: "documented", inline: #wit, optional: ["describe"],
        }));
        let file: syn::File = syn::parse2(written).expect("the macro writes Rust");
        let mut seen = Seen::default();
        seen.items(&file.items);
        seen
    }

    fn items(&mut self, items: &[Item]) {
        for item in items {
            self.item(item);
        }
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Const(it) => self.public(&it.vis, &it.attrs, &it.ident),
            Item::Enum(it) => {
                self.public(&it.vis, &it.attrs, &it.ident);
                for variant in &it.variants {
                    self.documents(&variant.attrs, &variant.ident);
                }
            }
            Item::Fn(it) => self.public(&it.vis, &it.attrs, &it.sig.ident),
            Item::Impl(it) if it.trait_.is_none() => {
                for item in &it.items {
                    if let ImplItem::Fn(it) = item {
                        self.public(&it.vis, &it.attrs, &it.sig.ident);
                    }
                }
            }
            Item::Mod(it) => {
                self.public(&it.vis, &it.attrs, &it.ident);
                self.items(it.content.as_ref().map_or(&[], |(_, items)| items));
            }
            Item::Struct(it) => {
                self.public(&it.vis, &it.attrs, &it.ident);
                if let Fields::Named(fields) = &it.fields {
                    for field in &fields.named {
                        let name = field.ident.as_ref().expect("is named");
                        self.public(&field.vis, &field.attrs, name);
                    }
                }
            }
            Item::Trait(it) => {
                self.public(&it.vis, &it.attrs, &it.ident);
                for item in &it.items {
                    match item {
                        TraitItem::Fn(it) => self.documents(&it.attrs, &it.sig.ident),
                        TraitItem::Type(it) => self.documents(&it.attrs, &it.ident),
                        _ => {}
                    }
                }
            }
            Item::Type(it) => self.public(&it.vis, &it.attrs, &it.ident),
            _ => {}
        }
    }

    fn public(&mut self, visibility: &Visibility, attributes: &[Attribute], name: &syn::Ident) {
        if matches!(visibility, Visibility::Public(_)) {
            self.documents(attributes, name);
        }
    }

    fn documents(&mut self, attributes: &[Attribute], name: &syn::Ident) {
        if attributes.iter().any(|it| it.path().is_ident("doc")) {
            self.documented += 1;
        } else {
            self.missing.push(name.to_string());
        }
    }
}
