//! All times in one picture: a row for each case, a dot for each subject, time from left to right.

use anyhow::{Result, anyhow};
use plotters::coord::Shift;
use plotters::prelude::*;

use super::units::readable;
use super::{Measured, subjects};
use crate::cases::Unit;

const WIDTH: u32 = 900;
const ROW: u32 = 26;
/// The room for the axis and the legend.
const FRAME: u32 = 90;
const DOT: i32 = 5;

/// A colour for each subject, in their order; these can be told apart by everyone (Okabe and Ito).
const COLOURS: [RGBColor; 6] = [
    RGBColor(0, 114, 178),
    RGBColor(230, 159, 0),
    RGBColor(204, 121, 167),
    RGBColor(0, 158, 115),
    RGBColor(86, 180, 233),
    RGBColor(213, 94, 0),
];

/// The picture as SVG.
pub(super) fn svg(measured: &[Measured]) -> Result<String> {
    let timed: Vec<&Measured> = measured.iter().filter(|one| one.is_timed()).collect();
    let mut svg = String::new();
    let height = FRAME + ROW * timed.len() as u32;
    let area = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
    // Its errors are those of a backend that writes to a string.
    draw(&area, &timed).map_err(|error| anyhow!("{error}"))?;
    drop(area);
    Ok(svg)
}

type Drawn = Result<(), Box<dyn std::error::Error>>;

fn draw(area: &DrawingArea<SVGBackend<'_>, Shift>, timed: &[&Measured]) -> Drawn {
    area.fill(&WHITE)?;
    let last_row = timed.len() as f64 - 1.0;
    let mut chart = ChartBuilder::on(area)
        .margin(12)
        .x_label_area_size(28)
        .y_label_area_size(110)
        .build_cartesian_2d(times(timed).log_scale(), last_row + 0.5..-0.5)?;
    let name = |row: &f64| {
        let case = timed.get(row.round() as usize);
        case.map_or(String::new(), |one| one.case.name.clone())
    };
    chart
        .configure_mesh()
        .y_labels(timed.len() + 1)
        .y_max_light_lines(1)
        .y_label_formatter(&name)
        .x_label_formatter(&|ns| readable(*ns, Unit::Nanoseconds))
        .draw()?;
    for (subject, colour) in subjects(timed.iter().copied())
        .into_iter()
        .zip(COLOURS.iter().cycle())
    {
        let figures = (0..).zip(timed);
        let dots = figures.filter_map(|(row, one)| {
            let ns = one.of(subject)?.ns;
            Some(Circle::new((ns, f64::from(row)), DOT, colour.filled()))
        });
        let series = chart.draw_series(dots)?.label(subject);
        series.legend(|at| Circle::new(at, DOT, colour.filled()));
    }
    let mut legend = chart.configure_series_labels();
    legend.position(SeriesLabelPosition::LowerLeft);
    legend.background_style(WHITE).border_style(BLACK).draw()?;
    Ok(())
}

/// From the least to the longest time, with some room.
fn times(timed: &[&Measured]) -> std::ops::Range<f64> {
    let times = timed.iter().flat_map(|one| &one.figures).map(|it| it.ns);
    let range = times.fold((f64::MAX, 1.0_f64), |(least, longest), ns| {
        (least.min(ns), longest.max(ns))
    });
    range.0.min(range.1) / 2.0..range.1 * 2.0
}

#[cfg(test)]
mod tests {
    use super::super::samples::results;
    use super::{Result, svg, times};

    #[test]
    fn every_timed_figure_has_a_dot_and_every_subject_a_legend() -> Result<()> {
        let picture = svg(&results())?;
        assert_eq!(picture.matches("<circle").count(), 3 + 2);
        for text in ["add", "echo", "relay", "handle"] {
            let text = format!(">\n{text}\n<");
            assert_eq!(picture.matches(&text).count(), 1, "{text:?}\n{picture}");
        }
        assert!(!picture.contains(">\nsize\n<"));
        Ok(())
    }

    #[test]
    fn all_times_lie_within_the_picture() {
        let results = results();
        let timed: Vec<_> = results.iter().filter(|one| one.is_timed()).collect();
        assert_eq!(times(&timed), 75.0..600.0);
        assert!(!times(&[]).is_empty());
    }
}
