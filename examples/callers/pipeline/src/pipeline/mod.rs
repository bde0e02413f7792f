//! The way of a text through the stages.

use crate::StageInstance;
use crate::journal::Journal;
use crate::services::{Left, Progress, Services};
use first_class::{CallError, LoadError};

/// Stages by their names, in the order in which a text passes them.
pub(crate) struct Pipeline {
    stages: Vec<String>,
    journal: Journal,
}

/// Why a stage is left out.
#[derive(Debug, thiserror::Error)]
enum StageError {
    #[error("it cannot be loaded: {0}")]
    Load(#[from] LoadError),
    #[error("it broke: {0}")]
    Broken(#[from] CallError),
    #[error("it cannot do it: {0}")]
    GaveUp(String),
}

impl Pipeline {
    pub(crate) fn new(stages: Vec<String>, journal: Journal) -> Self {
        Pipeline { stages, journal }
    }

    /// Sends a text through all stages. One that fails is left out: the next one gets what it was
    /// given, and nothing of what it has left in its bucket.
    pub(crate) fn run(&self, text: &str) -> String {
        let mut left = Left::new();
        self.stages.iter().fold(text.to_owned(), |text, stage| {
            let services = Services::new(stage, &self.journal, &left);
            let (bucket, progress) = (services.bucket(), services.progress());
            match process(stage, services, &text) {
                Ok(processed) => {
                    left.insert(stage.clone(), bucket);
                    processed
                }
                Err(error) => {
                    self.leave_out(stage, &progress, &error);
                    text
                }
            }
        })
    }

    fn leave_out(&self, stage: &str, progress: &Progress, error: &StageError) {
        let error = error.to_string();
        let why = error.lines().next().unwrap_or_default();
        match progress.last() {
            Some(lines) => {
                let message = format!("is left out after {lines}: {why}");
                self.journal.say(stage, message);
            }
            None => self.journal.say(stage, format!("is left out: {why}")),
        }
    }
}

/// Has a fresh instance of a stage process a text.
fn process(stage: &str, services: Services, text: &str) -> Result<String, StageError> {
    let stage = StageInstance::load_with(stage, services)?;
    stage.process(text)?.map_err(StageError::GaveUp)
}

#[cfg(test)]
mod tests;
