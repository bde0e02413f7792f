//! Real stages, natively: the same handles as in the component, over a shim in this process.

use super::*;
use crate::journal::tests::Page;
use first_class_host::Shim;
use std::path::Path;
use std::time::Duration;

/// Where `cargo xtask build-examples` leaves components.
const COMPONENTS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../target/wasm32-wasip2/guest"
);

/// Long enough for a stage on any machine.
const LONG: Duration = Duration::from_secs(60);

/// Sends a text through stages; gives what comes out, and the journal.
fn run(stages: &[&str], text: &str, verbose: bool) -> (String, String) {
    let shim = stages.iter().fold(Shim::builder(), |shim, stage| {
        let path = Path::new(COMPONENTS).join(stage).with_extension("wasm");
        shim.file(*stage, path)
    });
    let shim = shim.deadline(LONG).build();
    first_class_native::host_with(&shim.expect("`cargo xtask test` builds the stages"));
    let page = Page::default();
    let stages = stages.iter().map(|stage| (*stage).to_owned()).collect();
    let pipeline = Pipeline::new(stages, Journal::new(page.clone(), verbose));
    (pipeline.run(text), page.text())
}

#[test]
fn a_stage_reads_what_an_earlier_one_has_left() {
    let (text, journal) = run(&["headings", "contents"], "# A\n## B\nb\n", true);
    assert_eq!(
        text,
        "Contents:\n\n- 1 A\n  - 1.1 B\n\n# 1 A\n## 1.1 B\nb\n"
    );
    assert_eq!(
        journal,
        "\
[headings] 1 A
[headings] 1.1 B
[headings] 3 of 3 lines
[contents] 2 headings
[contents] 3 of 3 lines
"
    );
}

#[test]
fn a_stage_that_traps_is_left_out_and_the_others_go_on() {
    let (text, journal) = run(&["quotes", "squeeze"], "\"a\"\n\n\n\nb\"  \n", false);
    assert_eq!(text, "\"a\"\n\nb\"\n");
    let (first, rest) = journal.split_once('\n').unwrap_or_default();
    assert!(
        first.starts_with("[quotes] is left out after 4 of 5 lines: it broke: "),
        "{first}"
    );
    assert_eq!(rest, "[squeeze] took out 4 blanks\n");
}

#[test]
fn a_stage_that_finds_nothing_is_left_out_with_its_own_words() {
    let (text, journal) = run(&["contents", "headings"], "a\n", false);
    assert_eq!(text, "a\n");
    assert_eq!(
        journal,
        "\
[contents] is left out: it cannot do it: nothing was left by `headings`
[headings] warning: there are no headings
"
    );
}

#[test]
fn no_stage_remembers_the_text_before() {
    let stages = ["headings".to_owned(), "contents".to_owned()];
    let (first, _) = run(&["headings", "contents"], "# A\n", false);
    let pipeline = Pipeline::new(stages.into(), Journal::new(Page::default(), false));
    assert_eq!(pipeline.run("# A\n"), first);
}

#[test]
fn what_does_not_fit_into_the_bucket_is_said() {
    let text = format!("# {}\n", "x".repeat(70_000));
    let (same, journal) = run(&["headings"], &text, false);
    assert_eq!(same, text);
    assert!(journal.ends_with("in 65536 bytes\n"), "{journal}");
}
