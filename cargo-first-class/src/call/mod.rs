//! `cargo first-class call`.

mod expression;
mod function;
mod values;

use crate::component;
use crate::limits::LimitOptions;
use crate::status;
use crate::terminal::{self, Terminal, printable};
use clap::Args;
use expression::Expression;
use first_class_abi::World;
use first_class_abi::value::{Codec, Value};
use first_class_host::{CallError, LoadError, Output, Shim, Source, WasiGrants};
use function::Target;
use miette::{Result, miette};
use std::path::PathBuf;
use std::sync::Arc;

/// Call a function of a plugin
///
/// Arguments are given, and the result is printed, in WAVE, the text form of WebAssembly's values:
/// `12`, `"text"`, `[1, 2]`, `{name: "x", tags: []}`, `some(1)`, `ok("x")`. What the plugin prints
/// goes to standard error. A result that is an `err` is printed too, and the exit status is 1.
///
/// The plugin runs under the host that callers run under, with nothing granted.
#[derive(Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{}", status::HELP))]
pub(crate) struct Call {
    /// The component of the plugin
    plugin: PathBuf,
    /// The function with its arguments; `rule.check(…)` for one of the interface `rule`, in full
    /// `acme:lint/rule.check@1.0.0(…)`
    #[arg(value_name = "FUNCTION(ARGUMENTS)")]
    expression: String,
    #[command(flatten, next_help_heading = "Limits")]
    limits: LimitOptions,
}

const EXAMPLES: &str = "\
Examples:
  cargo first-class call plugin.wasm 'greet(\"world\")'
  cargo first-class call rule.wasm 'rule.check({lines: [\"a text\"]})'
  cargo first-class inspect plugin.wasm   lists the functions";

impl Call {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<u8> {
        let bytes = component::read(&self.plugin)?;
        let plugin = component::world(&self.plugin, &bytes)?;
        let expression = Expression::parse(&self.expression)?;
        let target = Target::find(&plugin, &expression)?;
        let arguments = expression.arguments(&target)?;
        let result = self.call(terminal, bytes, &plugin, &target, &arguments)?;
        let (Some(result), Some(ty)) = (result, &target.result) else {
            return Ok(status::DONE);
        };
        terminal::print(&values::to_text(&result, ty)?)?;
        Ok(match result {
            Value::Result(Err(_)) => status::NO,
            _ => status::DONE,
        })
    }

    /// Loads the plugin as a plugin of its own world, and calls the function.
    fn call(
        &self,
        terminal: &Terminal,
        bytes: Vec<u8>,
        plugin: &World,
        target: &Target,
        arguments: &[Value],
    ) -> Result<Option<Value>> {
        // A name of a source may be a pattern, which this is not.
        let name = component::stem(&self.plugin).replace(['*', '?', '['], "_");
        let encoded = plugin
            .encode()
            .map_err(|error| miette!("`{name}`: {error}"))?;
        let codec =
            Codec::new(Arc::new(plugin.clone())).map_err(|error| miette!("`{name}`: {error}"))?;
        let buffer = codec.encode_arguments(target.number, arguments);
        let buffer = buffer.map_err(|error| miette!("the arguments do not fit: {error}"))?;
        let prints = WasiGrants::default().stdout(Output::Log);
        let source = Source::bytes(bytes).wasi(prints);
        let shim = Shim::builder()
            .source(&*name, source)
            .limits(self.limits.limits());
        let shim = shim.build();
        let mut caller = shim.map_err(|error| miette!("{error}"))?.caller();
        let instance = {
            let _spinner = terminal.spinner(format!("compiling {name}"));
            caller.load(&name, &encoded).map_err(load_error)?
        };
        let result = caller
            .invoke(instance, target.number, &buffer)
            .map_err(call_error)?;
        let result = codec.decode_result(target.number, &result);
        result.map_err(|error| miette!("the plugin's result cannot be read: {error}"))
    }
}

fn load_error(error: LoadError) -> miette::Report {
    match error {
        LoadError::Unsatisfied {
            source_name,
            imports,
        } => miette!(
            help = "here is no caller to serve what the plugin imports; run one with \
                    `cargo first-class run`",
            "`{source_name}` imports {}",
            imports.join(", ")
        ),
        LoadError::Instantiate { .. } => miette!(
            help = "the plugin failed while it started, before any call",
            "{error}"
        ),
        _ => miette!(
            help = "`cargo first-class inspect` shows what the component is",
            "{error}"
        ),
    }
}

fn call_error(error: CallError) -> miette::Report {
    match &error {
        CallError::Trap { backtrace, .. } if !backtrace.is_empty() => {
            let frames: Vec<_> = backtrace
                .iter()
                .map(|frame| format!("  {}", printable(frame)))
                .collect();
            let help = format!("it was in\n{}", frames.join("\n"));
            miette!(help = help, "{error}")
        }
        CallError::Deadline {
            source_name,
            function,
            limit,
        } => miette!(
            help = "`--deadline` gives it more time",
            "`{source_name}` did not finish `{function}` within {} ms",
            limit.as_millis()
        ),
        CallError::Exhausted {
            source_name,
            function,
            exceeded,
        } => miette!(
            help = "`--memory` gives it more memory",
            "`{source_name}` ran out of {} in `{function}`",
            exceeded.limit.name()
        ),
        _ => miette!("{error}"),
    }
}
