//! What is prepared for a world.

use crate::bridge::{Bridge, BridgeError, LowerBridge, has_async_functions};
use crate::error::LoadError;
use first_class_abi::layout::Layouts;
use first_class_abi::value::Codec;
use first_class_abi::wit_parser::TypeId;
use first_class_abi::{CallShape, Callable, Callee, Transmits, World, provider};
use std::collections::HashMap;
use std::sync::Arc;

/// The largest encoding of a world that is accepted, in bytes. That of forty functions has two
/// thousand.
const MOST_BYTES: usize = 1 << 20;

/// What is prepared for a world.
pub(crate) struct WorldPlan {
    encoded: Box<[u8]>,
    world: Arc<World>,
    shapes: Vec<CallShape>,
    names: Vec<String>,
    codec: Codec,
    callbacks: Codec,
    /// The numbers of the functions that drop a handle, by the resource.
    drops: HashMap<TypeId, u32>,
    transmits: Transmits,
    /// How many bytes an element takes, by the kinds of streams.
    element_sizes: Vec<u64>,
    /// Whether there are functions that wait, or streams.
    pub(super) is_async: bool,
    bridge: Bridge,
}

impl WorldPlan {
    pub(crate) fn new(encoded: &[u8]) -> Result<Self, LoadError> {
        if encoded.len() > MOST_BYTES {
            return Err(LoadError::World(format!(
                "its encoding has {} bytes, more than {MOST_BYTES}",
                encoded.len()
            )));
        }
        let world = World::decode(encoded).map_err(|error| LoadError::World(error.to_string()))?;
        let world = Arc::new(world);
        let codec =
            Codec::new(world.clone()).map_err(|error| LoadError::World(error.to_string()))?;
        let callbacks = Codec::of_callbacks(world.clone())
            .map_err(|error| LoadError::World(error.to_string()))?;
        let shapes = CallShape::of_world(&world);
        let transmits =
            Transmits::of_world(&world).map_err(|error| LoadError::World(error.to_string()))?;
        let is_async = has_async_functions(&world) || !transmits.kinds().is_empty();
        let bridge = match is_async {
            true => Bridge::concurrent(&world, &shapes, &transmits, &[]),
            false => Bridge::generate(&world, &shapes, &[], &[]),
        };
        let bridge = bridge.map_err(|error| LoadError::World(error.to_string()))?;
        let callables = world.callables().iter();
        let names = callables.clone().map(|it| it.display_name()).collect();
        let drops = (0..).zip(callables).filter_map(|(number, callable)| {
            let resource = match callable.callee {
                Callee::Drop(resource) => resource,
                Callee::Function(_) => return None,
            };
            Some((resource, number))
        });
        Ok(WorldPlan {
            encoded: encoded.into(),
            drops: drops.collect(),
            names,
            shapes,
            codec,
            callbacks,
            element_sizes: element_sizes(&world, &transmits)?,
            transmits,
            is_async,
            bridge,
            world,
        })
    }

    /// Whether it is the same world, so that numbers of functions mean the same.
    pub(crate) fn is_same(&self, other: &WorldPlan) -> bool {
        self.encoded == other.encoded
    }

    pub(crate) fn world(&self) -> &World {
        &self.world
    }

    /// What checks the buffers of its calls.
    pub(crate) fn codec(&self) -> &Codec {
        &self.codec
    }

    /// What reads the buffers of what its plugins call.
    pub(crate) fn callbacks(&self) -> &Codec {
        &self.callbacks
    }

    /// The number of the function that drops a handle to a resource.
    pub(crate) fn drop_function(&self, resource: TypeId) -> Option<u32> {
        self.drops.get(&resource).copied()
    }

    /// Whether a caller may hold anything of an instance: resources, streams or futures.
    pub(crate) fn has_handles(&self) -> bool {
        !self.drops.is_empty() || !self.transmits.kinds().is_empty()
    }

    pub(super) fn shapes(&self) -> &[CallShape] {
        &self.shapes
    }

    pub(crate) fn shape(&self, function: u32) -> Option<&CallShape> {
        self.shapes.get(function as usize)
    }

    /// The name of a function, or a description of a number that names none.
    pub(crate) fn function_name(&self, function: u32) -> String {
        match self.names.get(function as usize) {
            Some(name) => name.clone(),
            None => format!("function number {function}"),
        }
    }

    /// Whether a component exports anything that the world asks for, in whatever shape.
    pub(super) fn is_claimed_by(&self, plugin: &World) -> bool {
        let exports = plugin.export_names();
        let asked = self.world.export_names();
        asked
            .iter()
            .any(|name| provider(name, exports.iter().map(String::as_str)).is_some())
    }

    /// The streams and futures of its functions, by number.
    pub(crate) fn transmits(&self) -> &Transmits {
        &self.transmits
    }

    /// How many bytes an element of a kind of stream takes.
    pub(crate) fn element_size(&self, kind: u32) -> u64 {
        self.element_sizes.get(kind as usize).copied().unwrap_or(0)
    }

    /// The lower bridge for these imports of a plugin.
    pub(super) fn lower_bridge(&self, imports: &[String]) -> Result<LowerBridge, BridgeError> {
        let shapes = CallShape::of_callbacks(&self.world);
        LowerBridge::generate(&self.world, &shapes, imports)
    }

    /// Composes a plugin that lacks some functions, or takes or gives resources of its caller, with
    /// the bridge for that, over a lower one if it needs one.
    pub(super) fn compose(
        &self,
        plugin: &[u8],
        lacks: &[u32],
        exposed: &[TypeId],
        lower: Option<&LowerBridge>,
        is_concurrent: bool,
    ) -> Result<Vec<u8>, BridgeError> {
        let bulk = match is_concurrent || lower.is_some() {
            true => Vec::new(),
            false => self.bulk(lacks),
        };
        if lacks.is_empty() && exposed.is_empty() && is_concurrent == self.is_async {
            return self.bridge.compose(plugin, lower, &bulk);
        }
        let bridge = match is_concurrent {
            true => Bridge::concurrent(&self.world, &self.shapes, &self.transmits, lacks)?,
            false => Bridge::generate(&self.world, &self.shapes, lacks, exposed)?,
        };
        bridge.compose(plugin, lower, &bulk)
    }

    /// The functions that are called past the bridge, of a plugin that lacks some functions.
    fn bulk(&self, lacks: &[u32]) -> Vec<(u32, &Callable)> {
        let numbered = (0..).zip(self.world.callables()).zip(&self.shapes);
        let bulk =
            numbered.filter(|((number, _), shape)| shape.bulk.is_some() && !lacks.contains(number));
        bulk.map(|(numbered, _)| numbered).collect()
    }
}

fn element_sizes(world: &World, transmits: &Transmits) -> Result<Vec<u64>, LoadError> {
    let layouts =
        Layouts::new(world.resolve()).map_err(|error| LoadError::World(error.to_string()))?;
    let kinds = transmits.kinds().iter();
    let sizes = kinds.map(|kind| kind.payload.map_or(0, |ty| layouts.get(&ty).size.into()));
    Ok(sizes.collect())
}
