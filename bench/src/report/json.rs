//! The figures for programs.

use anyhow::Result;

use super::Figure;

/// A list of `{"case", "subject", "ns", "spread"}`.
pub(super) fn list<'a>(figures: impl Iterator<Item = &'a Figure>) -> Result<String> {
    let mut text = serde_json::to_string_pretty(&figures.collect::<Vec<_>>())?;
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::super::samples::results;
    use super::{Result, list};

    #[test]
    fn each_figure_has_what_a_program_needs() -> Result<()> {
        let results = results();
        let text = list(results.iter().flat_map(|measured| &measured.figures))?;
        let list: serde_json::Value = serde_json::from_str(&text)?;
        assert_eq!(list.as_array().map(Vec::len), Some(4));
        let first = r#"{"case": "add", "subject": "relay", "ns": 150.0, "spread": 3.0}"#;
        assert_eq!(list[0], serde_json::from_str::<serde_json::Value>(first)?);
        Ok(())
    }
}
