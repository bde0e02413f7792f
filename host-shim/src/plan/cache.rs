//! What was made from components, kept until they change.

use super::origin::{At, Origin};
use super::workshop::Workshop;
use crate::error::LoadError;
use crate::lock::lock;
use crate::policy::{Exceeded, Limit};
use lru::LruCache;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Instant, SystemTime};
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

/// What tells one state of a component from another without reading it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stamp {
    File {
        modified: SystemTime,
        length: u64,
        /// Which file it is, and when anything of it changed last, where the system says so: one
        /// that takes the place of another within a tick of the clock is another one.
        identity: Identity,
    },
    Bytes,
}

#[cfg(unix)]
type Identity = (u64, i64, i64);

#[cfg(unix)]
fn identity(metadata: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
}

#[cfg(not(unix))]
type Identity = ();

#[cfg(not(unix))]
fn identity(_: &Metadata) -> Identity {}

/// Values of type `T`, each made from one component, the most recently used ones.
///
/// Two loads of the same component make it once; different components do not wait for each other.
/// A failure is not kept, so that a repaired file is read again.
pub(super) struct Cache<T> {
    slots: Mutex<LruCache<Origin, Slot<T>>>,
}

type Slot<T> = Arc<AsyncMutex<Option<(Stamp, T)>>>;

impl<T: Clone + Send + 'static> Cache<T> {
    pub(super) fn new(most: NonZeroUsize) -> Self {
        Cache {
            slots: Mutex::new(LruCache::new(most)),
        }
    }

    /// What was made from the component in its present state, or else what `make` makes of its
    /// bytes.
    pub(super) async fn get(
        &self,
        source_name: &str,
        origin: &Origin,
        workshop: &Workshop,
        make: impl FnOnce(&[u8]) -> Result<T, LoadError> + Send + 'static,
    ) -> Result<T, LoadError> {
        let mut slot = hold(source_name, self.slot(origin), workshop).await?;
        let stamp = stamp(origin).map_err(unreadable(source_name))?;
        if let Some((kept, value)) = &*slot
            && *kept == stamp
        {
            return Ok(value.clone());
        }
        let (name, origin) = (source_name.to_owned(), origin.clone());
        let most = workshop.component_bytes();
        let job = move || {
            let read;
            let bytes = match &origin.at {
                At::File(path) => {
                    read = read_file(&name, path, most)?;
                    &read
                }
                At::Memory(bytes) => &**bytes,
                At::Given(given) => given.bytes(),
            };
            check_size(&name, bytes.len() as u64, most)?;
            let value = make(bytes)?;
            *slot = Some((stamp, value.clone()));
            Ok(value)
        };
        workshop.run(source_name, job).await
    }

    fn slot(&self, origin: &Origin) -> Slot<T> {
        let mut slots = lock(&self.slots);
        if let Some(slot) = slots.get(origin) {
            return slot.clone();
        }
        slots.get_or_insert(origin.to_key(), Slot::default).clone()
    }
}

/// Waits until nobody else makes the same thing.
async fn hold<T>(
    source_name: &str,
    slot: Slot<T>,
    workshop: &Workshop,
) -> Result<OwnedMutexGuard<Option<(Stamp, T)>>, LoadError> {
    match slot.clone().try_lock_owned() {
        Ok(slot) => Ok(slot),
        Err(_) => {
            workshop
                .within(source_name, Instant::now(), slot.lock_owned())
                .await
        }
    }
}

fn stamp(origin: &Origin) -> io::Result<Stamp> {
    match &origin.at {
        At::Memory(_) | At::Given(_) => Ok(Stamp::Bytes),
        At::File(path) => {
            let metadata = std::fs::metadata(path)?;
            Ok(Stamp::File {
                modified: metadata.modified()?,
                length: metadata.len(),
                identity: identity(&metadata),
            })
        }
    }
}

/// Reads a file that may grow while it is read, and need not be a plain one.
fn read_file(source_name: &str, path: &Path, most: u64) -> Result<Vec<u8>, LoadError> {
    let read = |path| {
        let mut bytes = Vec::new();
        let length = File::open(path)?
            .take(most.saturating_add(1))
            .read_to_end(&mut bytes)?;
        Ok((bytes, length))
    };
    let (bytes, length) = read(path).map_err(unreadable(source_name))?;
    if length as u64 > most {
        let length = std::fs::metadata(path).map_or(length as u64, |metadata| metadata.len());
        check_size(source_name, length.max(most + 1), most)?;
    }
    Ok(bytes)
}

fn check_size(source_name: &str, length: u64, most: u64) -> Result<(), LoadError> {
    Exceeded::check(Limit::ComponentSize, length, most).map_err(|exceeded| LoadError::Limit {
        source_name: source_name.into(),
        exceeded,
    })
}

fn unreadable(source_name: &str) -> impl Fn(io::Error) -> LoadError {
    move |error| LoadError::Unreadable {
        source_name: source_name.into(),
        error: Arc::new(error),
    }
}

#[cfg(test)]
mod tests {
    use super::{Cache, File};
    use crate::error::LoadError;
    use crate::plan::{At, Given, Origin, Workshop};
    use crate::provided::Provided;
    use crate::waits::{Waits, run};
    use std::num::NonZeroUsize;
    use std::sync::Arc;
    use std::time::Duration;

    #[test]
    fn a_file_is_made_once_and_again_when_it_changes() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let path = dir.path().join("f");
        let origin = Origin {
            at: At::File(path.clone()),
            trusted: false,
            provided: Provided::default(),
        };
        let workshop = Workshop::new(Arc::new(Waits::default()), Duration::from_secs(60), 12);
        let cache = Cache::new(NonZeroUsize::MIN);
        let get = |make: fn(&[u8]) -> Result<usize, LoadError>| {
            run(cache.get("f", &origin, &workshop, make))
        };
        let missing = get(|_| Ok(0));
        assert!(matches!(missing, Err(LoadError::Unreadable { .. })));

        std::fs::write(&path, "four").expect("writes");
        assert_eq!(get(|bytes| Ok(bytes.len())).expect("reads"), 4);
        assert_eq!(get(|_| panic!("made twice")).expect("is kept"), 4);

        // Of the same length and age, but another one.
        let age = std::fs::metadata(&path).and_then(|file| file.modified());
        let other = dir.path().join("g");
        std::fs::write(&other, "vier").expect("writes");
        let file = File::options().append(true).open(&other).expect("opens");
        file.set_modified(age.expect("is known")).expect("is set");
        std::fs::rename(&other, &path).expect("renames");
        let get_text = get(|bytes| Ok(usize::from(bytes == b"vier")));
        assert_eq!(get_text.expect("reads"), usize::from(cfg!(unix)));

        std::fs::write(&path, "eleven char").expect("writes");
        assert_eq!(get(|bytes| Ok(bytes.len())).expect("reads"), 11);

        std::fs::write(&path, "twelve chars").expect("writes");
        assert_eq!(get(|bytes| Ok(bytes.len())).expect("just fits"), 12);
        std::fs::write(&path, "thirteen char").expect("writes");
        let error = get(|bytes| Ok(bytes.len())).expect_err("is too large");
        assert!(error.to_string().contains("12 bytes, 13 bytes"), "{error}");
    }

    #[test]
    fn of_what_a_caller_gives_nothing_is_kept_but_what_was_made_of_it() {
        let workshop = Workshop::new(Arc::new(Waits::default()), Duration::from_secs(60), 12);
        let cache = Cache::new(NonZeroUsize::MIN);
        let get = |bytes: &Arc<[u8]>, make: fn(&[u8]) -> Result<usize, LoadError>| {
            let origin = Origin {
                at: At::Given(Given::new(bytes.clone())),
                trusted: false,
                provided: Provided::default(),
            };
            run(cache.get("given", &origin, &workshop, make))
        };
        let bad: Arc<[u8]> = (*b"bad").into();
        get(&bad, |_| Err(LoadError::BytesNotGranted)).expect_err("is bad");
        assert_eq!(Arc::strong_count(&bad), 1);
        let good: Arc<[u8]> = (*b"good").into();
        assert_eq!(get(&good, |bytes| Ok(bytes.len())).expect("is made"), 4);
        assert_eq!(Arc::strong_count(&good), 1);
        let same: Arc<[u8]> = (*b"good").into();
        assert_eq!(get(&same, |_| panic!("made twice")).expect("is kept"), 4);
        let large: Arc<[u8]> = [0; 13].into();
        get(&large, |_| panic!("is too large")).expect_err("is too large");
    }
}
