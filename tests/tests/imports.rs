//! Plugins that need what nobody provides.

use first_class::LoadError;
use first_class_tests::{component, patient};

first_class::first_class_world!({ world: "accumulator", path: "wit/accumulator" });

#[test]
fn imports_that_nobody_provides_are_named() {
    let imports = r#"(component
        (import "acme:log/sink@1.0.0" (instance (export "write" (func))))
        (import "notify" (func))"#;
    let plugin = component("accumulator", &[("(component\n", imports)]);
    let directory = tempfile::tempdir().expect("a temporary directory");
    std::fs::write(directory.path().join("needy.wasm"), plugin).expect("writes");
    let shim = patient().directory(directory.path()).build();
    first_class_native::host_with(&shim.expect("builds"));

    let error = AccumulatorInstance::load("needy").expect_err("nobody provides it");
    let expected = LoadError::Unsatisfied {
        source: "needy".into(),
        imports: vec!["acme:log/sink@1.0.0".into(), "notify".into()],
    };
    assert_eq!(error, expected);
    assert_eq!(
        error.to_string(),
        "`needy` needs imports that nobody provides: acme:log/sink@1.0.0, notify; a guest serves \
         those of its world with `load_with`, and the host those of a named source"
    );
}
