//! Carts as resources, counted.

mod bindings {
    //! What `wit-bindgen` makes of the world `shop`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Shop;

    wit_bindgen::generate!({ world: "shop", path: "../../../wit/shop" });
    export!(Shop);
}

use bindings::exports::test::shop::{carts, checkout};
use carts::{Basket, Cart, CartBorrow, Order, View};
use std::cell::{Cell, RefCell};

thread_local! {
    static LIVE: Cell<u32> = const { Cell::new(0) };
}

struct Shop;

/// A cart that is counted while it lives.
struct Items {
    owner: String,
    items: RefCell<Vec<(String, f64)>>,
}

impl Items {
    fn new(owner: String, items: Vec<(String, f64)>) -> Self {
        LIVE.set(LIVE.get() + 1);
        Items {
            owner,
            items: RefCell::new(items),
        }
    }

    fn sum(&self) -> f64 {
        self.items.borrow().iter().map(|(_, price)| price).sum()
    }
}

impl Drop for Items {
    fn drop(&mut self) {
        LIVE.set(LIVE.get() - 1);
    }
}

struct Paid(f64);

impl carts::GuestCart for Items {
    fn new(owner: String) -> Self {
        Items::new(owner, Vec::new())
    }

    fn open(owner: String) -> Result<Cart, String> {
        if owner.is_empty() {
            return Err("a cart needs an owner".into());
        }
        Ok(Cart::new(Items::new(owner, Vec::new())))
    }

    fn add(&self, item: String, price: f64) -> u32 {
        let mut items = self.items.borrow_mut();
        items.push((item, price));
        items.len() as u32
    }

    fn total(&self) -> f64 {
        self.sum()
    }

    fn owner(&self) -> String {
        self.owner.clone()
    }

    fn absorb(&self, other: Cart) {
        let other = other.into_inner::<Items>();
        self.items
            .borrow_mut()
            .append(&mut other.items.borrow_mut());
    }

    fn is_smaller(&self, other: CartBorrow<'_>) -> bool {
        self.sum() < other.get::<Items>().sum()
    }

    fn copy(&self) -> Cart {
        Cart::new(Items::new(self.owner.clone(), self.items.borrow().clone()))
    }

    fn merge(carts: Vec<Cart>) -> Cart {
        let carts = carts.into_iter().map(|cart| cart.into_inner::<Items>());
        let items = carts.flat_map(|cart| cart.items.take()).collect();
        Cart::new(Items::new("merged".into(), items))
    }
}

impl carts::Guest for Shop {
    type Cart = Items;

    fn live() -> u32 {
        LIVE.get()
    }

    fn split(cart: Cart, parts: u32) -> Vec<Cart> {
        let cart = cart.into_inner::<Items>();
        let items = cart.items.take();
        let part = |index| {
            let items = items.iter().skip(index as usize).step_by(parts as usize);
            Cart::new(Items::new(cart.owner.clone(), items.cloned().collect()))
        };
        (0..parts).map(part).collect()
    }

    fn pick(cart: Option<Cart>) -> Option<Cart> {
        cart
    }

    fn choose(order: Result<Order, String>) -> Result<Order, String> {
        order
    }

    fn pack(basket: Basket) -> Basket {
        match basket {
            Basket::One(cart) => Basket::Many(vec![cart]),
            Basket::Many(mut carts) => carts.pop().map_or(Basket::None, Basket::One),
            Basket::None => Basket::None,
        }
    }

    fn largest(carts: Vec<CartBorrow<'_>>) -> Option<u32> {
        let totals = carts.iter().map(|cart| cart.get::<Items>().sum());
        let indexed = (0..).zip(totals);
        indexed
            .max_by(|(_, a), (_, b)| a.total_cmp(b))
            .map(|(index, _)| index)
    }

    fn describe(views: Vec<View<'_>>) -> Vec<String> {
        let describe =
            |view: View<'_>| format!("{}: {}", view.label, view.cart.get::<Items>().owner);
        views.into_iter().map(describe).collect()
    }

    fn same(a: CartBorrow<'_>, b: CartBorrow<'_>) -> bool {
        std::ptr::eq(a.get::<Items>(), b.get::<Items>())
    }
}

impl checkout::GuestReceipt for Paid {
    fn amount(&self) -> f64 {
        self.0
    }
}

impl checkout::Guest for Shop {
    type Receipt = Paid;

    fn pay(cart: Cart) -> checkout::Receipt {
        checkout::Receipt::new(Paid(cart.into_inner::<Items>().sum()))
    }

    fn preview(cart: CartBorrow<'_>) -> f64 {
        cart.get::<Items>().sum()
    }
}
