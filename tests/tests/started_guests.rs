//! Calls that a component starts, and how it waits for them.

use first_class_host::Shim;
use first_class_tests::{Caller, shim_of};
use std::time::Duration;
use wasmtime::Engine;

const EVERY_WAY: &str = "\
wstd: all at once
block_on: all at once
poll: all at once
inside: all at once
join_within: what ended in time
try_take: once it had ended
timeout: given up
moved: from one executor to another
nested: woken once
";

fn patient() -> Shim {
    let builder = shim_of(&["test-sleeper"]).deadline(Duration::from_secs(600));
    builder.build().expect("builds")
}

#[test]
fn a_component_waits_in_every_way() {
    let shim = patient();
    let output = Caller::run("test-waiter", &shim, &[]).expect_success();
    assert_eq!(output, EVERY_WAY);
}

#[tokio::test]
async fn so_does_one_of_an_async_embedder() {
    let shim = patient();
    let engine = Engine::default();
    let caller = Caller::run_async(&engine, "test-waiter", &shim, &[]).await;
    assert_eq!(caller.expect_success(), EVERY_WAY);
}
