//! What is prepared once for a world, and once for each plugin of it, so that a further instance
//! costs nothing but its instantiation.

use crate::bridge::{Bridge, BridgeError};
use crate::component;
use crate::counters::Counters;
use crate::engine::{Mode, PluginEngine};
use crate::error::LoadError;
use crate::plugin_state::PluginState;
use first_class_abi::{CallShape, World, differences};
use std::sync::Arc;
use wasmtime::component::{Component, ComponentExportIndex, InstancePre};

/// What is prepared for a world.
pub(crate) struct WorldPlan {
    world: World,
    shapes: Vec<CallShape>,
    names: Vec<String>,
    bridge: Bridge,
}

/// What is prepared for a plugin of a world.
pub(crate) struct PluginPlan {
    pub(crate) world: Arc<WorldPlan>,
    pub(crate) pre: InstancePre<PluginState>,
    pub(crate) call: ComponentExportIndex,
    pub(crate) call_scalar: ComponentExportIndex,
    pub(crate) mode: Mode,
    /// The numbers of the optional functions that the plugin does not have.
    pub(crate) lacks: Vec<u32>,
}

impl WorldPlan {
    pub(crate) fn new(encoded: &[u8]) -> Result<Self, LoadError> {
        let world = World::decode(encoded).map_err(|error| LoadError::World(error.to_string()))?;
        let shapes = CallShape::of_world(&world);
        let bridge = Bridge::generate(&world, &shapes, &[])
            .map_err(|error| LoadError::World(error.to_string()))?;
        let names = world
            .callables()
            .iter()
            .map(|it| it.display_name())
            .collect();
        Ok(WorldPlan {
            world,
            shapes,
            names,
            bridge,
        })
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
    pub(crate) fn is_claimed_by(&self, plugin: &World) -> bool {
        let exports = plugin.export_names();
        let asked = self.world.export_names();
        asked.iter().any(|name| {
            first_class_abi::provider(name, exports.iter().map(String::as_str)).is_some()
        })
    }

    /// Checks a plugin against the world, composes it with the bridge, and compiles the result.
    pub(crate) fn plan_plugin(
        self: &Arc<Self>,
        source_name: &str,
        bytes: &[u8],
        engine: &PluginEngine,
        counters: &Counters,
    ) -> Result<PluginPlan, LoadError> {
        let plugin = component::read_type(bytes).map_err(|found| LoadError::NotAComponent {
            source_name: source_name.into(),
            found,
        })?;
        let lacks = self.world.absent_in(&plugin);
        self.check(source_name, &plugin, &lacks)?;
        let composed = self
            .compose(bytes, &lacks)
            .map_err(|error| compile_error(source_name, error.to_string()))?;
        counters.compiled();
        self.compile(&composed, self.mode(&plugin), lacks, engine)
            .map_err(|error| compile_error(source_name, format!("{error:#}")))
    }

    fn compose(&self, plugin: &[u8], lacks: &[u32]) -> Result<Vec<u8>, BridgeError> {
        if lacks.is_empty() {
            return self.bridge.compose(plugin);
        }
        Bridge::generate(&self.world, &self.shapes, lacks)?.compose(plugin)
    }

    fn mode(&self, plugin: &World) -> Mode {
        if self.bridge.is_async() {
            return Mode::Concurrent;
        }
        match component::can_wait(plugin) {
            true => Mode::Waiting,
            false => Mode::Direct,
        }
    }

    fn check(&self, source_name: &str, plugin: &World, lacks: &[u32]) -> Result<(), LoadError> {
        let differences = differences(&self.world.without(lacks), plugin);
        if !differences.is_empty() {
            return Err(LoadError::Incompatible {
                source_name: source_name.into(),
                world: self.world.full_name(),
                differences,
            });
        }
        let imports = component::unsatisfied_imports(plugin);
        if !imports.is_empty() {
            return Err(LoadError::Unsatisfied {
                source_name: source_name.into(),
                imports,
            });
        }
        Ok(())
    }

    fn compile(
        self: &Arc<Self>,
        composed: &[u8],
        mode: Mode,
        lacks: Vec<u32>,
        engine: &PluginEngine,
    ) -> wasmtime::Result<PluginPlan> {
        let component = Component::from_binary(engine.engine(mode), composed)?;
        let entry = export(&component, None, self.bridge.entry())?;
        let call = export(&component, Some(&entry), "call")?;
        let call_scalar = export(&component, Some(&entry), "call-scalar")?;
        let pre = engine.linker(mode).instantiate_pre(&component)?;
        Ok(PluginPlan {
            world: self.clone(),
            pre,
            call,
            call_scalar,
            mode,
            lacks,
        })
    }
}

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
