//! What an embedder provides to plugins in place of their callers.

use crate::plugin_state::PluginState;
use std::any::Any;
use std::fmt;
use std::sync::Arc;
use wasmtime::component::Linker;

/// Functions of a linker for some imports, and the data that they work on.
#[derive(Clone, Default)]
pub(crate) struct Provided {
    names: Arc<[String]>,
    additions: Arc<[Addition]>,
    data: Option<Data>,
}

type Addition = Arc<dyn Fn(&mut Linker<PluginState>) -> wasmtime::Result<()> + Send + Sync>;
type Data = Arc<dyn Fn() -> Box<dyn Any + Send> + Send + Sync>;

impl Provided {
    /// The same with functions for more imports.
    pub(crate) fn and(
        self,
        names: impl IntoIterator<Item = String>,
        add: impl Fn(&mut Linker<PluginState>) -> wasmtime::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let additions = self.additions.iter().cloned();
        Provided {
            names: self.names.iter().cloned().chain(names).collect(),
            additions: additions.chain([Arc::new(add) as Addition]).collect(),
            data: self.data,
        }
    }

    /// The same with data for each instance.
    pub(crate) fn with_data<D: Any + Send>(
        self,
        make: impl Fn() -> D + Send + Sync + 'static,
    ) -> Self {
        let make = move || Box::new(make()) as Box<dyn Any + Send>;
        Provided {
            data: Some(Arc::new(make)),
            ..self
        }
    }

    /// The names of the imports.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    pub(crate) fn add_to_linker(&self, linker: &mut Linker<PluginState>) -> wasmtime::Result<()> {
        self.additions.iter().try_for_each(|add| add(linker))
    }

    /// The data of one more instance.
    pub(crate) fn data(&self) -> Option<Box<dyn Any + Send>> {
        self.data.as_ref().map(|make| make())
    }
}

/// Two are equal if they are of one source.
impl PartialEq for Provided {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.additions, &other.additions)
            || (self.additions.is_empty() && other.additions.is_empty())
    }
}

impl Eq for Provided {}

impl fmt::Debug for Provided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&*self.names).finish()
    }
}
