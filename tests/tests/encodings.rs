//! Plugins whose own strings are not UTF-8.

use expect_test::expect;
use first_class_tests::{Caller, component, patient};

#[test]
fn texts_come_back_whatever_the_encoding_of_the_plugin() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    for encoding in ["utf8", "utf16", "latin1+utf16"] {
        let chosen = format!("string-encoding={encoding}");
        let plugin = component("text", &[("string-encoding=utf8", &chosen)]);
        let path = directory.path().join(encoding).with_extension("wasm");
        std::fs::write(path, plugin).expect("writes");
    }
    let shim = patient()
        .directory(directory.path())
        .build()
        .expect("builds");

    let lengths = Caller::run("test-text", &shim, &[]).expect_success();
    expect![[r#"
        latin1+utf16: [0, 5, 1, 6, 80000001, 80000002, 8000000a, 80000003]
        utf16: [0, 5, 1, 6, 1, 2, a, 3]
        utf8: [0, 5, 2, 7, 3, 4, f, 5]
    "#]]
    .assert_eq(&lengths);
}
