//! What a stage is lent: the imports of the world `stage`, served by this program.
//!
//! The macro has written a trait for each interface that the world imports, and one for what the
//! world imports itself. One value implements them for one instance, and goes with it.

use crate::bucket::Bucket;
use crate::journal::Journal;
use crate::lock::lock;
use crate::stage::logger::Level;
use crate::stage::store::Refusal;
use crate::stage::{LoggerImports, StageImports, StoreImports};
use first_class::Own;
use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::sync::{Arc, Mutex};

/// How many messages of a stage are written. A stage must not be able to bury those of others.
const MOST_MESSAGES: u32 = 100;

/// What one instance of a stage is lent.
pub(crate) struct Services {
    stage: String,
    journal: Journal,
    messages: u32,
    mine: Bucket,
    left: Left,
    progress: Progress,
}

/// What earlier stages have left.
pub(crate) type Left = BTreeMap<String, Bucket>;

/// How far a stage is, as it has said last. Clones know the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress(Arc<Mutex<Option<Lines>>>);

/// So many lines are done, of so many.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Lines {
    done: u32,
    of: u32,
}

impl Services {
    pub(crate) fn new(stage: &str, journal: &Journal, left: &Left) -> Self {
        Services {
            stage: stage.into(),
            journal: journal.clone(),
            messages: 0,
            mine: Bucket::default(),
            left: left.clone(),
            progress: Progress::default(),
        }
    }

    /// The bucket of the stage, to be looked at when its instance is no more.
    pub(crate) fn bucket(&self) -> Bucket {
        self.mine.read_only()
    }

    /// How far the stage is, for the same.
    pub(crate) fn progress(&self) -> Progress {
        self.progress.clone()
    }
}

impl LoggerImports for Services {
    fn log(&mut self, level: Level, message: String) {
        self.messages = self.messages.saturating_add(1);
        let (stage, journal) = (&self.stage, &self.journal);
        if self.messages > MOST_MESSAGES {
            if self.messages == MOST_MESSAGES + 1 {
                journal.say(stage, "says more than is written here");
            }
            return;
        }
        match level {
            Level::Detail => journal.whisper(stage, message),
            Level::Notice => journal.say(stage, message),
            Level::Warning => journal.say(stage, format!("warning: {message}")),
        }
    }
}

impl StoreImports for Services {
    /// What stands behind each handle that a stage has of a `bucket`.
    type Bucket = Bucket;

    fn mine(&mut self) -> Own<Bucket> {
        self.mine.clone().into()
    }

    fn left_by(&mut self, stage: String) -> Option<Own<Bucket>> {
        self.left.get(&stage).cloned().map(Own::new)
    }

    fn bucket_get(&mut self, this: &Bucket, key: String) -> Option<String> {
        this.get(&key)
    }

    fn bucket_set(&mut self, this: &Bucket, key: String, value: String) -> Result<(), Refusal> {
        this.set(key, value)
    }

    fn bucket_keys(&mut self, this: &Bucket) -> Vec<String> {
        this.keys()
    }
}

impl StageImports for Services {
    fn progress(&mut self, done: u32, of: u32) {
        let lines = Lines { done, of };
        *lock(&self.progress.0) = Some(lines);
        self.journal.whisper(&self.stage, lines);
    }
}

impl Progress {
    /// What the stage has said last, if anything.
    pub(crate) fn last(&self) -> Option<Lines> {
        *lock(&self.0)
    }
}

impl Display for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Lines { done, of } = self;
        write!(f, "{done} of {of} lines")
    }
}

#[cfg(test)]
mod tests {
    //! What is served, without anybody to serve it to: the traits are ordinary ones.

    use super::*;
    use crate::journal::tests::Page;

    fn services(left: &Left) -> (Services, Page) {
        let page = Page::default();
        let journal = Journal::new(page.clone(), false);
        (Services::new("apt", &journal, left), page)
    }

    #[test]
    fn a_stage_cannot_bury_the_others() {
        let (mut services, page) = services(&Left::new());
        for number in 0..1_000 {
            services.log(Level::Warning, number.to_string());
        }
        let text = page.text();
        assert_eq!(text.lines().count(), 101);
        assert!(text.ends_with("[apt] warning: 99\n[apt] says more than is written here\n"));
    }

    #[test]
    fn a_stage_writes_into_its_own_bucket_alone() {
        let earlier = Bucket::default();
        assert_eq!(earlier.set("a".into(), "1".into()), Ok(()));
        let left = Left::from([("dull".to_owned(), earlier.read_only())]);
        let (mut services, _) = services(&left);
        let bucket = services.left_by("dull".into()).expect("is there");
        assert_eq!(
            services.bucket_get(&bucket, "a".into()).as_deref(),
            Some("1")
        );
        let refused = services.bucket_set(&bucket, "a".into(), "2".into());
        assert_eq!(refused, Err(Refusal::ReadOnly));
        assert!(services.left_by("apt".into()).is_none(), "it has not ended");
        let mine = services.mine();
        assert_eq!(services.bucket_set(&mine, "b".into(), "3".into()), Ok(()));
        assert_eq!(services.bucket().keys(), ["b"]);
    }

    #[test]
    fn progress_outlives_the_stage() {
        let (mut services, _) = services(&Left::new());
        let progress = services.progress();
        assert_eq!(progress.last(), None);
        StageImports::progress(&mut services, 4, 9);
        drop(services);
        let last = progress.last().map(|lines| lines.to_string());
        assert_eq!(last.as_deref(), Some("4 of 9 lines"));
    }
}
