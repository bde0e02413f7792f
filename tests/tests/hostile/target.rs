//! The world `target`, plugins of it, and buffers for its functions.

use first_class_abi::World;
use first_class_abi::contract::ARENA_BASE;
use first_class_abi::wit_parser::Resolve;
use std::sync::LazyLock;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};

/// A text of a source, and what stands in its place.
pub(crate) type Edit<'a> = (&'a str, &'a str);

static WORLD: LazyLock<World> = LazyLock::new(|| world(include_str!("plugins/target.wit")));

/// The world `target` as it travels with a load.
pub(crate) static ENCODED: LazyLock<Vec<u8>> = LazyLock::new(|| encoded(&WORLD));

/// A plugin of the world `target`: the honest one, with these changes.
pub(crate) fn plugin(edits: &[Edit<'_>]) -> Vec<u8> {
    let honest = include_str!("plugins/target.wat").to_owned();
    let text = edits.iter().fold(honest, |text, (old, new)| {
        assert!(text.contains(old), "the plugin has no `{old}`");
        text.replace(old, new)
    });
    let mut module = wat::parse_str(text).unwrap_or_else(|error| panic!("{error}"));
    let (resolve, id) = (WORLD.resolve(), WORLD.id());
    embed_component_metadata(&mut module, resolve, id, StringEncoding::UTF8)
        .expect("the world can be encoded");
    let component = ComponentEncoder::default()
        .validate(true)
        .module(&module)
        .and_then(|encoder| encoder.encode());
    component.unwrap_or_else(|error| panic!("{error:?}"))
}

/// The only world of a WIT package.
pub(crate) fn world(wit: &str) -> World {
    let mut resolve = Resolve::new();
    let package = resolve.push_source("t.wit", wit).expect("is WIT");
    let id = resolve.select_world(&[package], None);
    World::new(resolve, id.expect("there is one"))
}

/// A world as it travels with a load.
pub(crate) fn encoded(world: &World) -> Vec<u8> {
    world.encode().expect("can be encoded")
}

/// How many functions the world has; the first number that names none.
pub(crate) fn functions() -> u32 {
    WORLD.callables().len() as u32
}

/// The number of a function of the world: `echo`, or `#sum` for one of `things`.
pub(crate) fn number(function: &str) -> u32 {
    let mut names = WORLD.callables().iter().map(|it| it.display_name());
    let found = names.position(|name| {
        name == function || (function.starts_with('#') && name.ends_with(function))
    });
    found.unwrap_or_else(|| panic!("there is no `{function}`")) as u32
}

/// A buffer that is slots alone.
pub(crate) fn slots(values: &[u64]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

/// A buffer that is 32-bit numbers, such as a record, the elements of a list, or addresses.
pub(crate) fn words(values: &[u32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

/// The buffer of one list or string: how many elements, and their bytes.
pub(crate) fn list(count: u64, bytes: &[u8]) -> Vec<u8> {
    [&slots(&[behind(2), count])[..], bytes].concat()
}

/// The address of what lies behind so many slots.
pub(crate) fn behind(slots: u64) -> u64 {
    u64::from(ARENA_BASE) + 8 * slots
}

/// The number in a buffer that is one slot.
pub(crate) fn slot(buffer: &[u8]) -> u64 {
    u64::from_le_bytes(buffer.try_into().expect("is one slot"))
}
