//! What `first_class_world!` writes.

use super::first_class_world;
use expect_test::{ExpectFile, expect_file};
use quote::quote;

fn check(wit: &str, world: &str, expected: ExpectFile) {
    let tokens = first_class_world(quote!({ world: #world, inline: #wit }));
    let file = syn::parse2(tokens).expect("the macro writes Rust");
    let text = prettyplease::unparse(&file);
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("const WORLD"));
    let mut text = lines.collect::<Vec<_>>().join("\n");
    text.push('\n');
    expected.assert_eq(&text);
}

#[test]
fn a_world_with_functions_an_interface_and_types() {
    check(
        "package acme:lint@1.2.0;
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
        }",
        "rule",
        expect_file!["snapshots/lint.rs"],
    );
}
