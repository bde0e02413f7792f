//! What forty functions add to a guest.

use anyhow::{Context, Result};
use first_class_bench_common::measure::{Contender, Repetition};
use std::fs;

use super::{Case, Group, Unit};
use crate::lab::Lab;
use crate::subjects::handle;

const SIZES: Group = Group {
    title: "Size of a guest",
    about: "\
By how many bytes a guest grows that calls forty functions of forty types: through the methods of a handle, or
through what `wit-bindgen` makes of imports. The file is as it was built, with its names.",
    compared: &[(handle::NAME, "wit-bindgen")],
};

pub(super) fn cases() -> [Case; 1] {
    [Case {
        unit: Unit::Bytes,
        repetition: Repetition::Fixed {
            times: 1,
            rounds: 1,
        },
        ..Case::timed("guest-size", &SIZES, |lab| {
            Ok(vec![
                growth(lab, "wit-bindgen", "bench-size-imports")?,
                growth(lab, handle::NAME, "bench-size-handles")?,
            ])
        })
    }]
}

fn growth(lab: &Lab, subject: &'static str, package: &str) -> Result<Contender> {
    let bytes = |package| {
        let path = lab.component_path(package);
        let file = fs::metadata(&path);
        let file = file.with_context(|| format!("cannot read {}", path.display()))?;
        anyhow::Ok(file.len() as f64)
    };
    let growth = bytes(package)? - bytes("bench-size-nothing")?;
    Ok(Contender::new(subject, move |_| Ok(growth)))
}
