//! The till with carts that fail on cue.

use super::*;
use std::cell::RefCell;
use std::collections::BTreeMap;

thread_local! {
    /// What is in each cart.
    static CARTS: RefCell<BTreeMap<String, Vec<Line>>> = const { RefCell::new(BTreeMap::new()) };
}

/// A cart of a name. Nothing named `stuck` can be taken, and of what is `shared` one is gone
/// by the time it is taken.
struct Actor(String);

impl Cart for Actor {
    fn open(name: &str) -> Result<Self, String> {
        let known = CARTS.with_borrow(|carts| carts.contains_key(name));
        known
            .then(|| Self(name.into()))
            .ok_or_else(|| format!("there is no cart of `{name}`"))
    }

    fn lines(&self) -> Result<Vec<Line>, String> {
        Ok(CARTS.with_borrow(|carts| carts[&self.0].clone()))
    }

    fn take(&self, line: &Line) -> Result<u32, String> {
        if line.item == "stuck" {
            return Err("the cart fell over".into());
        }
        CARTS.with_borrow_mut(|carts| {
            let lines = carts.get_mut(&self.0).expect("is open");
            lines.retain(|kept| kept.item != line.item);
        });
        Ok(line.count - u32::from(line.item == "shared"))
    }

    fn put_back(&self, line: &Line) {
        CARTS.with_borrow_mut(|carts| {
            let lines = carts.get_mut(&self.0).expect("is open");
            lines.push(line.clone());
        });
    }
}

fn fill(cart: &str, lines: &[(&str, u32, u32)]) {
    let line = |(item, price_cents, count): &(&str, u32, u32)| Line {
        item: (*item).into(),
        price_cents: *price_cents,
        count: *count,
    };
    let lines = lines.iter().map(line).collect();
    CARTS.with_borrow_mut(|carts| carts.insert(cart.into(), lines));
}

fn pay(carts: &[&str]) -> Result<Receipt, String> {
    checkout::<Actor>(carts.iter().map(|name| (*name).to_owned()).collect())
}

/// What is left in a cart.
fn left(cart: &str) -> Vec<String> {
    let lines = CARTS.with_borrow(|carts| carts[cart].clone());
    let mut items: Vec<_> = lines.into_iter().map(|line| line.item).collect();
    items.sort();
    items
}

#[test]
fn what_is_charged_is_taken() {
    fill("alice", &[("milk", 120, 2), ("bread", 300, 1)]);
    fill("family", &[("rice", 250, 4)]);
    let receipt = pay(&["alice", "family"]).expect("can be paid");
    let totals: Vec<_> = receipt
        .bills
        .iter()
        .map(|bill| (bill.cart.as_str(), bill.lines.len(), bill.total_cents))
        .collect();
    assert_eq!(totals, [("alice", 2, 540), ("family", 1, 1000)]);
    assert_eq!(receipt.total_cents, 1540);
    assert!(left("alice").is_empty() && left("family").is_empty());
}

#[test]
fn nothing_is_charged_twice() {
    fill("alice", &[("milk", 120, 2)]);
    let receipt = pay(&["alice", "alice"]).expect("can be paid");
    assert_eq!(receipt.total_cents, 240);
    assert!(receipt.bills[1].lines.is_empty());
}

#[test]
fn what_somebody_else_took_is_not_charged() {
    fill("alice", &[("shared", 100, 3)]);
    let receipt = pay(&["alice"]).expect("can be paid");
    assert_eq!(receipt.total_cents, 200);
    fill("alice", &[("shared", 100, 1)]);
    let receipt = pay(&["alice"]).expect("can be paid");
    assert!(receipt.bills[0].lines.is_empty());
}

#[test]
fn no_carts_cost_nothing() {
    let receipt = pay(&[]).expect("can be paid");
    assert_eq!((receipt.bills.len(), receipt.total_cents), (0, 0));
}

#[test]
fn all_carts_stay_full_when_one_cannot_be_paid() {
    fill("alice", &[("milk", 120, 2)]);
    fill("bob", &[("bread", 300, 1), ("stuck", 1, 1)]);
    for (carts, why) in [
        (["alice", "carol"], "there is no cart of `carol`"),
        (["alice", "bob"], "the cart fell over"),
    ] {
        assert_eq!(pay(&carts).expect_err("cannot be paid"), why);
        assert_eq!(left("alice"), ["milk"]);
        assert_eq!(left("bob"), ["bread", "stuck"]);
    }
}

#[test]
fn what_cannot_be_counted_cannot_be_paid() {
    let dear = ("gold", u32::MAX, u32::MAX);
    for carts in [["alice"; 1].as_slice(), &["bob", "carol"]] {
        for cart in carts {
            fill(cart, &vec![dear; 3 - carts.len()]);
        }
        let error = pay(carts).expect_err("cannot be paid");
        assert_eq!(error, "the carts cost more than can be counted");
        assert!(carts.iter().all(|cart| !left(cart).is_empty()));
    }
}
