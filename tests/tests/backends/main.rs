//! Sources behind a backend of the embedder's own, which stands for all of them: what is common to
//! backends is done around it.

mod calls;
mod custom;
mod loads;
mod retries;
mod seen;

use custom::Office;
use first_class_host::{Shim, Source};
use std::time::Duration;

/// Long enough for whatever ends by itself, on any machine.
const LONG: Duration = Duration::from_secs(60);

/// Makes a shim with the office as its source the host of this thread.
fn host(office: &Office, with: impl FnOnce(Source) -> Source) -> Shim {
    let source = with(Source::backend(office.clone()));
    let builder = Shim::builder().source("office", source).deadline(LONG);
    let shim = builder.build().expect("builds");
    first_class_native::host_with(&shim);
    shim
}
