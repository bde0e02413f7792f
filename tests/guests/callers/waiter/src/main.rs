//! Waits for calls in every way that a component has, and says how.

#[cfg(target_family = "wasm")]
mod waits;

fn main() {
    #[cfg(target_family = "wasm")]
    waits::run();
}
