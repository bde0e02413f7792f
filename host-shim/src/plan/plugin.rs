//! What is prepared for a plugin of a world.

use super::component::{self, Traits};
use super::origin::Origin;
use super::precompiled::Artifact;
use super::world::WorldPlan;
use crate::backends::{Backend, Offered};
use crate::bridge::{bulk_name, entry, exposed_resources, served_resources};
use crate::engine::{Mode, PluginEngine};
use crate::error::LoadError;
use crate::exchange::Exchange;
use crate::plugin_state::PluginState;
use crate::policy::Retry;
use crate::provided::Provided;
use first_class_abi::wit_parser::TypeId;
use first_class_abi::{World, differences_lacking};
use std::sync::Arc;
use wasmtime::component::{Component, ComponentExportIndex, InstancePre};

/// The functions of its bridge.
pub(crate) struct Entries {
    pub(crate) call: ComponentExportIndex,
    pub(crate) call_scalar: ComponentExportIndex,
    pub(crate) prepare_batch: ComponentExportIndex,
    pub(crate) call_batch: ComponentExportIndex,
}

/// What is prepared for a plugin of a world, or for a peer.
pub(crate) struct PluginPlan {
    pub(crate) world: Arc<WorldPlan>,
    /// How it is entered; nothing if calls of it go on at the same time.
    pub(crate) entries: Option<Entries>,
    /// Which functions need no buffer, by their numbers.
    scalars: Box<[bool]>,
    /// The exports of the functions that are called past the bridge, by their numbers.
    bulk: Vec<Option<ComponentExportIndex>>,
    /// The numbers of the optional functions that the plugin does not have.
    pub(crate) lacks: Vec<u32>,
    /// The resources that its caller implements, in the order of the lower bridge.
    resources: Vec<TypeId>,
    /// Those of them that its exports take or give.
    pub(crate) exposed: Vec<TypeId>,
    traits: Traits,
    body: Body,
}

/// What instances are made of.
enum Body {
    Component {
        /// Ready to be entered on the caller's stack, if the plugin can be.
        direct: Option<InstancePre<PluginState>>,
        /// Ready to be entered on a fiber.
        fiber: InstancePre<PluginState>,
    },
    /// They are sessions with a peer.
    Peer(Peer),
}

/// What sessions with a peer are made of.
#[derive(Clone)]
pub(crate) struct Peer {
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) offered: Offered,
    pub(crate) retry: Retry,
}

impl PluginPlan {
    /// Checks a plugin against the world, composes it with the bridge, and compiles the result, or
    /// takes what was compiled ahead of time if that is trusted.
    pub(super) fn new(
        world: &Arc<WorldPlan>,
        source_name: &str,
        bytes: &[u8],
        origin: &Origin,
        engine: &PluginEngine,
    ) -> Result<Self, LoadError> {
        let provided = &origin.provided;
        let failed = |error: wasmtime::Error| compile_error(source_name, format!("{error:#}"));
        if origin.trusted && Artifact::is_one(bytes) {
            let artifact = Artifact::read(bytes, source_name, world.world())?;
            let component = artifact.component(engine).map_err(failed)?;
            let (traits, lacks) = (artifact.traits, artifact.lacks);
            return Self::link(world, &component, traits, lacks, provided, engine).map_err(failed);
        }
        let (composed, traits, lacks) = prepare(world, source_name, bytes, provided.names())?;
        let compile = || {
            let component = Component::from_binary(engine.engine(traits.mode), &composed)?;
            Self::link(world, &component, traits, lacks, provided, engine)
        };
        compile().map_err(failed)
    }

    fn link(
        world: &Arc<WorldPlan>,
        component: &Component,
        traits: Traits,
        lacks: Vec<u32>,
        provided: &Provided,
        engine: &PluginEngine,
    ) -> wasmtime::Result<Self> {
        let entries = match traits.is_concurrent() {
            true => None,
            false => Some(Entries::of(
                component,
                entry(traits.mode == Mode::Concurrent),
            )?),
        };
        let pre = |mode| {
            let mut linker = engine.linker(mode).clone();
            provided.add_to_linker(&mut linker)?;
            linker.instantiate_pre(component)
        };
        let (direct, fiber) = match traits.mode {
            Mode::Direct => (Some(pre(Mode::Direct)?), pre(Mode::Waiting)?),
            mode @ (Mode::Waiting | Mode::Concurrent) => (None, pre(mode)?),
        };
        let resources = served_resources(world.world(), &traits.served);
        let numbers = 0..world.shapes().len() as u32;
        let numbered = numbers.clone().zip(world.shapes());
        Ok(PluginPlan {
            entries,
            scalars: numbered
                .map(|(number, shape)| shape.scalar && !lacks.contains(&number))
                .collect(),
            bulk: numbers
                .map(|number| component.get_export_index(None, bulk_name(number)))
                .collect(),
            world: world.clone(),
            lacks,
            exposed: exposed_resources(world.world(), &resources),
            resources,
            traits,
            body: Body::Component { direct, fiber },
        })
    }

    /// The plan of a source behind a backend, which lacks some optional functions.
    pub(crate) fn of_peer(world: Arc<WorldPlan>, lacks: Vec<u32>, peer: Peer) -> Self {
        PluginPlan {
            world,
            entries: None,
            scalars: Box::default(),
            bulk: Vec::new(),
            lacks,
            resources: Vec::new(),
            exposed: Vec::new(),
            traits: Traits {
                mode: Mode::Concurrent,
                waits: true,
                holds: false,
                served: Vec::new(),
            },
            body: Body::Peer(peer),
        }
    }

    /// The peer, if instances are sessions with one.
    pub(crate) fn peer(&self) -> Option<&Peer> {
        match &self.body {
            Body::Peer(peer) => Some(peer),
            Body::Component { .. } => None,
        }
    }

    /// Whether the plugin has a function that needs no buffer.
    pub(crate) fn is_scalar(&self, function: u32) -> bool {
        self.scalars.get(function as usize).is_some_and(|is| *is)
    }

    /// The export of a function that is called past the bridge.
    pub(crate) fn bulk_export(&self, function: u32) -> Option<&ComponentExportIndex> {
        self.bulk.get(function as usize)?.as_ref()
    }

    /// Whether calls of it go on at the same time.
    pub(crate) fn is_concurrent(&self) -> bool {
        self.entries.is_none()
    }

    /// Whether it imports the contract, so that it may hold instances itself.
    pub(crate) fn holds_instances(&self) -> bool {
        self.traits.holds
    }

    /// Whether it may wait in the host for something else than its caller.
    pub(crate) fn waits(&self) -> bool {
        self.traits.waits
    }

    /// Where calls of the caller of one more instance are left, if its caller serves imports.
    pub(crate) fn exchange(&self) -> Option<Exchange> {
        let serves = !self.traits.served.is_empty();
        serves.then(|| Exchange::new(self.world.callbacks().clone(), self.resources.clone()))
    }

    /// The imports of the world that its caller has to serve.
    pub(crate) fn served_imports(&self) -> &[String] {
        &self.traits.served
    }

    /// How an instance is entered: on the caller's stack if that is possible and nobody wants it
    /// otherwise.
    pub(crate) fn mode(&self, on_fiber: bool) -> Mode {
        match (self.traits.mode, on_fiber) {
            (Mode::Direct, true) => Mode::Waiting,
            (mode, _) => mode,
        }
    }

    /// The same, and what makes the instance; nothing if it is a session with a peer.
    pub(crate) fn entered(&self, on_fiber: bool) -> Option<(Mode, &InstancePre<PluginState>)> {
        let mode = self.mode(on_fiber);
        match &self.body {
            Body::Component {
                direct: Some(direct),
                ..
            } if mode == Mode::Direct => Some((mode, direct)),
            Body::Component { fiber, .. } => Some((mode, fiber)),
            Body::Peer(_) => None,
        }
    }
}

/// Compiles a plugin for [`PluginPlan::new`] to take later.
pub(super) fn precompile(
    world: &WorldPlan,
    source_name: &str,
    bytes: &[u8],
    engine: &PluginEngine,
) -> Result<Vec<u8>, LoadError> {
    let (composed, traits, lacks) = prepare(world, source_name, bytes, &[])?;
    let code = engine.engine(traits.mode).precompile_component(&composed);
    let code = code.map_err(|error| compile_error(source_name, format!("{error:#}")))?;
    Artifact::write(world.world(), &traits, &lacks, &code)
        .map_err(|message| compile_error(source_name, message))
}

/// What the check of a plugin against a world finds: how it is entered, and what it lacks.
struct Checked {
    traits: Traits,
    lacks: Vec<u32>,
}

/// Checks that a plugin fits the world, and that there is somebody for all that it imports.
fn check_against(
    world: &WorldPlan,
    source_name: &str,
    bytes: &[u8],
    provided: &[String],
) -> Result<Checked, LoadError> {
    let not_a_component = |found| LoadError::NotAComponent {
        source_name: source_name.into(),
        found,
    };
    if Artifact::is_one(bytes) {
        let found = "it was compiled ahead of time, which its source does not accept; the host \
                     accepts it with `Source::trust_precompiled`";
        return Err(not_a_component(found.into()));
    }
    let plugin = World::of_component(bytes);
    let plugin = plugin.map_err(|error| not_a_component(error.to_string()))?;
    let lacks = world.world().absent_in(&plugin);
    let differences = differences_lacking(world.world(), &lacks, &plugin);
    if !differences.is_empty() {
        return Err(LoadError::Incompatible {
            source_name: source_name.into(),
            world: world.world().full_name(),
            differences,
        });
    }
    let traits = Traits::of(&plugin, world.world(), world.is_async, provided);
    if !world.transmits().kinds().is_empty() && !traits.is_concurrent() {
        return Err(compile_error(source_name, NOT_BOTH.into()));
    }
    let imports = component::unsatisfied_imports(&plugin, &[&traits.served, provided]);
    if !imports.is_empty() {
        return Err(LoadError::Unsatisfied {
            source_name: source_name.into(),
            imports,
        });
    }
    Ok(Checked { traits, lacks })
}

/// Checks a plugin as [`PluginPlan::new`] does, and makes nothing of it.
pub(super) fn check(world: &WorldPlan, source_name: &str, bytes: &[u8]) -> Result<(), LoadError> {
    check_against(world, source_name, bytes, &[]).map(drop)
}

/// The checked and composed component, how it is entered, and what it lacks.
fn prepare(
    world: &WorldPlan,
    source_name: &str,
    bytes: &[u8],
    provided: &[String],
) -> Result<(Vec<u8>, Traits, Vec<u32>), LoadError> {
    let Checked { traits, lacks } = check_against(world, source_name, bytes, provided)?;
    let compose = || {
        let lower = match traits.served.as_slice() {
            [] => None,
            served => Some(world.lower_bridge(served)?),
        };
        let resources = served_resources(world.world(), &traits.served);
        let exposed = exposed_resources(world.world(), &resources);
        let is_concurrent = traits.is_concurrent();
        world.compose(bytes, &lacks, &exposed, lower.as_ref(), is_concurrent)
    };
    let composed = compose().map_err(|error| compile_error(source_name, error.to_string()))?;
    Ok((composed, traits, lacks))
}

impl Entries {
    fn of(component: &Component, entry: &str) -> wasmtime::Result<Self> {
        let entry = export(component, None, entry)?;
        Ok(Entries {
            call: export(component, Some(&entry), "call")?,
            call_scalar: export(component, Some(&entry), "call-scalar")?,
            prepare_batch: export(component, Some(&entry), "prepare-batch")?,
            call_batch: export(component, Some(&entry), "call-batch")?,
        })
    }
}

/// What cannot be done yet.
const NOT_BOTH: &str = "a plugin of a world with streams or futures can neither call its caller nor \
                        hold instances itself yet; a host can provide its imports with \
                        `Source::provide`";

fn export(
    component: &Component,
    instance: Option<&ComponentExportIndex>,
    name: &str,
) -> wasmtime::Result<ComponentExportIndex> {
    component
        .get_export_index(instance, name)
        .ok_or_else(|| wasmtime::Error::msg(format!("the bridge lacks its export `{name}`")))
}

fn compile_error(source_name: &str, message: String) -> LoadError {
    LoadError::Compile {
        source_name: source_name.into(),
        message,
    }
}
