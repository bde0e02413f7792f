//! Serves what a plugin imports, from within a component.

mod lending;

first_class::first_class_world!({ world: "asker", path: "../../../wit/asker" });

use asker::drawers::Cabinet;
use asker::types::{Level, Pair, Shape};
use asker::{DeskImports, DrawersImports};
use first_class::{Lent, Own, block_on, join};
use std::sync::atomic::{AtomicU32, Ordering};

/// Serves everything; dies when it is asked.
struct Clerk {
    dies: bool,
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("die") => die(arguments.next().as_deref() == Some("pending")),
        Some("count") => {
            let times = arguments.next().and_then(|times| times.parse().ok());
            let counted = load(false).count(times.expect("is a number"));
            println!("{}", counted.expect("counts"));
        }
        Some("lend") => lending::lend(),
        _ => serve(),
    }
}

fn load(dies: bool) -> AskerInstance {
    AskerInstance::load_with("asker", Clerk { dies }).expect("loads")
}

fn die(pending: bool) {
    let (asker, other) = (load(true), load(false));
    let _count = other.start().count(1_000).expect("starts");
    let answer = match pending {
        false => asker.ask(1),
        true => asker.start().ask(1).and_then(first_class::Pending::wait),
    };
    panic!("nobody answers: {answer:?}");
}

fn serve() {
    let asker = load(false);
    assert_eq!(asker.values(), Ok(Ok(())));
    assert_eq!(asker.rummage(), Ok(Ok(())));
    assert_eq!(asker.count(1_000), Ok(999_000));

    let askers: Vec<_> = (0..5).map(|_| load(false)).collect();
    let counts = askers.iter().map(|asker| asker.start().count(10));
    let counts: Vec<_> = counts.map(|count| count.expect("starts")).collect();
    assert_eq!(join(counts), [const { Ok(90) }; 5]);

    let sum = block_on(async {
        let first = askers[0].count_async(3);
        let (second, third) = (askers[1].count_async(4), askers[2].ask_async(1));
        first.await.expect("counts")
            + second.await.expect("counts")
            + u64::from(third.await.expect("asks"))
    });
    assert_eq!(sum, 6 + 12 + 1);
    println!("all was served");
}

impl AskerImports for Clerk {
    fn tick(&mut self, _: u64) -> bool {
        false
    }
}

impl DeskImports for Clerk {
    fn note(&mut self, _: Level, _: String) {}

    fn twice(&mut self, number: u32) -> u32 {
        number * 2
    }

    fn scalars(&mut self, _: bool, _: i8, _: u16, _: i64, _: f32, f: f64, _: char) -> f64 {
        f
    }

    fn swap(&mut self, mut pairs: Vec<Pair>) -> Vec<Pair> {
        pairs.reverse();
        pairs
    }

    fn draw(&mut self, shape: Shape) -> Shape {
        shape
    }

    fn many(
        &mut self,
        a: String,
        b: String,
        c: String,
        d: String,
        e: String,
        f: String,
        g: String,
        h: String,
        i: u8,
    ) -> (String, u64) {
        ([a, b, c, d, e, f, g, h].concat(), i.into())
    }

    fn find(&mut self, key: String) -> Result<Option<Vec<u8>>, String> {
        match &*key {
            "bytes" => Ok(Some(vec![0, 1, 255])),
            "nothing" => Ok(None),
            _ => Err("no such key".into()),
        }
    }

    fn ask(&mut self, depth: u32) -> u32 {
        assert!(!self.dies, "dies while it serves");
        depth - 1
    }
}

/// How many drawers there are.
static LIVE: AtomicU32 = AtomicU32::new(0);

struct Drawer(String);

impl Drawer {
    fn labelled(label: String) -> Own<Self> {
        LIVE.fetch_add(1, Ordering::Relaxed);
        Own::new(Drawer(label))
    }
}

impl Drop for Drawer {
    fn drop(&mut self) {
        LIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

impl DrawersImports for Clerk {
    type Drawer = Drawer;

    fn new_drawer(&mut self, label: String) -> Own<Drawer> {
        Drawer::labelled(label)
    }

    fn drawer_label(&mut self, this: &Drawer) -> String {
        this.0.clone()
    }

    fn drawer_join(&mut self, all: Vec<Own<Drawer>>) -> Own<Drawer> {
        let labels: Vec<_> = all.iter().map(|drawer| &*drawer.0).collect();
        Drawer::labelled(labels.join("+"))
    }

    fn open(&mut self, count: u32) -> Vec<Own<Drawer>> {
        (0..count)
            .map(|it| Drawer::labelled(it.to_string()))
            .collect()
    }

    fn labels(&mut self, of: Vec<Lent<Drawer>>) -> Vec<String> {
        of.iter().map(|drawer| drawer.0.clone()).collect()
    }

    fn store(&mut self, mut cabinet: Cabinet) -> Result<Cabinet, String> {
        if cabinet.name.is_empty() {
            return Err("no name".into());
        }
        cabinet.name = cabinet.name.to_uppercase();
        cabinet.drawers.reverse();
        Ok(cabinet)
    }

    fn live(&mut self) -> u32 {
        LIVE.load(Ordering::Relaxed)
    }
}
