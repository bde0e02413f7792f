//! What was made from files, kept until a file changes.

use std::collections::HashMap;
use std::hash::Hash;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

/// What tells one state of a file from another without reading it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Stamp {
    modified: SystemTime,
    length: u64,
}

impl Stamp {
    fn of(path: &Path) -> io::Result<Self> {
        let metadata = std::fs::metadata(path)?;
        Ok(Stamp {
            modified: metadata.modified()?,
            length: metadata.len(),
        })
    }
}

/// Values of type `T`, each made from one file.
///
/// Two threads that ask for the same file make it once; different files do not wait for each
/// other. A failure is not kept, so that a repaired file is read again.
pub(crate) struct FileCache<K, T> {
    slots: Mutex<HashMap<K, Slot<T>>>,
}

type Slot<T> = Arc<Mutex<Option<(Stamp, T)>>>;

impl<K: Eq + Hash, T: Clone> FileCache<K, T> {
    pub(crate) fn new() -> Self {
        FileCache {
            slots: Mutex::new(HashMap::new()),
        }
    }

    /// What was made from the file in its present state, or else what `make` makes of its bytes.
    pub(crate) fn get<E>(
        &self,
        key: K,
        path: &Path,
        unreadable: impl Fn(io::Error) -> E,
        make: impl FnOnce(Vec<u8>) -> Result<T, E>,
    ) -> Result<T, E> {
        let slot = lock(&self.slots).entry(key).or_default().clone();
        let mut slot = lock(&slot);
        let stamp = Stamp::of(path).map_err(&unreadable)?;
        if let Some((kept, value)) = &*slot
            && *kept == stamp
        {
            return Ok(value.clone());
        }
        let value = make(std::fs::read(path).map_err(unreadable)?)?;
        *slot = Some((stamp, value.clone()));
        Ok(value)
    }
}

/// Locks a mutex whose data is whole between any two statements, so a panic elsewhere while it
/// was held does no harm.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::FileCache;
    use std::io;

    #[test]
    fn a_file_is_made_once_and_again_when_it_changes() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let path = dir.path().join("f");
        let cache = FileCache::new();
        let get =
            |make: &dyn Fn(Vec<u8>) -> io::Result<usize>| cache.get((), &path, |error| error, make);
        assert_eq!(
            get(&|_| Ok(0)).expect_err("no file").kind(),
            io::ErrorKind::NotFound
        );

        std::fs::write(&path, "four").expect("writes");
        assert_eq!(get(&|bytes| Ok(bytes.len())).expect("reads"), 4);
        assert_eq!(get(&|_| panic!("made twice")).expect("is kept"), 4);

        std::fs::write(&path, "eleven char").expect("writes");
        assert_eq!(get(&|bytes| Ok(bytes.len())).expect("reads"), 11);
    }
}
