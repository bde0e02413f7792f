//! The caller's side: whoever serves the plugin.

use crate::asker::drawers::Cabinet;
use crate::asker::types::{Level, Pair, Shape};
use crate::asker::{AskerImports, DeskImports, DrawersImports};
use first_class::{Lent, Own};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

type Asks = Arc<dyn Fn(u32) -> u32 + Send + Sync>;

/// Serves everything, and remembers what it can be asked about later.
#[derive(Clone, Default)]
pub(crate) struct Clerk {
    notes: Arc<Mutex<Vec<String>>>,
    pub(crate) live: Arc<AtomicU32>,
    pub(crate) ticks: Arc<AtomicU64>,
    /// When to stop ticking; never if it is 0.
    pub(crate) last_tick: u64,
    /// What `ask` does.
    pub(crate) asks: Arc<Mutex<Option<Asks>>>,
    /// What `store` puts in the place of a drawer.
    pub(crate) in_place: Arc<Mutex<Option<Own>>>,
}

/// A drawer that is counted while it lives.
pub(crate) struct Drawer {
    label: String,
    live: Arc<AtomicU32>,
}

impl Drawer {
    /// What is no drawer.
    pub(crate) fn of_another_make() -> Own {
        Own::new(String::from("a box")).erase()
    }
}

impl Drop for Drawer {
    fn drop(&mut self) {
        self.live.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Clerk {
    pub(crate) fn asking(asks: impl Fn(u32) -> u32 + Send + Sync + 'static) -> Self {
        let clerk = Clerk::default();
        *clerk.asks.lock().expect("is free") = Some(Arc::new(asks));
        clerk
    }

    pub(crate) fn notes(&self) -> MutexGuard<'_, Vec<String>> {
        self.notes.lock().expect("nobody panicked")
    }

    fn drawer(&self, label: impl Into<String>) -> Own<Drawer> {
        self.live.fetch_add(1, Ordering::Relaxed);
        let (label, live) = (label.into(), self.live.clone());
        Own::new(Drawer { label, live })
    }
}

impl AskerImports for Clerk {
    fn tick(&mut self, count: u64) -> bool {
        self.ticks.fetch_add(1, Ordering::Relaxed);
        self.last_tick == 0 || count < self.last_tick
    }
}

impl DeskImports for Clerk {
    fn note(&mut self, level: Level, text: String) {
        self.notes().push(format!("{level:?} {text}"));
    }

    fn twice(&mut self, number: u32) -> u32 {
        number * 2
    }

    fn scalars(&mut self, a: bool, b: i8, c: u16, d: i64, e: f32, f: f64, g: char) -> f64 {
        assert_eq!((a, b, c, d, e, g), (true, -3, 65_535, i64::MIN, 0.5, '🐍'));
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
        let asks = self.asks.lock().expect("nobody panicked").clone();
        asks.map_or(0, |asks| asks(depth))
    }
}

impl DrawersImports for Clerk {
    type Drawer = Drawer;

    fn new_drawer(&mut self, label: String) -> Own<Drawer> {
        self.drawer(label)
    }

    fn drawer_label(&mut self, this: &Drawer) -> String {
        this.label.clone()
    }

    fn drawer_join(&mut self, all: Vec<Own<Drawer>>) -> Own<Drawer> {
        let labels: Vec<_> = all.iter().map(|drawer| &*drawer.label).collect();
        self.drawer(labels.join("+"))
    }

    fn open(&mut self, count: u32) -> Vec<Own<Drawer>> {
        (0..count).map(|it| self.drawer(it.to_string())).collect()
    }

    fn labels(&mut self, of: Vec<Lent<Drawer>>) -> Vec<String> {
        of.iter().map(|drawer| drawer.label.clone()).collect()
    }

    fn store(&mut self, mut cabinet: Cabinet) -> Result<Cabinet, String> {
        if cabinet.name.is_empty() {
            return Err("no name".into());
        }
        cabinet.name = cabinet.name.to_uppercase();
        cabinet.drawers.reverse();
        if let Some(other) = self.in_place.lock().expect("is free").take() {
            cabinet.drawers[1] = other;
        }
        Ok(cabinet)
    }

    fn live(&mut self) -> u32 {
        self.live.load(Ordering::Relaxed)
    }
}
