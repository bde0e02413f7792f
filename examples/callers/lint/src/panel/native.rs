//! The panel with real rules, natively: the same handles as in the component, over a shim in this
//! process. This is how a guest's logic is tested together with its plugins.

use std::path::Path;
use std::time::Duration;

use first_class_host::{Limits, Shim, Source};

use super::*;
use crate::outages::outages;

/// Where `cargo xtask build-examples` leaves components.
const COMPONENTS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../target/wasm32-wasip2/guest"
);

/// The rule that does not always return, and the deadline that ends it.
const ENDLESS: &str = "endless";
const SHORT: Duration = Duration::from_secs(2);

/// Long enough for the others on any machine.
const LONG: Duration = Duration::from_secs(60);

fn panel(rules: &[&str]) -> Panel<RuleInstance> {
    let shim = rules.iter().fold(Shim::builder(), |shim, rule| {
        let path = Path::new(COMPONENTS).join(rule).with_extension("wasm");
        let limits = Limits::default().deadline(if *rule == ENDLESS { SHORT } else { LONG });
        shim.source(*rule, Source::file(path).limits(limits))
    });
    first_class_native::host_with(&shim.build().expect("`cargo xtask test` builds the rules"));
    Panel::load(RuleInstance::available().expect("the world is sound"))
}

fn document(line: &str) -> Document {
    Document {
        path: "a.txt".into(),
        lines: vec![line.into()],
    }
}

#[test]
fn findings_of_real_rules_come_in_the_order_of_the_text() {
    let mut panel = panel(&["trailing_space", "repeated_words"]);
    let remarks = panel.check(&document("see the the end end "));
    let found: Vec<_> = remarks
        .iter()
        .map(|remark| (remark.start.column, remark.rule.as_str(), remark.severity))
        .collect();
    assert_eq!(
        found,
        [
            (5, "repeated_words", Severity::Warning),
            (13, "repeated_words", Severity::Warning),
            (20, "trailing_space", Severity::Warning),
        ]
    );
}

#[test]
fn a_real_trap_and_a_real_endless_loop_are_renewed() {
    let mut panel = panel(&[ENDLESS, "fragile", "repeated_words"]);
    for _ in 0..2 {
        let remarks = panel.check(&document("`open, → the the"));
        assert_eq!(remarks.len(), 1, "`repeated_words` goes on: {remarks:?}");
    }
    let outages: Vec<_> = panel.members().iter().flat_map(outages).collect();
    assert!(
        outages.iter().any(|outage| outage.contains(ENDLESS)),
        "{outages:?}"
    );
    assert!(
        outages.iter().any(|outage| outage.contains("fragile")),
        "{outages:?}"
    );
}
