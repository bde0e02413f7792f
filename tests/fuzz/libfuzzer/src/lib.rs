//! What the programs share: what counts as a failure, and where the input is kept that fails.
//!
//! libFuzzer's crate aborts in the panic hook. But the decoder of worlds contains panics of the
//! component tooling, which are answers like any other; so a panic counts if it leaves the target.
//! And libFuzzer cannot write down the input that overflows the stack, since its signal handler
//! would have to run on that; so each is written to the file `FIRST_CLASS_FUZZ_INPUT` before.

use std::backtrace::Backtrace;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::{env, io, process};

/// What the last panic said, and where.
static LAST_PANIC: Mutex<Option<(String, Backtrace)>> = Mutex::new(None);

/// The file for the input that runs.
static RUNNING: LazyLock<Option<File>> = LazyLock::new(|| {
    let path = env::var_os("FIRST_CLASS_FUZZ_INPUT")?;
    Some(File::create(path).expect("the file for inputs can be written"))
});

/// Makes a program of a target.
#[macro_export]
macro_rules! program {
    ($target:ident) => {
        libfuzzer_sys::fuzz_target!(init: $crate::listen(), |input: &[u8]| {
            $crate::run(first_class_fuzz::$target::run, input)
        });
    };
}

/// Keeps what panics say from now on, in place of any other hook.
pub fn listen() {
    panic::set_hook(Box::new(|panic: &PanicHookInfo<'_>| {
        let said = (panic.to_string(), Backtrace::force_capture());
        *LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner) = Some(said);
    }));
}

/// Gives a target an input. If it panics, says how and aborts, which libFuzzer takes for a failure.
pub fn run(target: fn(&[u8]), input: &[u8]) {
    if let Some(file) = &*RUNNING {
        write(file, input).expect("the file for inputs can be written");
    }
    if panic::catch_unwind(AssertUnwindSafe(|| target(input))).is_err() {
        let last = LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((message, backtrace)) = &*last {
            eprintln!("{message}\n{backtrace}");
        }
        process::abort();
    }
}

fn write(file: &File, input: &[u8]) -> io::Result<()> {
    file.write_all_at(input, 0)?;
    file.set_len(input.len() as u64)
}
