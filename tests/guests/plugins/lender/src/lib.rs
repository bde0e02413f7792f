//! Is passed resources of its caller's.

mod bindings {
    //! What `wit-bindgen` makes of the world `lender`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Lender;

    wit_bindgen::generate!({ world: "lender", path: "../../../wit/lender" });
    export!(Lender);
}

use bindings::exports::test::lender::clerks::{
    Cabinet, Found, Guest, GuestShelf, ShelfBorrow, Tour,
};
use bindings::test::lender::drawers::{Drawer, open};
use std::cell::RefCell;
use std::time::Duration;

struct Lender;

struct Shelf(RefCell<Vec<Drawer>>);

thread_local! {
    static KEPT: RefCell<Vec<Drawer>> = const { RefCell::new(Vec::new()) };
}

impl bindings::Guest for Lender {
    fn pack(things: u32, it: &Drawer) -> u32 {
        let counts = (0..things).map(|thing| it.put(&thing.to_string()));
        counts.last().unwrap_or_default()
    }
}

impl Guest for Lender {
    type Shelf = Shelf;

    fn inspect(it: &Drawer, all: Vec<Drawer>) -> Option<Drawer> {
        let label = it.label();
        all.into_iter().find(|drawer| drawer.label() == label)
    }

    fn keep(it: Drawer) -> u32 {
        KEPT.with_borrow_mut(|kept| {
            kept.push(it);
            u32::try_from(kept.len()).expect("are few")
        })
    }

    fn give_back() -> Found {
        let mut kept = KEPT.take();
        match kept.len() {
            0 => Found::Nothing,
            1 => Found::One(kept.remove(0)),
            _ => Found::Many(kept),
        }
    }

    fn rename(mut cabinet: Cabinet) -> Result<Cabinet, Drawer> {
        if cabinet.name.is_empty() {
            return Err(cabinet.first);
        }
        cabinet.name = cabinet.name.to_uppercase();
        cabinet.rest.push(cabinet.first);
        cabinet.first = cabinet.rest.remove(0);
        Ok(cabinet)
    }

    fn walk(tour: Tour<'_>, more: Option<&Drawer>) -> Vec<String> {
        let (last, times) = tour.last;
        let all = [tour.start].into_iter().chain(tour.second);
        let all = all.chain(std::iter::repeat_n(last, times.into()));
        all.chain(more).map(Drawer::label).collect()
    }

    fn another(like: &Drawer) -> Drawer {
        open(&(like.label() + "'"))
    }

    fn arrange(it: Drawer, with: &Drawer, on: ShelfBorrow<'_>) {
        with.put(&it.label());
        on.get::<Shelf>().put(it);
    }

    fn fill(it: Drawer, beside: &Drawer, bytes: u32) -> Vec<u8> {
        beside.put(&it.label());
        Self::keep(it);
        vec![7; bytes as usize]
    }

    fn die(it: Drawer, beside: &Drawer) {
        beside.put(&it.label());
        panic!("on purpose");
    }

    fn nap(milliseconds: u32, beside: &Drawer) -> String {
        std::thread::sleep(Duration::from_millis(milliseconds.into()));
        beside.label()
    }
}

impl GuestShelf for Shelf {
    fn new(first: Drawer) -> Self {
        Shelf(RefCell::new(vec![first]))
    }

    fn labels(&self, beside: &Drawer) -> Vec<String> {
        let drawers = self.0.borrow();
        let all = drawers.iter().chain([beside]);
        all.map(Drawer::label).collect()
    }

    fn put(&self, drawer: Drawer) {
        self.0.borrow_mut().push(drawer);
    }

    fn clear(&self) -> Vec<Drawer> {
        self.0.take()
    }
}
