//! What the shopper gets to see.

use crate::till::Receipt;
use std::fmt::{self, Display};
use std::io::{self, Write};

/// Cents, written as one would on a price tag.
pub(crate) struct Money(pub(crate) u64);

impl Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

/// Prints so many of an item, at a price. Others name items too, so control characters are escaped.
pub(crate) fn line(
    out: &mut impl Write,
    item: &str,
    price_cents: u32,
    count: u32,
) -> io::Result<()> {
    let price = Money(price_cents.into());
    let cost = Money(u64::from(price_cents) * u64::from(count));
    writeln!(out, "  {count} {} at {price}: {cost}", item.escape_debug())
}

/// Prints what a till charged.
pub(crate) fn receipt(out: &mut impl Write, receipt: &Receipt) -> io::Result<()> {
    writeln!(out, "receipt:")?;
    for bill in &receipt.bills {
        writeln!(out, "cart/{}:", bill.cart.escape_debug())?;
        for item in &bill.lines {
            line(out, &item.item, item.price_cents, item.count)?;
        }
        writeln!(out, "  total: {}", Money(bill.total_cents))?;
    }
    writeln!(out, "to pay: {}", Money(receipt.total_cents))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::till::types::{Bill, Line};

    #[test]
    fn money_has_two_decimals() {
        let texts = [0, 5, 120, 100_000].map(|cents| Money(cents).to_string());
        assert_eq!(texts, ["0.00", "0.05", "1.20", "1000.00"]);
    }

    #[test]
    fn a_line_cannot_forge_another() {
        let mut out = Vec::new();
        line(&mut out, "naïve\n  9 gold", 120, 2).expect("is written");
        let text = String::from_utf8(out).expect("is text");
        assert_eq!(text, "  2 naïve\\n  9 gold at 1.20: 2.40\n");
    }

    #[test]
    fn a_receipt_has_a_bill_for_each_cart() {
        let milk = Line {
            item: "milk".into(),
            price_cents: 120,
            count: 2,
        };
        let bill = |cart: &str, lines: Vec<Line>, total_cents| Bill {
            cart: cart.into(),
            lines,
            total_cents,
        };
        let paid = Receipt {
            bills: vec![bill("alice", vec![milk], 240), bill("family", vec![], 0)],
            total_cents: 240,
        };
        let mut out = Vec::new();
        receipt(&mut out, &paid).expect("is written");
        assert_eq!(
            String::from_utf8(out).expect("is text"),
            "\
receipt:
cart/alice:
  2 milk at 1.20: 2.40
  total: 2.40
cart/family:
  total: 0.00
to pay: 2.40
"
        );
    }
}
