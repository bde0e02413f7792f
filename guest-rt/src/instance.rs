//! A live instance of a plugin.

use crate::codec::{Lift, Lower};
use crate::error::{CallError, LoadError};
use crate::host::Host;
use crate::resource::Owner;
use std::sync::Arc;

/// A live instance of some world: what every handle that `first_class_world!` writes is made of.
///
/// It owns the instance: dropping it ends the instance and gives back all that it held. Resources
/// that are left over answer [`CallError::Dead`] from then on.
#[derive(Debug)]
pub struct Instance {
    owner: Arc<Owner>,
}

impl Instance {
    /// The names of the sources that claim to implement a world, given in its binary encoding.
    ///
    /// # Errors
    /// When the host does not accept the world.
    pub fn available(world: &[u8]) -> Result<Vec<String>, LoadError> {
        Host::current()?.available(world).map_err(LoadError::from)
    }

    /// Makes a live instance of a source.
    ///
    /// # Errors
    /// When there is no such source, or it does not implement the world, or fails to start.
    pub fn load(source: &str, world: &[u8]) -> Result<Self, LoadError> {
        let owner = Owner::load(source, world)?;
        Ok(Instance { owner })
    }

    /// Calls a function by its number, with the tuple of its arguments.
    ///
    /// # Errors
    /// When the instance is dead, or dies of this call.
    pub fn call<A: Lower, R: Lift>(&self, function: u32, arguments: A) -> Result<R, CallError> {
        self.owner.call(function, arguments)
    }

    /// Whether the plugin has a function, given by its number.
    ///
    /// A plugin without one that the world does not declare optional is not loaded, so until the
    /// contract can say more, it has all of them.
    pub fn supports(&self, _function: u32) -> bool {
        true
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.owner.release();
    }
}
