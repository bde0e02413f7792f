//! No parameters, as many as fit into slots, and more.

use crate::values::{Shape, ValuesInstance};

pub(crate) fn check(instance: &ValuesInstance) {
    assert_eq!(instance.nothing(), Ok(()));
    assert_eq!(instance.add(u32::MAX, 2), Ok(1));
    let sixteen = instance.sixteen(
        1,
        2,
        3,
        4,
        -1,
        -2,
        -3,
        -4,
        0.5,
        0.25,
        'ß',
        true,
        "text",
        Some(9),
    );
    assert_eq!(sixteen, Ok((10, -9.25, "ß true text Some(9)".into())));
    let twenty = instance.twenty(
        1,
        "b",
        2,
        "d",
        3,
        "f",
        4,
        "h",
        -1,
        "j",
        -2,
        "l",
        -3,
        "n",
        -4,
        0.5,
        -0.5,
        '🦀',
        false,
        &Shape::Circle(1.5),
    );
    let expected = "1 b 2 d 3 f 4 h -1 j -2 l -3 n -4 0.5 -0.5 🦀 false Shape::Circle(1.5)";
    assert_eq!(twenty.as_deref(), Ok(expected));
}
