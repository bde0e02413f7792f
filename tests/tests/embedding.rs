//! The shim in programs that are not made for it.

use first_class::CallError;
use first_class_tests::shim_of;

first_class::first_class_world!({ world: "rule", path: "../examples/wit/lint" });

/// WASI's host functions block, and may not do so there; `fragile` prints its own panic.
#[test]
fn a_plugin_that_blocks_in_an_async_task_of_the_embedder_costs_itself_alone() {
    let shim = shim_of(&["fragile"]).build().expect("builds");
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("starts").block_on(async {
        first_class_native::host_with(&shim);
        let rule = RuleInstance::load("fragile").expect("loads");
        let document = |line: &str| rule::Document {
            path: "a.txt".into(),
            lines: vec![line.into()],
        };
        assert_eq!(rule.check(&document("plain")), Ok(vec![]));
        let result = rule.check(&document("é,, and more"));
        assert!(matches!(result, Err(CallError::Trap { .. })), "{result:?}");
    });
    assert_eq!(shim.snapshot().deaths, 1);
}
