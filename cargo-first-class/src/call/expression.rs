//! What is to be called, as the user wrote it.

use super::function::Target;
use super::values;
use first_class_abi::value::Value;
use miette::{LabeledSpan, Report, Result, miette};
use std::ops::Range;
use wasm_wave::parser::ParserError;
use wasm_wave::untyped::UntypedFuncCall;

/// A function's name with arguments, in WAVE.
pub(super) struct Expression<'a> {
    text: &'a str,
    call: UntypedFuncCall<'a>,
}

impl<'a> Expression<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Self> {
        let call = UntypedFuncCall::parse(text).map_err(|error| {
            let help = "a call is written as `function(arguments)` or `interface.function(arguments)`, \
                        with arguments such as 12, \"text\", [1, 2], {name: \"x\"} or some(1)";
            syntax_error(text, &error, help.into())
        })?;
        Ok(Expression { text, call })
    }

    /// The name of the function.
    pub(super) fn name(&self) -> &str {
        self.call.name()
    }

    /// The arguments, as values of the function's types.
    pub(super) fn arguments(&self, target: &Target) -> Result<Vec<Value>> {
        let values = self
            .call
            .to_wasm_params::<wasm_wave::value::Value>(&target.parameters);
        let values = values.map_err(|error| {
            syntax_error(
                self.text,
                &error,
                format!(
                    "the function is `{}`; `inspect --wit` shows its types",
                    target.signature
                ),
            )
        })?;
        let typed = values.iter().zip(&target.parameters);
        typed
            .map(|(value, ty)| values::from_wave(value, ty))
            .collect()
    }
}

fn syntax_error(text: &str, error: &ParserError, help: String) -> Report {
    let reason = match (std::error::Error::source(error), error.detail()) {
        (Some(source), _) => source.to_string(),
        (None, Some(detail)) => detail.to_owned(),
        (None, None) => error.kind().to_string(),
    };
    // An error at the end of the text has nothing to point at.
    let Range { start, end } = error.span();
    let place = text
        .get(start..end.min(text.len()))
        .filter(|place| !place.is_empty());
    let label = place.map(|place| LabeledSpan::at(start..start + place.len(), "here"));
    let labels: Vec<_> = label.into_iter().collect();
    let report = miette!(
        labels = labels.clone(),
        help = help,
        "the call cannot be understood: {reason}"
    );
    match labels.is_empty() {
        true => report,
        false => report.with_source_code(text.to_owned()),
    }
}
