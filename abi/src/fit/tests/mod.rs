//! What is printed for all kinds of differences, and whether composition agrees.

mod composition;
mod functions;
mod imports;
mod pairs;
mod strangers;
mod types;
mod uses;
mod worlds;

use super::differences;
use crate::testing::world;
use crate::world::World;
use expect_test::Expect;
use wit_parser::decoding::{DecodedWasm, decode};

/// Compares two worlds, written in WIT, in every form in which the shim may meet them: checks
/// what is printed, and that composition comes to the same verdict.
fn check(expected: &str, plugin: &str, printed: Expect) {
    print(expected, plugin, printed);
    agrees(&world(expected), &world(plugin));
}

/// The same for worlds that composition takes though they do not fit.
fn check_stricter(expected: &str, plugin: &str, printed: Expect) {
    print(expected, plugin, printed);
    let (expected, plugin) = (world(expected), world(plugin));
    assert_ne!(lines(&expected, &plugin), [""; 0]);
    assert_eq!(composition::compose(&expected, &component(&plugin)), Ok(()));
}

fn print(expected: &str, plugin: &str, printed: Expect) {
    let (expected, plugin) = (world(expected), world(plugin));
    let lines = lines(&expected, &plugin);
    printed.assert_eq(&lines.join("\n"));
    for expected in [&expected, &reencoded(&expected)] {
        for plugin in [&plugin, &reencoded(&plugin), &decoded(&component(&plugin))] {
            assert_eq!(self::lines(expected, plugin), lines);
        }
    }
}

fn agrees(expected: &World, plugin: &World) {
    let lines = lines(expected, plugin);
    let verdict = composition::compose(expected, &component(plugin));
    assert_eq!(
        lines.is_empty(),
        verdict.is_ok(),
        "{lines:?}, but {verdict:?}"
    );
}

fn lines(expected: &World, plugin: &World) -> Vec<String> {
    let differences = differences(expected, plugin);
    let mut lines: Vec<_> = differences.iter().map(ToString::to_string).collect();
    lines.sort();
    lines
}

fn component(world: &World) -> Vec<u8> {
    composition::component(world.resolve(), world.id())
}

fn reencoded(world: &World) -> World {
    World::decode(&world.encode().expect("encodes")).expect("decodes")
}

fn decoded(component: &[u8]) -> World {
    match decode(component).expect("decodes") {
        DecodedWasm::Component(resolve, id) => World::new(resolve, id),
        DecodedWasm::WitPackage(..) => panic!("a component"),
    }
}

/// A world that exports one interface with this in it.
fn rule(body: &str) -> String {
    format!(
        "package acme:lint@1.0.0;
        interface rule {{ {body} }}
        world plugin {{ export rule; }}"
    )
}

/// Compares two worlds that export an interface each.
fn check_rules(expected: &str, plugin: &str, printed: Expect) {
    check(&rule(expected), &rule(plugin), printed);
}
