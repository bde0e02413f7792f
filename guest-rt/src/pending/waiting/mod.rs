//! How a pending call has its task woken.

#[cfg(not(target_family = "wasm"))]
mod native;
#[cfg(target_family = "wasm")]
mod pollables;

#[cfg(not(target_family = "wasm"))]
pub(super) use native::{Waiting, inside, wait_for_any};
#[cfg(target_family = "wasm")]
pub(super) use pollables::{Waiting, inside, wait_for_any};

/// Has the task polled again after a pause, when nothing tells us the moment.
#[cfg(not(all(target_family = "wasm", feature = "wstd")))]
fn poll_again(context: &std::task::Context<'_>) {
    std::thread::sleep(std::time::Duration::from_millis(1));
    context.waker().wake_by_ref();
}
