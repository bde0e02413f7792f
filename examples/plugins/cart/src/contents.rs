//! What is in a cart, counted without overflow.

use crate::bindings::exports::acme::carts::items::{Line, Refusal};

/// The lines of a cart.
///
/// Invariant: each item has one line, no line is of none, and the total fits into a `u64`.
pub(crate) struct Contents {
    lines: Vec<Line>,
}

impl Contents {
    pub(crate) const fn new() -> Self {
        Contents { lines: Vec::new() }
    }

    pub(crate) fn lines(&self) -> &[Line] {
        &self.lines
    }

    pub(crate) fn total(&self) -> u64 {
        self.lines
            .iter()
            .map(|line| cost(line.price_cents, line.count))
            .sum()
    }

    /// Puts so many more of an item in; gives how many of it there are then.
    pub(crate) fn add(
        &mut self,
        item: String,
        price_cents: u32,
        count: u32,
    ) -> Result<u32, Refusal> {
        if item.is_empty() {
            return Err(Refusal::NoName);
        }
        if count == 0 {
            return Err(Refusal::None);
        }
        let total = self.total().checked_add(cost(price_cents, count));
        let line = self.lines.iter_mut().find(|line| line.item == item);
        if let Some(line) = &line
            && line.price_cents != price_cents
        {
            return Err(Refusal::OtherPrice(line.price_cents));
        }
        total.ok_or(Refusal::TooMany)?;
        let Some(line) = line else {
            self.lines.push(Line {
                item,
                price_cents,
                count,
            });
            return Ok(count);
        };
        line.count = line.count.checked_add(count).ok_or(Refusal::TooMany)?;
        Ok(line.count)
    }

    /// Takes so many of an item out, or all if there are fewer; gives how many.
    pub(crate) fn remove(&mut self, item: &str, count: u32) -> u32 {
        let Some(index) = self.lines.iter().position(|line| line.item == item) else {
            return 0;
        };
        let line = &mut self.lines[index];
        let removed = line.count.min(count);
        line.count -= removed;
        if line.count == 0 {
            self.lines.remove(index);
        }
        removed
    }
}

/// What so many cost. The product of two numbers of 32 bits fits into one of 64.
fn cost(price_cents: u32, count: u32) -> u64 {
    u64::from(price_cents) * u64::from(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cart with these items, prices and counts.
    fn contents(lines: &[(&str, u32, u32)]) -> Contents {
        let mut contents = Contents::new();
        for (item, price_cents, count) in lines {
            let added = contents.add((*item).into(), *price_cents, *count);
            assert!(added.is_ok(), "{item}: {added:?}");
        }
        contents
    }

    /// Its lines, as they were given.
    fn lines(contents: &Contents) -> Vec<(&str, u32, u32)> {
        let lines = contents.lines().iter();
        lines
            .map(|line| (line.item.as_str(), line.price_cents, line.count))
            .collect()
    }

    /// Why an item is refused; the cart stays as it was.
    fn refusal(contents: &mut Contents, item: &str, price_cents: u32, count: u32) -> String {
        let before = format!("{:?}", contents.lines());
        let refused = contents.add(item.into(), price_cents, count);
        assert_eq!(format!("{:?}", contents.lines()), before);
        format!("{:?}", refused.expect_err("is refused"))
    }

    #[test]
    fn an_item_has_one_line() {
        let mut contents = contents(&[("milk", 120, 2), ("bread", 300, 1)]);
        assert_eq!(contents.add("milk".into(), 120, 1).ok(), Some(3));
        assert_eq!(lines(&contents), [("milk", 120, 3), ("bread", 300, 1)]);
        assert_eq!(contents.total(), 660);
    }

    #[test]
    fn no_more_is_removed_than_there_is() {
        let mut contents = contents(&[("milk", 120, 2), ("bread", 300, 1)]);
        assert_eq!(contents.remove("milk", 1), 1);
        assert_eq!(contents.remove("milk", 5), 1);
        assert_eq!(contents.remove("milk", 5), 0);
        assert_eq!(contents.remove("bread", 0), 0);
        assert_eq!(lines(&contents), [("bread", 300, 1)]);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let mut contents = contents(&[("milk", 120, 2)]);
        assert_eq!(refusal(&mut contents, "", 1, 1), "Refusal::NoName");
        assert_eq!(refusal(&mut contents, "bread", 1, 0), "Refusal::None");
        let other_price = refusal(&mut contents, "milk", 130, 1);
        assert_eq!(other_price, "Refusal::OtherPrice(120)");
    }

    #[test]
    fn what_cannot_be_counted_is_refused() {
        let mut contents = contents(&[("free", 0, u32::MAX), ("gold", u32::MAX, u32::MAX)]);
        assert_eq!(contents.total(), u64::from(u32::MAX).pow(2));
        assert_eq!(refusal(&mut contents, "free", 0, 1), "Refusal::TooMany");
        let more_gold = refusal(&mut contents, "ring", u32::MAX, u32::MAX);
        assert_eq!(more_gold, "Refusal::TooMany");
    }
}
