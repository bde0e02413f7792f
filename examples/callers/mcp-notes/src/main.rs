//! Takes notes in every memory that its host has for it, carries them from one to the next, and asks
//! each the same question.
//!
//! A memory is an MCP server, of whatever author and in whatever language. To this program it is an
//! instance of the world `notes`.

mod memory;

use first_class::{CallError, LoadError};
use memory::Memory;
use notes::memory::{Entity, Relation};
use std::io::{self, Write};
use std::process::ExitCode;

first_class::first_class_world!({ world: "notes", path: "../../wit/notes" });

/// What each memory is asked.
const QUESTION: &str = "engine";

/// Why it could not be done.
#[derive(Debug, thiserror::Error)]
enum Fatal {
    #[error("the host does not say which memories there are: {0}")]
    Unknown(LoadError),
    #[error("the host has {0} memories that can be used, and this needs two")]
    TooFew(usize),
    #[error("{memory} cannot be used: {error}")]
    Load { memory: String, error: LoadError },
    #[error("{memory} failed: {error}")]
    Call { memory: String, error: CallError },
    #[error("{memory} refuses: {message}")]
    Refused { memory: String, message: String },
    #[error("{0} remembers something else than {1}")]
    Differ(String, String),
    #[error("cannot write: {0}")]
    Output(#[from] io::Error),
}

fn main() -> ExitCode {
    match run(&mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fatal) => {
            eprintln!("mcp-notes: {fatal}");
            ExitCode::FAILURE
        }
    }
}

fn run(out: &mut impl Write) -> Result<(), Fatal> {
    let names = NotesInstance::available().map_err(Fatal::Unknown)?;
    writeln!(out, "memories: {}", names.join(", "))?;
    let memories = names.iter().map(|name| Memory::load(name));
    let memories = memories.collect::<Result<Vec<_>, _>>()?;
    let [first, others @ ..] = memories.as_slice() else {
        return Err(Fatal::TooFew(0));
    };
    if others.is_empty() {
        return Err(Fatal::TooFew(1));
    }
    // What an earlier run has left that did not come to its end.
    forget(&memories)?;
    let done = remember(out, first, others);
    forget(&memories)?;
    done?;
    writeln!(out, "all have forgotten it")?;
    Ok(())
}

/// Notes something in the first memory, carries it to the others, and compares what they know then.
fn remember(out: &mut impl Write, first: &Memory, others: &[Memory]) -> Result<(), Fatal> {
    let (entities, relations) = story();
    let noted = first.note(&entities, &relations)?;
    writeln!(out, "{first}: noted {noted}")?;
    let expected = first.recall(QUESTION)?;
    say(out, first, &expected)?;
    for other in others {
        let known = other.recall(QUESTION)?;
        writeln!(
            out,
            "{other}: knows {} things of \"{QUESTION}\"",
            known.len()
        )?;
        let all = first.everything()?;
        let copied = other.note(&all.entities, &all.relations)?;
        writeln!(out, "{other}: was told {copied} by {first}")?;
        let known = other.recall(QUESTION)?;
        say(out, other, &known)?;
        if known != expected {
            return Err(Fatal::Differ(other.to_string(), first.to_string()));
        }
    }
    Ok(())
}

fn forget(memories: &[Memory]) -> Result<(), Fatal> {
    let (entities, _) = story();
    let names: Vec<_> = entities.into_iter().map(|entity| entity.name).collect();
    memories.iter().try_for_each(|memory| memory.forget(&names))
}

fn say(out: &mut impl Write, memory: &Memory, known: &[Entity]) -> io::Result<()> {
    for entity in known {
        let Entity {
            name, entity_type, ..
        } = entity;
        let observations = entity.observations.join("; ");
        writeln!(out, "{memory}: {name} is a {entity_type}: {observations}")?;
    }
    Ok(())
}

/// What there is to remember.
fn story() -> (Vec<Entity>, Vec<Relation>) {
    let entity = |name: &str, entity_type: &str, observation: &str| Entity {
        name: name.into(),
        entity_type: entity_type.into(),
        observations: vec![observation.into()],
    };
    let entities = vec![
        entity("Ada", "person", "wrote the first program for the engine"),
        entity("Charles", "person", "never finished the engine"),
        entity("Jacquard", "loom", "is told by cards what to weave"),
    ];
    let relations = vec![Relation {
        from: "Ada".into(),
        to: "Charles".into(),
        relation_type: "corresponds with".into(),
    }];
    (entities, relations)
}
