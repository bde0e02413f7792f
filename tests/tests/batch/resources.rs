//! Resources in batches: whatever a batch does not pass on is dropped.

use super::{ShopInstance, host, host_of, host_source, source};
use crate::shop::carts::{Cart, Order};
use first_class::CallError;
use first_class_host::{Limits, Shim};

fn load() -> ShopInstance {
    ShopInstance::load("shop").expect("loads")
}

fn cart(shop: &ShopInstance, owner: &str, price: f64) -> Cart {
    let cart = Cart::new(shop.carts(), owner).expect("is made");
    assert_eq!(cart.add("it", price), Ok(1));
    cart
}

/// Has resources in every position.
fn every_position(shop: &ShopInstance) {
    let mut batch = shop.batch();
    let (mine, given) = (cart(shop, "me", 1.0), cart(shop, "given", 2.0));
    let (other, ordered) = (cart(shop, "other", 3.0), cart(shop, "ordered", 4.0));
    let mut carts = batch.carts();
    let made = carts.new_cart("new");
    let count = carts.cart_add(&mine, "more", 0.5);
    let smaller = carts.cart_is_smaller(&mine, &other);
    let absorbed = carts.cart_absorb(&mine, given);
    let total = carts.cart_total(&mine);
    let copy = carts.cart_copy(&mine);
    let largest = carts.largest(&[&mine, &other]);
    let order = Order {
        id: 1,
        cart: ordered,
    };
    let chosen = carts.choose(Ok(order));
    let open = carts.cart_open("");
    let preview = batch.checkout().preview(&mine);
    let results = batch.run().expect("is called");
    assert_eq!(results.failure(), None);
    let made = results.get(made).expect("is made");
    assert_eq!(made.owner().as_deref(), Ok("new"));
    assert_eq!(results.get(count), Ok(2));
    assert_eq!(results.get(smaller), Ok(true));
    assert_eq!(results.get(absorbed), Ok(()));
    assert_eq!(results.get(total), Ok(3.5));
    let copy = results.get(copy).expect("is made");
    assert_eq!(copy.total(), Ok(3.5));
    assert_eq!(results.get(largest), Ok(Some(0)));
    let chosen = results.get(chosen).expect("returns").expect("is an order");
    assert_eq!(chosen.cart.owner().as_deref(), Ok("ordered"));
    assert_eq!(
        results.get(open).map(Result::err),
        Ok(Some("a cart needs an owner".into()))
    );
    assert_eq!(results.get(preview), Ok(3.5));
    assert_eq!(shop.carts().live(), Ok(5));
    drop((mine, other, made, copy, chosen));
    assert_eq!(shop.carts().live(), Ok(0));
}

#[test]
fn they_work_in_every_position() {
    for source in [source("test-shop"), source("test-shop").named()] {
        host_source("shop", source);
        every_position(&load());
    }
}

#[test]
fn a_batch_that_is_not_run_gives_nothing() {
    host_of("test-shop");
    let shop = load();
    let mine = cart(&shop, "me", 1.0);
    let mut batch = shop.batch();
    let absorbed = batch.carts().cart_absorb(&mine, cart(&shop, "given", 1.0));
    drop((batch, absorbed));
    assert_eq!(shop.carts().live(), Ok(1));
}

#[test]
fn a_batch_with_a_resource_of_another_instance_is_refused_whole() {
    host_of("test-shop");
    let (shop, other) = (load(), load());
    let (mine, foreign) = (cart(&shop, "me", 1.0), cart(&other, "foreign", 1.0));
    let mut batch = shop.batch();
    let mut carts = batch.carts();
    let tickets = [
        carts.cart_absorb(&mine, cart(&shop, "given before", 1.0)),
        carts.cart_absorb(&mine, cart(&other, "given", 1.0)),
        carts.cart_absorb(&mine, cart(&shop, "given behind", 1.0)),
    ];
    let lent = carts.cart_total(&foreign);
    let refused = batch.run().map(|results| results.done());
    assert!(
        matches!(refused, Err(CallError::ForeignResource(_))),
        "{refused:?}"
    );
    drop((tickets, lent));
    assert_eq!(mine.total(), Ok(1.0), "nothing was called");
    assert_eq!(shop.carts().live(), Ok(1));
    assert_eq!(other.carts().live(), Ok(1));
}

#[test]
fn what_calls_behind_a_failed_one_would_have_given_is_dropped() {
    let limits = Limits::default().deadline(super::LONG).result_bytes(1000);
    host(Shim::builder().source("shop", source("test-shop").limits(limits)));
    let shop = load();
    let (mine, long) = (cart(&shop, "me", 1.0), cart(&shop, &"x".repeat(900), 1.0));
    let mut batch = shop.batch();
    let mut carts = batch.carts();
    let before = carts.cart_absorb(&mine, cart(&shop, "before", 1.0));
    let fits = carts.cart_owner(&long);
    let too_large = carts.cart_owner(&long);
    let behind = carts.cart_absorb(&mine, cart(&shop, "behind", 1.0));
    let results = batch.run().expect("is called");
    assert_eq!((results.get(before), results.done()), (Ok(()), 2));
    assert_eq!(results.get(fits).map(|owner| owner.len()), Ok(900));
    let too_large = results.get(too_large);
    assert!(
        matches!(too_large, Err(CallError::Limit(_))),
        "{too_large:?}"
    );
    assert!(matches!(results.get(behind), Err(CallError::Skipped(_))));
    assert_eq!(mine.total(), Ok(2.0));
    assert_eq!(shop.carts().live(), Ok(2));
}

#[test]
fn resources_of_an_instance_that_is_no_more_are_not_lent() {
    host_of("test-shop");
    let shop = load();
    let mine = cart(&shop, "me", 1.0);
    let mut batch = shop.batch();
    let total = batch.carts().cart_total(&mine);
    let given = batch.carts().pick(Some(cart(&shop, "given", 1.0)));
    shop.respawn().expect("starts again");
    let fresh = cart(&shop, "fresh", 5.0);
    let refused = batch.run().map(|results| results.done());
    assert!(matches!(refused, Err(CallError::Dead(_))), "{refused:?}");
    drop((total, given));
    assert_eq!((fresh.total(), shop.carts().live()), (Ok(5.0), Ok(1)));
}

#[test]
fn a_result_of_an_instance_that_is_no_more_is_dead() {
    host_of("test-shop");
    let shop = load();
    let mut batch = shop.batch();
    let made = batch.carts().new_cart("new");
    let results = batch.run().expect("is called");
    shop.respawn().expect("starts again");
    let fresh = cart(&shop, "fresh", 5.0);
    let made = results.get(made).expect("was made");
    assert!(matches!(made.total(), Err(CallError::Dead(_))));
    drop(made);
    assert_eq!((fresh.total(), shop.carts().live()), (Ok(5.0), Ok(1)));
}
