//! Uses resources in every position, and looks after each part that none is left.

first_class::first_class_world!({ world: "shop", path: "../../../wit/shop" });

use first_class::CallError;
use shop::carts::{Basket, Cart, Order, View};

fn main() {
    let instance = ShopInstance::load("shop").expect("loads");
    for part in [methods, parameters, containers, other_interface, foreign] {
        part(&instance);
        assert_eq!(instance.carts().live(), Ok(0));
    }
    outlived(instance);
    println!("no cart is left");
}

fn cart(instance: &ShopInstance, owner: &str, prices: &[f64]) -> Cart {
    let cart = Cart::new(instance.carts(), owner).expect("is alive");
    for price in prices {
        cart.add("thing", *price).expect("is alive");
    }
    cart
}

fn methods(instance: &ShopInstance) {
    let alice = cart(instance, "alice", &[1.5]);
    assert_eq!(alice.add("book", 2.0), Ok(2));
    assert_eq!(alice.total(), Ok(3.5));
    assert_eq!(alice.owner().as_deref(), Ok("alice"));
    assert_eq!(instance.carts().live(), Ok(1));

    let opened = Cart::open(instance.carts(), "bob")
        .expect("is alive")
        .expect("has an owner");
    assert_eq!(opened.owner().as_deref(), Ok("bob"));
    let refused = Cart::open(instance.carts(), "").expect("is alive");
    assert_eq!(refused.err().as_deref(), Some("a cart needs an owner"));
    assert_eq!(instance.carts().live(), Ok(2));
}

fn parameters(instance: &ShopInstance) {
    let big = cart(instance, "big", &[10.0]);
    let small = cart(instance, "small", &[1.0]);
    assert_eq!(small.is_smaller(&big), Ok(true));
    assert_eq!(instance.carts().same(&small, &big), Ok(false));
    assert_eq!(instance.carts().same(&small, &small), Ok(true));
    assert_eq!(
        instance.carts().largest(&[&small, &big, &small]),
        Ok(Some(1))
    );
    assert_eq!(instance.carts().largest(&[]), Ok(None));
    let views = [
        View {
            label: "first".into(),
            cart: &small,
        },
        View {
            label: "second".into(),
            cart: &big,
        },
    ];
    let described = instance.carts().describe(&views).expect("is alive");
    assert_eq!(described, ["first: small", "second: big"]);

    let copy = big.copy().expect("is alive");
    small.absorb(big).expect("is alive");
    assert_eq!(small.total(), Ok(11.0));
    assert_eq!(instance.carts().live(), Ok(2));
    let merged = Cart::merge(instance.carts(), vec![small, copy]).expect("is alive");
    assert_eq!(merged.total(), Ok(21.0));
    assert_eq!(instance.carts().live(), Ok(1));
}

fn containers(instance: &ShopInstance) {
    let carts = instance.carts();
    let parts = carts
        .split(cart(instance, "a", &[1.0, 2.0, 4.0]), 2)
        .expect("is alive");
    let totals: Vec<_> = parts
        .iter()
        .map(|part| part.total().expect("is alive"))
        .collect();
    assert_eq!(totals, [5.0, 2.0]);

    assert!(carts.pick(None).expect("is alive").is_none());
    let picked = carts
        .pick(Some(cart(instance, "b", &[8.0])))
        .expect("is alive");
    assert_eq!(picked.map(|cart| cart.total()), Some(Ok(8.0)));

    let order = Order {
        id: 7,
        cart: cart(instance, "c", &[3.0]),
    };
    let chosen = carts.choose(Ok(order)).expect("is alive").expect("was ok");
    assert_eq!((chosen.id, chosen.cart.total()), (7, Ok(3.0)));
    let refused = carts.choose(Err("no".into())).expect("is alive");
    assert_eq!(refused.err().as_deref(), Some("no"));

    let basket = carts.pack(Basket::One(chosen.cart)).expect("is alive");
    let Basket::Many(many) = basket else {
        panic!("one becomes many")
    };
    assert_eq!(many.len(), 1);
    let basket = carts.pack(Basket::Many(many)).expect("is alive");
    assert!(matches!(&basket, Basket::One(cart) if cart.total() == Ok(3.0)));
    assert!(matches!(carts.pack(Basket::None), Ok(Basket::None)));
}

fn other_interface(instance: &ShopInstance) {
    let cart = cart(instance, "payer", &[2.5, 2.5]);
    assert_eq!(instance.checkout().preview(&cart), Ok(5.0));
    let receipt = instance.checkout().pay(cart).expect("is alive");
    assert_eq!(instance.carts().live(), Ok(0));
    assert_eq!(receipt.amount(), Ok(5.0));
}

/// A resource of one instance is refused by another one, and neither is harmed.
fn foreign(instance: &ShopInstance) {
    let other = ShopInstance::load("shop").expect("loads");
    let ours = cart(instance, "ours", &[1.0]);
    let theirs = cart(&other, "theirs", &[2.0]);
    let is_foreign = |result| matches!(result, Err(CallError::ForeignResource { .. }));
    assert!(is_foreign(ours.is_smaller(&theirs).map(drop)));
    assert!(is_foreign(instance.carts().pick(Some(theirs)).map(drop)));
    assert_eq!(
        other.carts().live(),
        Ok(0),
        "what was given to the call is gone"
    );

    // What came before the foreign one in the same call is gone as well.
    let theirs = cart(&other, "theirs", &[2.0]);
    let mixed = vec![cart(instance, "ours", &[]), theirs];
    assert!(is_foreign(Cart::merge(instance.carts(), mixed).map(drop)));
    assert_eq!(
        (instance.carts().live(), other.carts().live()),
        (Ok(1), Ok(0))
    );
    assert_eq!(ours.total(), Ok(1.0));
}

/// A resource that outlives its instance says so, and its number names nothing of a later one.
fn outlived(instance: ShopInstance) {
    let left_over = cart(&instance, "left over", &[1.0]);
    drop(instance);
    let next = ShopInstance::load("shop").expect("loads");
    let newer = cart(&next, "newer", &[2.0]);
    assert!(matches!(left_over.total(), Err(CallError::Dead { .. })));
    drop(left_over);
    assert_eq!(newer.total(), Ok(2.0));
}
