//! All named instances of a shim.

use super::attachment::Attachment;
use super::population::Population;
use super::turns::{Turn, Turns};
use super::{Named, Stay};
use crate::chain::Chain;
use crate::error::LoadError;
use crate::instance::{Host, Spawn};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How often instances are looked at that may be idle.
const ROUND: Duration = Duration::from_millis(100);

/// All named instances of a shim, and the ways to them.
pub(crate) struct Directory {
    host: Arc<Host>,
    turns: Arc<Turns>,
    population: Arc<Population>,
    has_janitor: AtomicBool,
}

impl Directory {
    pub(crate) fn new(host: Arc<Host>) -> Self {
        Directory {
            population: Arc::new(Population::new(host.counters.clone())),
            host,
            turns: Arc::default(),
            has_janitor: AtomicBool::new(false),
        }
    }

    /// Attaches one more caller to the instance behind a name, which is made if there is none that
    /// lives.
    pub(crate) async fn attach(
        &self,
        spawn: Arc<Spawn>,
        stay: Stay,
        chain: &Chain,
    ) -> Result<Attachment, LoadError> {
        self.start_janitor();
        let named = self.population.find(&spawn, stay);
        let limit = chain.time(spawn.limits.deadline);
        let turn = self.turns.wait(&named, chain, limit, &self.host.waits);
        let mut turn = turn.await.map_err(|chain| LoadError::Busy {
            source_name: spawn.source_name.to_string(),
            chain,
        })?;
        named.used();
        if turn.slot.is_alive() {
            let live = &turn.slot.spawn.plan.world;
            if !live.is_same(&spawn.plan.world) {
                return Err(LoadError::OtherWorld {
                    source_name: spawn.source_name.to_string(),
                    world: live.world().full_name(),
                });
            }
        } else {
            self.fill(&named, &mut turn, spawn, chain).await?;
        }
        let (spawn, generation) = (turn.slot.spawn.clone(), turn.slot.generation);
        let (population, turns) = (self.population.clone(), self.turns.clone());
        Ok(Attachment::new(named, spawn, population, turns, generation))
    }

    /// Gives up the instances of some names; see [`Population::retire`].
    pub(crate) fn retire(&self, is_meant: impl Fn(&str) -> bool) -> Vec<Arc<str>> {
        self.population.retire(is_meant)
    }

    async fn fill(
        &self,
        named: &Arc<Named>,
        turn: &mut Turn,
        spawn: Arc<Spawn>,
        chain: &Chain,
    ) -> Result<(), LoadError> {
        let made_room = self.population.make_room(named);
        made_room.map_err(|exceeded| LoadError::Limit {
            source_name: named.name.to_string(),
            exceeded,
        })?;
        turn.slot.spawn = spawn;
        turn.slot.fill(chain).await
    }

    /// Starts the rounds in which idle instances are ended. They end with the shim.
    fn start_janitor(&self) {
        if self.has_janitor.swap(true, Ordering::Relaxed) {
            return;
        }
        let Ok(runtime) = self.host.waits.runtime() else {
            return;
        };
        let population = Arc::downgrade(&self.population);
        runtime.spawn(async move {
            loop {
                tokio::time::sleep(ROUND).await;
                match population.upgrade() {
                    Some(population) => population.sweep(),
                    None => break,
                }
            }
        });
    }
}
