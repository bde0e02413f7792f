//! How many requests there were in the second that it is.

use std::collections::HashMap;

/// The requests of each client in one second.
pub(crate) struct Windows {
    most: u32,
    second: u64,
    counts: HashMap<String, u32>,
}

impl Windows {
    pub(crate) fn new(most: u32) -> Self {
        Windows {
            most,
            second: 0,
            counts: HashMap::new(),
        }
    }

    /// Counts one more request, unless there were too many.
    pub(crate) fn admit(&mut self, client: String, second: u64) -> bool {
        if second != self.second {
            self.second = second;
            self.counts.clear();
        }
        let count = self.counts.entry(client).or_default();
        let admitted = *count < self.most;
        *count += u32::from(admitted);
        admitted
    }
}

#[cfg(test)]
mod tests {
    use super::Windows;

    #[test]
    fn each_client_has_its_own_count_and_each_second_another() {
        let mut windows = Windows::new(2);
        let mut admit = |client: &str, second| windows.admit(client.into(), second);
        assert!(admit("a", 1) && admit("a", 1) && admit("b", 1));
        assert!(!admit("a", 1));
        assert!(admit("b", 1) && admit("a", 2));
    }
}
