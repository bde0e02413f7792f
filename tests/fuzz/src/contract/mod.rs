//! Calls of a caller that keeps to no rule.

mod caller;
mod plugin;

use crate::Seed;
use arbitrary::Unstructured;
use caller::{Call, Caller};
use first_class_host::{Restart, Shim, ShimCtx, Source};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

/// The name of the plugin.
const SOURCE: &str = "plugin";

/// The name of the plugin's one instance that all callers share.
const SHARED: &str = "shared";

/// Nothing that the plugin does takes long. A deadline that is met now and then would leave nothing
/// to say of an answer; the target `loader` has one.
const DEADLINE: Duration = Duration::from_secs(10);

/// How many calls are made of one input.
const MOST_CALLS: usize = 24;

/// How many inputs a shim serves. It keeps what it has prepared for each world that it has met.
const MOST_INPUTS: u32 = 1000;

/// A shim, and a caller that no input has anything to do with.
struct Scene {
    shim: Shim,
    neighbour: ShimCtx,
    /// The neighbour's only instance, and what it adds up to.
    number: u32,
    total: u64,
    inputs: u32,
}

/// What callers ask for.
struct Asked {
    encoded: Vec<u8>,
    /// The names of the functions, by their numbers.
    functions: Vec<String>,
}

static COMPONENT: LazyLock<Vec<u8>> = LazyLock::new(plugin::component);

static SCENE: Mutex<Option<Scene>> = Mutex::new(None);

static ASKED: LazyLock<Asked> = LazyLock::new(|| {
    let world = plugin::asked();
    let functions = world.callables().iter().map(|it| it.display_name());
    Asked {
        encoded: world.encode().expect("can be encoded"),
        functions: functions.collect(),
    }
});

/// Makes calls as the bytes say. Each is answered as it has to be, in time, and the instance of
/// another caller knows nothing of it.
///
/// # Panics
/// When it is otherwise.
pub fn run(data: &[u8]) {
    // It is kept only after all went well.
    let mut kept = SCENE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut scene = match kept.take() {
        Some(scene) if scene.inputs < MOST_INPUTS => scene,
        _ => Scene::new(),
    };
    scene.inputs += 1;
    let mut caller = Caller::new(scene.caller());
    let mut input = Unstructured::new(data);
    for _ in 0..MOST_CALLS {
        if input.is_empty() || caller.call(&mut input).is_err() {
            break;
        }
        scene.expect_instances(caller.alive());
    }
    drop(caller);
    scene.expect_instances(0);
    scene.ask_neighbour();
    *kept = Some(scene);
}

impl Scene {
    fn new() -> Self {
        let source = Source::bytes(COMPONENT.clone());
        let shared = source.clone().named().restart(Restart::OnNextCall);
        let builder = Shim::builder().source(SOURCE, source).deadline(DEADLINE);
        let shim = builder.source(SHARED, shared).build().expect("builds");
        let mut neighbour = shim.caller();
        neighbour.load(SHARED, &ASKED.encoded).expect("loads");
        let number = neighbour.load(SOURCE, &ASKED.encoded).expect("loads");
        Scene {
            shim,
            neighbour,
            number,
            total: 0,
            inputs: 0,
        }
    }

    /// One more caller, which may give components itself.
    fn caller(&self) -> ShimCtx {
        let caller = first_class_host::Caller::new("hostile");
        self.shim.caller_as(caller.may_load_bytes())
    }

    /// There are so many instances, besides the neighbour's and the one that all share, which may
    /// have died.
    fn expect_instances(&self, expected: usize) {
        let others = self.shim.snapshot().instances - expected as u64;
        assert!((1..=2).contains(&others), "{others} besides {expected}");
    }

    /// The neighbour's instance still adds up what it is given.
    fn ask_neighbour(&mut self) {
        self.total += 1;
        let add = ASKED.number("add");
        let answer = self.neighbour.invoke_scalar(self.number, add, [1, 0, 0, 0]);
        assert_eq!(answer, Ok(self.total));
    }
}

impl Asked {
    fn number(&self, function: &str) -> u32 {
        let found = self.functions.iter().position(|name| name == function);
        found.expect("is in the world") as u32
    }
}

/// An instance, and each function called, with a buffer and without.
pub fn seeds() -> Vec<Seed> {
    let functions = ASKED.functions.iter().zip(0_u8..);
    let seed = |(name, number): (&String, u8)| {
        let name = name.rsplit(['#', ']']).next().unwrap_or_default();
        let calls = [
            vec![Call::LoadPlugin as u8],
            vec![Call::Supports as u8, 0, number],
            vec![Call::Invoke as u8, 0, number, 0, 0],
            vec![Call::Scalar as u8, 0, number, 1, 1, 1, 1],
            vec![Call::Available as u8, 0],
            vec![Call::Release as u8, 0],
            vec![Call::LoadShared as u8],
            vec![Call::Invoke as u8, 0, number, 0, 0],
            vec![Call::Scalar as u8, 0, number, 1, 1, 1, 1],
            vec![Call::Respawn as u8, 0],
            vec![Call::IsAlive as u8, 0],
            vec![Call::LoadBytes as u8, 1],
        ];
        let name = format!("seed-{name}");
        let data = calls.concat();
        Seed { name, data }
    };
    functions.map(seed).collect()
}
