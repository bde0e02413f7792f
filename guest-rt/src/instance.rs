//! A live instance of a plugin.

use crate::batch::Batch;
use crate::codec::{Lift, Lower, Number};
use crate::error::{CallError, LoadError};
use crate::host::Host;
use crate::imports::{Imports, Server};
use crate::owner::Owner;
use crate::pending::{self, Pending};
use crate::stream::{FutureReader, FutureWriter, StreamReader, StreamWriter};
use std::sync::Arc;

/// The source of an instance of a component that this guest gave itself.
const GIVEN: &str = "given bytes";

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
        let host = Host::current()?;
        let number = host.load(source, world)?;
        let owner = Arc::new(Owner::new(host, number, source));
        Ok(Instance { owner })
    }

    /// Makes a live instance of a component that this guest has itself, if the host lets it.
    ///
    /// # Errors
    /// As for [`Instance::load`], and when the host does not let it.
    pub fn load_bytes(component: &[u8], world: &[u8]) -> Result<Self, LoadError> {
        let host = Host::current()?;
        let number = host.load_bytes(component, world)?;
        let owner = Arc::new(Owner::new(host, number, GIVEN));
        Ok(Instance { owner })
    }

    /// Makes a live instance of a source, whose imports are served by a value of its own.
    ///
    /// # Errors
    /// As for [`Instance::load`].
    pub fn load_with(
        source: &str,
        world: &[u8],
        imports: impl Imports + 'static,
    ) -> Result<Self, LoadError> {
        let host = Host::current()?;
        let number = host.load_with_imports(source, world)?;
        Ok(Self::served(host, number, source, Box::new(imports)))
    }

    /// Makes a live instance of a component that this guest has itself, whose imports are served by
    /// a value of its own.
    ///
    /// # Errors
    /// As for [`Instance::load_bytes`].
    pub fn load_bytes_with(
        component: &[u8],
        world: &[u8],
        imports: impl Imports + 'static,
    ) -> Result<Self, LoadError> {
        let host = Host::current()?;
        let number = host.load_bytes_with_imports(component, world)?;
        Ok(Self::served(host, number, GIVEN, Box::new(imports)))
    }

    fn served(host: Host, number: u32, source: &str, imports: Box<dyn Imports>) -> Self {
        let serving = Box::new(Server::new(imports));
        let owner = Arc::new(Owner::new(host, number, source).served(serving));
        pending::register(&owner);
        Instance { owner }
    }

    /// Whether it can be called. An instance that died cannot, unless the host makes it anew.
    pub fn is_alive(&self) -> bool {
        self.owner.host.is_alive(self.owner.number)
    }

    /// Makes a fresh instance in the place of this one, which ends if it still lives. Resources of
    /// the old one answer [`CallError::Dead`] from then on. Of a named instance, which others share,
    /// there is only one: if it lives, it stays.
    ///
    /// # Errors
    /// When the new one fails to start.
    pub fn respawn(&self) -> Result<(), LoadError> {
        self.owner.respawn()
    }

    /// Whether the plugin has a function. It may lack those that the handle's world declares
    /// optional.
    pub fn supports(&self, function: u32) -> bool {
        self.owner.host.supports(self.owner.number, function)
    }

    /// Calls a function by its number, with the tuple of its arguments.
    ///
    /// # Errors
    /// When the instance is dead, or dies of this call.
    pub fn call<A: Lower, R: Lift>(&self, function: u32, arguments: A) -> Result<R, CallError> {
        self.owner.call(function, arguments)
    }

    /// Calls a function that takes a string or nothing, and gives a string or nothing, by its number. An
    /// argument that it does not have is ignored; a result that it does not have is empty. Its imports
    /// must not be served by this guest.
    ///
    /// # Errors
    /// As for [`Instance::call`].
    pub fn call_text(&self, function: u32, argument: &str) -> Result<String, CallError> {
        self.owner.call_text(function, argument)
    }

    /// The same for a list of numbers.
    ///
    /// # Errors
    /// As for [`Instance::call`].
    pub fn call_numbers<T: Number>(
        &self,
        function: u32,
        argument: &[T],
    ) -> Result<Vec<T>, CallError> {
        self.owner.call_numbers(function, argument)
    }

    /// A stream between this guest and the instance: its writer, and the reader for a call.
    ///
    /// # Errors
    /// When the instance is dead.
    pub fn stream<T, const KIND: u32>(
        &self,
    ) -> Result<(StreamWriter<T, KIND>, StreamReader<T, KIND>), CallError> {
        StreamReader::pair(&self.owner)
    }

    /// A future between this guest and the instance: its writer, and the reader for a call.
    ///
    /// # Errors
    /// When the instance is dead.
    pub fn future<T, const KIND: u32>(
        &self,
    ) -> Result<(FutureWriter<T, KIND>, FutureReader<T, KIND>), CallError> {
        FutureReader::pair(&self.owner)
    }

    /// A batch of calls, which are made when it is run.
    pub fn batch(&self) -> Batch<'_> {
        Batch::new(&self.owner)
    }

    /// Starts a call of a function by its number, with the tuple of its arguments.
    ///
    /// # Errors
    /// When the call breaks a limit, or a resource lives elsewhere. Whether the instance is dead,
    /// the [`Pending`] tells.
    pub fn start<A: Lower, R: Lift>(
        &self,
        function: u32,
        arguments: A,
    ) -> Result<Pending<R>, CallError> {
        Pending::start(&self.owner, function, arguments)
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.owner.release();
    }
}
