//! With what the tool exits. `--help` and `docs/cli.md` say the same.

/// All went well.
pub(crate) const DONE: u8 = 0;

/// The answer is no: a plugin does not fit, or a function that was called returned an error.
pub(crate) const NO: u8 = 1;

/// The tool could not do what it was asked for, as with cargo.
pub(crate) const FAILED: u8 = 101;

/// Ctrl-C, as a shell says it.
pub(crate) const INTERRUPTED: u8 = 130;

/// The caller that was run trapped, as with `wasmtime run`.
pub(crate) const TRAPPED: u8 = 134;

/// The table for `--help`.
pub(crate) const HELP: &str = "\
Exit status:
  0    all went well
  1    the answer is no: `check` found differences, `call` got an `err`
  2    the command line cannot be understood
  101  it could not be done; standard error says why
  130  it was interrupted
  134  the caller that `run` ran has trapped; else its status is passed on";
