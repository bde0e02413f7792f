//! Plans by the contents of components, wherever these come from.

use super::origin::Origin;
use super::plugin::PluginPlan;
use crate::error::LoadError;
use crate::lock::lock;
use crate::provided::Provided;
use sha2::{Digest as _, Sha256};
use std::sync::{Arc, Mutex, Weak};

/// The plans of a world that are in use, so that a copy of a component, or a file that was only
/// touched, is not compiled again.
#[derive(Default)]
pub(super) struct Contents(Mutex<Vec<Known>>);

struct Known {
    content: Content,
    plan: Weak<PluginPlan>,
}

/// All that a plan is made of besides its world.
#[derive(PartialEq, Eq)]
struct Content {
    digest: [u8; 32],
    trusted: bool,
    provided: Provided,
}

impl Contents {
    /// The plan of a component, which `make` makes if there is none.
    pub(super) fn get(
        &self,
        bytes: &[u8],
        origin: &Origin,
        make: impl FnOnce() -> Result<PluginPlan, LoadError>,
    ) -> Result<Arc<PluginPlan>, LoadError> {
        let content = Content {
            digest: Sha256::digest(bytes).into(),
            trusted: origin.trusted,
            provided: origin.provided.clone(),
        };
        if let Some(plan) = self.find(&content) {
            return Ok(plan);
        }
        // Not under the lock: other components need not wait until this one is compiled.
        let plan = Arc::new(make()?);
        let mut known = lock(&self.0);
        known.retain(|known| known.plan.strong_count() > 0);
        known.push(Known {
            content,
            plan: Arc::downgrade(&plan),
        });
        Ok(plan)
    }

    fn find(&self, content: &Content) -> Option<Arc<PluginPlan>> {
        let known = lock(&self.0);
        let mut found = known.iter().filter(|known| known.content == *content);
        found.find_map(|known| known.plan.upgrade())
    }
}
