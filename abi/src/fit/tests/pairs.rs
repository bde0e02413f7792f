//! Every world of a family against every other one: whether composition agrees in each case.

use super::{agrees, lines, world};
use crate::world::World;

const WORLD: &str = "
    package acme:shop@1.2.0;
    interface types {
        type id = u32;
        record item { id: id, name: string, tags: list<string> }
        variant failure { missing(id), other(string), nothing }
    }
    interface carts {
        use types.{item, failure};
        flags rights { read, write }
        resource cart {
            constructor(owner: string);
            add: func(item: item) -> result<u32, failure>;
            limits: static func() -> option<tuple<u32, u64>>;
        }
        rights-of: func(cart: borrow<cart>) -> rights;
    }
    interface orders {
        use carts.{cart};
        use types.{item};
        enum state { open, sent }
        order: func(cart: cart, first: option<item>) -> state;
    }
    interface host {
        use types.{item};
        log: func(item: item);
        now: func() -> u64;
    }
    world shop {
        import host;
        export carts;
        export orders;
        export run: func(arguments: list<string>) -> result;
    }";

/// What a member of the family has in another way.
const VARIATIONS: &[(&str, &str)] = &[
    ("shop@1.2.0", "shop@1.0.0"),
    ("shop@1.2.0", "shop@2.0.0"),
    ("type id = u32", "type id = u64"),
    ("id: id, name", "id: u32, name"),
    ("id: id, name: string", "name: string, id: id"),
    ("tags: list<string> }", "tags: list<string>, price: f64 }"),
    (
        "missing(id), other(string), nothing",
        "missing(id), nothing, other(string)",
    ),
    ("other(string)", "other"),
    (
        "use types.{item, failure};",
        "use types.{item, failure}; record extra { a: u8 }",
    ),
    (
        "flags rights { read, write }",
        "enum rights { read, write }",
    ),
    ("{ read, write }", "{ read, write, share }"),
    ("constructor(owner: string)", "constructor(name: string)"),
    ("add: func(item: item)", "add: func(item: borrow<cart>)"),
    ("limits: static func()", "limits: func()"),
    ("tuple<u32, u64>", "tuple<u64, u32>"),
    ("cart: borrow<cart>", "cart: cart"),
    ("-> rights;", "-> rights; more: func();"),
    ("rights-of: func", "rights-of: async func"),
    ("use carts.{cart};", "resource cart;"),
    ("cart: cart, first", "cart: borrow<cart>, first"),
    ("first: option<item>", "first: item"),
    ("{ open, sent }", "{ open, sent, lost }"),
    ("-> state", ""),
    (
        "log: func(item: item);",
        "log: func(item: item); warn: func();",
    ),
    ("now: func() -> u64;", ""),
    ("import host;", ""),
    ("import host;", "import types; import host;"),
    ("export carts;", "export types; export carts;"),
    ("export run:", "export start:"),
    ("-> result;", "-> result<_, string>;"),
    ("arguments: list<string>", "arguments: list<string, 2>"),
];

#[test]
fn composition_agrees() {
    let family = family();
    for expected in &family {
        for plugin in &family {
            agrees(expected, plugin);
        }
    }
}

#[test]
fn a_world_does_not_differ_from_itself() {
    for member in family() {
        assert_eq!(lines(&member, &member), [""; 0]);
    }
}

fn family() -> Vec<World> {
    let mut family = vec![world(WORLD)];
    for (from, to) in VARIATIONS {
        let variation = WORLD.replacen(from, to, 1);
        assert_ne!(variation, WORLD, "`{from}` is in the world");
        family.push(world(&variation));
    }
    family
}
