//! Calls and streams through a concurrent bridge, of the plugin `flows` in `tests/guests`.

mod calls;
mod flows;
mod streams;

use flows::run;
