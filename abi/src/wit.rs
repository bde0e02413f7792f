//! Mistakes in WIT.

use wit_parser::{ParseError, Resolve, ResolveError};

/// What is wrong with WIT that was read into `resolve`, with the line if there is one, without the
/// layers around it that only name the folders that were being read.
pub fn describe_wit_error(resolve: &Resolve, error: &anyhow::Error) -> String {
    let around = error.chain().take_while(|layer| {
        layer.downcast_ref::<ResolveError>().is_none()
            && layer.downcast_ref::<ParseError>().is_none()
    });
    let length: usize = around
        .map(|layer| layer.to_string().len() + ": ".len())
        .sum();
    let rendered = resolve.render_error(error);
    rendered
        .get(length..)
        .map(str::to_owned)
        .unwrap_or(rendered)
}

#[cfg(test)]
mod tests {
    use super::describe_wit_error;
    use wit_parser::Resolve;

    #[test]
    fn the_line_is_all_that_is_said() {
        let mut resolve = Resolve::new();
        let error = resolve.push_source("a.wit", "package t:t;\nworld w { import i; }");
        let error = error
            .expect_err("is unknown")
            .context("while something was read");
        let said = describe_wit_error(&resolve, &error);
        assert!(said.starts_with("interface or world `i` "), "{said}");
        assert!(said.contains("a.wit:2:18"), "{said}");
    }

    #[test]
    fn what_has_no_line_is_said_as_it_is() {
        let error = anyhow::Error::msg("no such file").context("a.wit");
        assert_eq!(
            describe_wit_error(&Resolve::new(), &error),
            "a.wit: no such file"
        );
    }
}
