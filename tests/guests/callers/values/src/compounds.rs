//! Everything that is made of parts.

use crate::values::CompoundsView;
use crate::values::compounds::{Entry, Failure, Level, ManyFlags, Permissions, Point, Shape};

pub(crate) fn check(view: &CompoundsView<'_>) {
    strings_and_lists(view);
    records(view);
    enums_and_flags(view);
    variants(view);
    options_and_results(view);
}

fn strings_and_lists(view: &CompoundsView<'_>) {
    for text in ["", "a", "zwölf Boxkämpfer", "\u{0}", "🦀\u{10ffff}\u{e000}"] {
        assert_eq!(view.echo_string(text).as_deref(), Ok(text));
    }
    for bytes in [&[][..], &[0], &[255; 1000]] {
        assert_eq!(view.echo_bytes(bytes).as_deref(), Ok(bytes));
    }
    let numbers = [f64::MIN, 0.5, f64::MAX];
    assert_eq!(view.echo_numbers(&numbers).as_deref(), Ok(&numbers[..]));
    let names = ["".to_owned(), "b".repeat(300), "ü".to_owned()];
    assert_eq!(view.echo_names(&names).as_deref(), Ok(&names[..]));
    let nested = vec![vec![], vec![None, Some("x".into())], vec![Some("".into())]];
    assert_eq!(view.echo_nested(&nested), Ok(nested));
    assert_eq!(view.echo_tuple((1, "two", 3.5)), Ok((1, "two".into(), 3.5)));
}

pub(crate) fn entry(id: u64) -> Entry {
    Entry {
        id,
        name: format!("entry {id}"),
        at: (!id.is_multiple_of(3)).then_some(Point {
            x: -1,
            y: id as i32,
        }),
        tags: (0..id % 4).map(|tag| tag.to_string()).collect(),
        score: id as f64 / 7.0,
    }
}

fn records(view: &CompoundsView<'_>) {
    let point = Point {
        x: i32::MIN,
        y: i32::MAX,
    };
    assert_eq!(view.echo_point(point), Ok(point));
    for id in [0, 1, u64::MAX] {
        assert_eq!(view.echo_entry(&entry(id)), Ok(entry(id)));
    }
    let entries: Vec<_> = (0..50).map(entry).collect();
    assert_eq!(view.echo_entries(&entries), Ok(entries));
}

fn enums_and_flags(view: &CompoundsView<'_>) {
    for level in [Level::Low, Level::Middle, Level::High] {
        assert_eq!(view.echo_level(level), Ok(level));
    }
    for flags in [
        Permissions::empty(),
        Permissions::READ | Permissions::EXECUTE,
        Permissions::all(),
    ] {
        assert_eq!(view.echo_permissions(flags), Ok(flags));
    }
    for flags in [
        ManyFlags::empty(),
        ManyFlags::F31,
        ManyFlags::F0 | ManyFlags::F16,
        ManyFlags::all(),
    ] {
        assert_eq!(view.echo_many_flags(flags), Ok(flags));
    }
}

fn variants(view: &CompoundsView<'_>) {
    let shapes = [
        Shape::Empty,
        Shape::Circle(f64::MAX),
        Shape::Polygon(vec![]),
        Shape::Polygon(vec![Point { x: 1, y: 2 }; 3]),
        Shape::Labelled(("label".into(), Level::High)),
        Shape::Half(-0.5),
        Shape::Wide(u64::MAX),
    ];
    for shape in &shapes {
        assert_eq!(view.echo_shape(shape).as_ref(), Ok(shape));
    }
    assert_eq!(view.echo_shapes(&shapes).as_deref(), Ok(&shapes[..]));
}

fn options_and_results(view: &CompoundsView<'_>) {
    for value in [None, Some(""), Some("some")] {
        assert_eq!(view.echo_option(value), Ok(value.map(str::to_owned)));
    }
    for value in [None, Some(None), Some(Some(u32::MAX))] {
        assert_eq!(view.echo_options(value), Ok(value));
    }
    assert_eq!(view.echo_result(Ok(7)), Ok(Ok(7)));
    assert_eq!(view.echo_result(Err("no")), Ok(Err("no".into())));
    assert_eq!(view.echo_outcome(Ok(())), Ok(Ok(())));
    assert_eq!(view.echo_outcome(Err(())), Ok(Err(())));
    assert_eq!(view.echo_half(Ok(())), Ok(Ok(())));
    assert_eq!(
        view.echo_half(Err(&Shape::Wide(1))),
        Ok(Err(Shape::Wide(1)))
    );

    assert_eq!(view.find("origin"), Ok(Ok(Point { x: 0, y: 0 })));
    assert_eq!(view.find("secret"), Ok(Err(Failure::Denied)));
    assert_eq!(view.find("x"), Ok(Err(Failure::Missing("x".into()))));
}
