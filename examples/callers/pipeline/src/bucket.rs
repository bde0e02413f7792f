//! What a stage remembers: the resource `bucket`, as this program implements it.

use crate::lock::lock;
use crate::stage::store::Refusal;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// How many bytes a bucket may hold, keys and values together. The memory is this program's own.
pub(crate) const MOST_BYTES: u32 = 64 << 10;

/// A bucket, or rather a way to it: clones have the same values.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bucket {
    values: Arc<Mutex<Values>>,
    read_only: bool,
}

#[derive(Debug, Default)]
struct Values {
    values: BTreeMap<String, String>,
    bytes: usize,
}

impl Bucket {
    /// The same bucket, for others.
    pub(crate) fn read_only(&self) -> Self {
        Bucket {
            values: self.values.clone(),
            read_only: true,
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<String> {
        lock(&self.values).values.get(key).cloned()
    }

    pub(crate) fn set(&self, key: String, value: String) -> Result<(), Refusal> {
        if self.read_only {
            return Err(Refusal::ReadOnly);
        }
        lock(&self.values).set(key, value)
    }

    pub(crate) fn keys(&self) -> Vec<String> {
        lock(&self.values).values.keys().cloned().collect()
    }
}

impl Values {
    fn set(&mut self, key: String, value: String) -> Result<(), Refusal> {
        let old = self.values.get(&key).map(|old| key.len() + old.len());
        let bytes = self.bytes - old.unwrap_or_default() + key.len() + value.len();
        if bytes > MOST_BYTES as usize {
            return Err(Refusal::Full(MOST_BYTES));
        }
        self.bytes = bytes;
        self.values.insert(key, value);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(bucket: &Bucket, key: &str, value: &str) -> Result<(), Refusal> {
        bucket.set(key.into(), value.into())
    }

    #[test]
    fn others_see_what_they_cannot_change() {
        let mine = Bucket::default();
        let theirs = mine.read_only();
        assert_eq!(set(&mine, "b", "1"), Ok(()));
        assert_eq!(set(&mine, "a", "2"), Ok(()));
        assert_eq!(set(&theirs, "a", "3"), Err(Refusal::ReadOnly));
        assert_eq!(theirs.get("a").as_deref(), Some("2"));
        assert_eq!(theirs.get("c"), None);
        assert_eq!(theirs.keys(), ["a", "b"]);
    }

    #[test]
    fn a_value_makes_room_for_the_next_one_of_its_key() {
        let bucket = Bucket::default();
        let large = "x".repeat(MOST_BYTES as usize - 1);
        for _ in 0..3 {
            assert_eq!(set(&bucket, "a", &large), Ok(()));
        }
        assert_eq!(set(&bucket, "b", ""), Err(Refusal::Full(MOST_BYTES)));
        assert_eq!(set(&bucket, "a", ""), Ok(()));
        assert_eq!(set(&bucket, "b", &large[2..]), Ok(()));
    }
}
