//! The numbers of headings, such as `2.1`.

/// How many headings there were, at each level below the last one of the level above.
#[derive(Default)]
pub(crate) struct Numbering(Vec<u32>);

impl Numbering {
    /// The number of the next heading, which is at a level from 1. A level that was skipped counts
    /// as 0.
    pub(crate) fn next(&mut self, level: usize) -> String {
        self.0.resize(level, 0);
        if let Some(count) = self.0.last_mut() {
            *count += 1;
        }
        let counts: Vec<String> = self.0.iter().map(u32::to_string).collect();
        counts.join(".")
    }
}

#[cfg(test)]
mod tests {
    use super::Numbering;

    #[test]
    fn a_level_starts_anew_below_another_heading() {
        let mut numbering = Numbering::default();
        let numbers = [1, 2, 2, 1, 2, 4].map(|level| numbering.next(level));
        assert_eq!(numbers, ["1", "1.1", "1.2", "2", "2.1", "2.1.0.1"]);
    }
}
