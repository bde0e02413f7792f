//! Returns every value that it is given.

#![allow(
    clippy::too_many_arguments,
    reason = "some functions have as many as fit into slots, and more"
)]

mod bindings {
    //! What `wit-bindgen` makes of the world `values`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Echo;

    wit_bindgen::generate!({ world: "values", path: "../../../wit/values" });
    export!(Echo);
}

use bindings::exports::test::values::{compounds, scalars};
use compounds::{Entry, Failure, Level, ManyFlags, Permissions, Point, Shape};

struct Echo;

macro_rules! echo {
    ($($name:ident: $ty:ty;)*) => {
        $(fn $name(value: $ty) -> $ty { value })*
    };
}

impl scalars::Guest for Echo {
    echo! {
        echo_bool: bool;
        echo_u8: u8;
        echo_s8: i8;
        echo_u16: u16;
        echo_s16: i16;
        echo_u32: u32;
        echo_s32: i32;
        echo_u64: u64;
        echo_s64: i64;
        echo_f32: f32;
        echo_f64: f64;
        echo_char: char;
    }
}

impl compounds::Guest for Echo {
    echo! {
        echo_string: String;
        echo_bytes: Vec<u8>;
        echo_numbers: Vec<f64>;
        echo_names: Vec<String>;
        echo_nested: Vec<Vec<Option<String>>>;
        echo_point: Point;
        echo_entry: Entry;
        echo_entries: Vec<Entry>;
        echo_level: Level;
        echo_permissions: Permissions;
        echo_many_flags: ManyFlags;
        echo_shape: Shape;
        echo_shapes: Vec<Shape>;
        echo_tuple: (u8, String, f32);
        echo_option: Option<String>;
        echo_options: Option<Option<u32>>;
        echo_result: Result<u32, String>;
        echo_outcome: Result<(), ()>;
        echo_half: Result<(), Shape>;
    }

    fn find(name: String) -> Result<Point, Failure> {
        match name.as_str() {
            "origin" => Ok(Point { x: 0, y: 0 }),
            "secret" => Err(Failure::Denied),
            _ => Err(Failure::Missing(name)),
        }
    }
}

impl bindings::Guest for Echo {
    fn nothing() {}

    fn add(a: u32, b: u32) -> u32 {
        a.wrapping_add(b)
    }

    fn twenty(
        a: u8,
        b: String,
        c: u16,
        d: String,
        e: u32,
        f: String,
        g: u64,
        h: String,
        i: i8,
        j: String,
        k: i16,
        l: String,
        m: i32,
        n: String,
        o: i64,
        p: f32,
        q: f64,
        r: char,
        s: bool,
        t: Shape,
    ) -> String {
        format!("{a} {b} {c} {d} {e} {f} {g} {h} {i} {j} {k} {l} {m} {n} {o} {p} {q} {r} {s} {t:?}")
    }

    fn sixteen(
        a: u8,
        b: u16,
        c: u32,
        d: u64,
        e: i8,
        f: i16,
        g: i32,
        h: i64,
        i: f32,
        j: f64,
        k: char,
        l: bool,
        m: String,
        n: Option<u8>,
    ) -> (u64, f64, String) {
        (
            u64::from(a) + u64::from(b) + u64::from(c) + d,
            i64::from(e) as f64 + f64::from(f) + f64::from(g) + h as f64 + f64::from(i) + j,
            format!("{k} {l} {m} {n:?}"),
        )
    }
}
