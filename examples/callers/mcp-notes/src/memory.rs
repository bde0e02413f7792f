//! One memory.

use crate::notes::memory::{Entity, Graph, Relation};
use crate::{Fatal, NotesInstance};
use first_class::CallError;
use std::fmt;

/// A memory, by the name that the host has for it.
pub(crate) struct Memory {
    name: String,
    instance: NotesInstance,
}

impl Memory {
    pub(crate) fn load(name: &str) -> Result<Self, Fatal> {
        let name = name.to_owned();
        match NotesInstance::load(&name) {
            Ok(instance) => Ok(Memory { name, instance }),
            Err(error) => Err(Fatal::Load {
                memory: name,
                error,
            }),
        }
    }

    /// Notes things and how they are connected, and says how many things are new.
    pub(crate) fn note(&self, entities: &[Entity], relations: &[Relation]) -> Result<usize, Fatal> {
        let memory = self.instance.memory();
        let noted = self.answer(memory.create_entities(entities))?;
        self.answer(memory.create_relations(relations))?;
        Ok(noted.len())
    }

    /// What it knows that has to do with a word, in the order of names.
    pub(crate) fn recall(&self, word: &str) -> Result<Vec<Entity>, Fatal> {
        let found = self.answer(self.instance.memory().search_nodes(word))?;
        let mut entities = found.entities;
        entities.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entities)
    }

    pub(crate) fn everything(&self) -> Result<Graph, Fatal> {
        self.answer(self.instance.memory().read_graph())
    }

    pub(crate) fn forget(&self, names: &[String]) -> Result<(), Fatal> {
        self.answer(self.instance.memory().delete_entities(names))
    }

    fn answer<T>(&self, answer: Result<Result<T, String>, CallError>) -> Result<T, Fatal> {
        let memory = self.name.clone();
        match answer {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(message)) => Err(Fatal::Refused { memory, message }),
            Err(error) => Err(Fatal::Call { memory, error }),
        }
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
