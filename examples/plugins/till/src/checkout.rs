//! What a till does with carts, whatever a cart is.

use crate::bindings::{Bill, Line, Receipt};

/// A cart that others may use at the same time. Errors are sentences.
pub(crate) trait Cart: Sized {
    fn open(name: &str) -> Result<Self, String>;
    fn lines(&self) -> Result<Vec<Line>, String>;
    /// Takes out what a line says, or what is left of it; gives how many.
    fn take(&self, line: &Line) -> Result<u32, String>;
    fn put_back(&self, line: &Line);
}

/// Takes everything out of carts. When that fails for one, what was taken is put back.
pub(crate) fn checkout<C: Cart>(names: Vec<String>) -> Result<Receipt, String> {
    let carts = names.iter().map(|name| C::open(name));
    let carts = carts.collect::<Result<Vec<C>, String>>()?;
    let mut taken = Vec::new();
    let receipt = take_all(&carts, &mut taken).and_then(|()| receipt(names, &taken));
    if receipt.is_err() {
        for (cart, lines) in carts.iter().zip(&taken) {
            lines.iter().for_each(|line| cart.put_back(line));
        }
    }
    receipt
}

/// Moves all that is in carts to `taken`, which also holds what was taken before an error.
fn take_all(carts: &[impl Cart], taken: &mut Vec<Vec<Line>>) -> Result<(), String> {
    taken.resize_with(carts.len(), Vec::new);
    for (cart, taken) in carts.iter().zip(taken) {
        for mut line in cart.lines()? {
            // Somebody else may have taken some in the meantime: only what is taken here is charged.
            line.count = cart.take(&line)?;
            if line.count > 0 {
                taken.push(line);
            }
        }
    }
    Ok(())
}

fn receipt(names: Vec<String>, taken: &[Vec<Line>]) -> Result<Receipt, String> {
    let bills = names.into_iter().zip(taken);
    let bills: Option<Vec<Bill>> = bills.map(|(name, lines)| bill(name, lines)).collect();
    let receipt = bills.and_then(|bills| {
        let total_cents = sum(bills.iter().map(|bill| bill.total_cents))?;
        Some(Receipt { bills, total_cents })
    });
    receipt.ok_or_else(|| "the carts cost more than can be counted".into())
}

fn bill(cart: String, lines: &[Line]) -> Option<Bill> {
    let costs = lines
        .iter()
        .map(|line| u64::from(line.price_cents) * u64::from(line.count));
    Some(Bill {
        cart,
        lines: lines.to_vec(),
        total_cents: sum(costs)?,
    })
}

fn sum(mut numbers: impl Iterator<Item = u64>) -> Option<u64> {
    numbers.try_fold(0, u64::checked_add)
}

#[cfg(test)]
mod tests;
