//! Files that are offered as plugins.

use crate::Seed;
use first_class_abi::World;
use first_class_abi::contract::SCALAR_PARAMS;
use first_class_abi::wit_parser::Resolve;
use first_class_host::Shim;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use tempfile::TempDir;

const SOURCE: &str = "plugin";

const WIT: &str = include_str!("../../wit/accumulator/accumulator.wit");
const PLUGIN: &str = include_str!("../../components/accumulator.wat");

/// What a plugin may spend in its start, and in each call.
const DEADLINE: Duration = Duration::from_millis(30);

/// What an input takes at most. The machine may have other things to do.
const BOUND: Duration = Duration::from_secs(10);

/// A shim, whose only source is written anew for each input.
struct Scene {
    shim: Shim,
    world: Vec<u8>,
    functions: u32,
    path: PathBuf,
    modified: SystemTime,
    _folder: TempDir,
}

static SCENE: Mutex<Option<Scene>> = Mutex::new(None);

/// Offers the bytes as a plugin, loads it, and calls all that the world has.
///
/// # Panics
/// When something that is no component is loaded, or it takes too long, or something of it is left.
pub fn run(data: &[u8]) {
    let mut scene = SCENE.lock().unwrap_or_else(PoisonError::into_inner);
    let scene = scene.get_or_insert_with(Scene::new);
    scene.offer(data);
    let started = Instant::now();
    let mut caller = scene.shim.caller();
    match caller.load(SOURCE, &scene.world) {
        Ok(instance) => {
            assert!(World::of_component(data).is_ok(), "it is no component");
            for function in 0..scene.functions {
                assert!(caller.supports(instance, function));
                // Whatever comes of it is the plugin's own affair.
                drop(caller.invoke_scalar(instance, function, [1; SCALAR_PARAMS]));
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    drop(caller);
    assert_eq!(scene.shim.snapshot().instances, 0);
    assert!(started.elapsed() < BOUND, "it took {:?}", started.elapsed());
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("plugin.wasm");
        File::create(&path).expect("writes");
        let builder = Shim::builder().file(SOURCE, &path).deadline(DEADLINE);
        let world = world();
        Scene {
            shim: builder.build().expect("builds"),
            world: world.encode().expect("can be encoded"),
            functions: world.callables().len() as u32,
            path,
            modified: SystemTime::now(),
            _folder: folder,
        }
    }

    /// Writes the plugin. Its time is one that it never had, since many may have one length.
    fn offer(&mut self, data: &[u8]) {
        self.modified += Duration::from_secs(1);
        let mut file = File::create(&self.path).expect("writes");
        file.write_all(data).expect("writes");
        file.set_modified(self.modified).expect("writes");
    }
}

fn world() -> World {
    let mut resolve = Resolve::new();
    let package = resolve.push_source("world.wit", WIT).expect("valid WIT");
    let world = resolve.select_world(&[package], None);
    World::new(resolve, world.expect("there is one"))
}

/// A plugin, some that fail, and what is no plugin.
pub fn seeds() -> Vec<Seed> {
    let start = "(func $start)";
    let grows = "(memory 1) (func $start (drop (memory.grow (i32.const 9))))";
    let whole = edited("", "");
    let half = whole[..whole.len() / 2].to_vec();
    let import = edited("(component", "(component (import \"f\" (func))");
    let seeds = [
        ("whole", whole),
        ("half", half),
        ("loops", edited(start, "(func $start (loop (br 0)))")),
        ("traps", edited(start, "(func $start unreachable)")),
        ("overflows", edited(start, "(func $start (call $start))")),
        ("grows", edited(start, grows)),
        ("imports", import),
        ("differs", edited("\"value\" s64", "\"value\" s32")),
        ("module", b"\0asm\x01\0\0\0".to_vec()),
        ("text", b"(component)".to_vec()),
    ];
    let seeds = seeds.into_iter().map(|(name, data)| {
        let name = format!("seed-{name}");
        Seed { name, data }
    });
    seeds.collect()
}

/// The plugin with some of its text replaced.
fn edited(old: &str, new: &str) -> Vec<u8> {
    assert!(PLUGIN.contains(old), "the plugin has no `{old}`");
    wat::parse_str(PLUGIN.replace(old, new)).expect("valid WAT")
}
