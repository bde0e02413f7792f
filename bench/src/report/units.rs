//! Figures for readers: three digits that count, in a unit that suits them.

use crate::cases::Unit;

/// The units from the smallest to the largest, each with how many of the figure's own it is.
fn scale(unit: Unit) -> &'static [(&'static str, f64)] {
    match unit {
        Unit::Nanoseconds => &[("ns", 1.0), ("µs", 1e3), ("ms", 1e6), ("s", 1e9)],
        Unit::Bytes => &[("B", 1.0), ("KiB", 1024.0), ("MiB", 1024.0 * 1024.0)],
    }
}

/// A figure in the largest unit of which it is at least one.
pub(super) fn readable(figure: f64, unit: Unit) -> String {
    let scale = scale(unit);
    let fits = |(_, size): &&(&str, f64)| figure.abs() >= *size;
    let (name, size) = scale.iter().rev().find(fits).unwrap_or(&scale[0]);
    format!("{} {name}", three_digits(figure / size))
}

/// A number with three digits that count, as far as it has a fraction.
pub(super) fn three_digits(number: f64) -> String {
    let decimals = match number.abs() {
        0.0..9.995 => 2,
        9.995..99.95 => 1,
        _ => 0,
    };
    format!("{number:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::{Unit, readable, three_digits};

    #[test]
    fn three_digits_count() {
        let written = [0.0, 1.005, 9.996, 12.34, 99.96, 1234.5].map(three_digits);
        assert_eq!(written, ["0.00", "1.00", "10.0", "12.3", "100", "1234"]);
    }

    #[test]
    fn the_unit_suits_the_figure() {
        let times = [4.2, 999.0, 1000.0, 2.5e6, 3e9].map(|ns| readable(ns, Unit::Nanoseconds));
        assert_eq!(times, ["4.20 ns", "999 ns", "1.00 µs", "2.50 ms", "3.00 s"]);
        let sizes = [0.0, 1023.0, 1536.0, 3e7].map(|bytes| readable(bytes, Unit::Bytes));
        assert_eq!(sizes, ["0.00 B", "1023 B", "1.50 KiB", "28.6 MiB"]);
    }
}
