//! Calls all that its caller serves, and says what came back wrong.

mod bindings {
    //! What `wit-bindgen` makes of the world `asker`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Asker;

    wit_bindgen::generate!({ world: "asker", path: "../../../wit/asker" });
    export!(Asker);
}

use bindings::test::asker::desk::{self, Level, Pair, Shape};
use bindings::test::asker::drawers::{self, Cabinet, Drawer};
use std::cell::RefCell;
use std::fmt::Debug;

struct Asker;

thread_local! {
    static KEPT: RefCell<Vec<Drawer>> = const { RefCell::new(Vec::new()) };
}

impl bindings::Guest for Asker {
    fn values() -> Result<(), String> {
        desk::note(Level::High, "🐍 and ß");
        desk::note(Level::Low, "");
        same(desk::twice(21), 42)?;
        let scalars = desk::scalars(true, -3, 65_535, i64::MIN, 0.5, -0.25, '🐍');
        same(scalars, -0.25)?;
        same(desk::swap(&[]), Vec::<Pair>::new())?;
        let (first, second) = (pair("a", &[1, 2, 3]), pair("", &[]));
        let swapped = desk::swap(&[first.clone(), second.clone()]);
        same(swapped, vec![second, first.clone()])?;
        for shape in [
            Shape::Empty,
            Shape::Square(1.5),
            Shape::Named("long ".repeat(10_000)),
            Shape::Nested(None),
            Shape::Nested(Some(first)),
        ] {
            same(desk::draw(&shape), shape)?;
        }
        let (all, sum) = desk::many("a", "b", "c", "d", "e", "f", "g", "h", 9);
        same((&*all, sum), ("abcdefgh", 9))?;
        same(desk::find("bytes"), Ok::<_, ()>(Some(vec![0, 1, 255])))?;
        same(desk::find("nothing"), Ok::<_, ()>(None::<u8>))?;
        same(desk::find("error"), Err::<(), _>("no such key"))
    }

    fn count(times: u32) -> u64 {
        (0..times).map(|time| u64::from(desk::twice(time))).sum()
    }

    fn rummage() -> Result<(), String> {
        let first = Drawer::new("first");
        same(&*first.label(), "first")?;
        let mut opened = drawers::open(3);
        same(opened.len(), 3)?;
        same(drawers::live(), 4)?;
        drop(opened.pop());
        same(drawers::live(), 3)?;
        let labels = drawers::labels(&[&opened[1], &first, &opened[1]]);
        same(labels, ["1", "first", "1"])?;
        opened.push(first);
        let joined = Drawer::join(opened);
        same(&*joined.label(), "0+1+first")?;
        same(drawers::live(), 1)?;
        let cabinet = |name: &str, drawers| Cabinet {
            name: name.into(),
            drawers,
        };
        let stored = drawers::store(cabinet("oak", vec![joined, Drawer::new("other")]))?;
        same(&*stored.name, "OAK")?;
        same(stored.drawers.len(), 2)?;
        same(&*stored.drawers[1].label(), "0+1+first")?;
        drop(stored);
        same(drawers::live(), 0)?;
        let refused = drawers::store(cabinet("", vec![Drawer::new("lost")]));
        same(refused.err().as_deref(), Some("no name"))?;
        same(drawers::live(), 0)
    }

    fn keep(label: String) -> u32 {
        KEPT.with_borrow_mut(|kept| kept.push(Drawer::new(&label)));
        drawers::live()
    }

    fn ask(depth: u32) -> u32 {
        desk::ask(depth) + 1
    }

    fn note_and_die() {
        desk::note(Level::Low, "the last words");
        panic!("on purpose");
    }

    fn tick_on() -> u64 {
        let mut count = 0;
        while bindings::tick(count) {
            count += 1;
        }
        count
    }
}

fn pair(name: &str, sizes: &[u32]) -> Pair {
    Pair {
        name: name.into(),
        sizes: sizes.into(),
    }
}

/// Whether both look the same; the types that `wit-bindgen` writes cannot be compared.
fn same(found: impl Debug, expected: impl Debug) -> Result<(), String> {
    let (found, expected) = (format!("{found:?}"), format!("{expected:?}"));
    match found == expected {
        true => Ok(()),
        false => Err(format!("expected {expected}, found {found}")),
    }
}
