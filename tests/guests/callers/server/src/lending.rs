//! Passes resources of its own to a plugin.

first_class::first_class_world!({ world: "lender", path: "../../../wit/lender" });

use first_class::{Own, block_on};
use lender::DrawersImports;
use lender::drawers::{Cabinet, Tour};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

static LIVE: AtomicU32 = AtomicU32::new(0);

struct Drawer {
    label: String,
    things: Mutex<Vec<String>>,
}

impl Drop for Drawer {
    fn drop(&mut self) {
        LIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

fn drawer(label: &str) -> Own<Drawer> {
    LIVE.fetch_add(1, Ordering::Relaxed);
    Own::new(Drawer {
        label: label.into(),
        things: Mutex::default(),
    })
}

fn label(own: Own) -> String {
    let drawer = own.downcast::<Drawer>().expect("is a drawer");
    drawer.label.clone()
}

struct Workshop;

impl DrawersImports for Workshop {
    type Drawer = Drawer;

    fn open(&mut self, label: String) -> Own<Drawer> {
        drawer(&label)
    }

    fn drawer_label(&mut self, this: &Drawer) -> String {
        this.label.clone()
    }

    fn drawer_put(&mut self, this: &Drawer, thing: String) -> u32 {
        let mut things = this.things.lock().expect("is free");
        things.push(thing);
        u32::try_from(things.len()).expect("are few")
    }
}

pub(crate) fn lend() {
    let lender = LenderInstance::load_with("lender", Workshop).expect("loads");
    let clerks = lender.clerks();
    let a = drawer("a");
    assert_eq!(lender.pack(3, &a), Ok(3));
    let all = ["b", "a", "c"].map(drawer).map(Own::erase);
    let found = clerks.inspect(&a, all.into()).expect("looks");
    assert_eq!(found.map(label).as_deref(), Some("a"));
    let cabinet = Cabinet {
        name: "oak".into(),
        first: drawer("d").into(),
        rest: vec![drawer("e").into()],
    };
    let renamed = clerks
        .rename(cabinet)
        .expect("is called")
        .expect("has a name");
    assert_eq!(label(renamed.first), "e");
    let tour = Tour {
        start: a.lend(),
        second: None,
        last: (a.lend(), 2),
    };
    let walked = clerks.walk(&tour, Some(a.lend())).expect("walks");
    assert_eq!(walked, ["a"; 4]);
    assert_eq!(clerks.keep(drawer("f")), Ok(1));
    let napped = block_on(clerks.nap_async(10, &a));
    assert_eq!(napped.as_deref(), Ok("a"));
    drop((renamed.rest, tour, a));
    assert_eq!(LIVE.load(Ordering::Relaxed), 1);
    drop(lender);
    assert_eq!(LIVE.load(Ordering::Relaxed), 0);
    println!("all came back");
}
