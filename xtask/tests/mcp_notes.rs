//! The example `mcp-notes` as a user runs it, with servers that others wrote.

use std::process::Command;

#[test]
fn both_memories_remember_the_same() {
    let scripts = [
        "@modelcontextprotocol/server-memory/dist/index.js",
        "@itseasy21/mcp-knowledge-graph/dist/index.js",
    ];
    if scripts.map(first_class_peers::npm_file).contains(&None)
        || first_class_peers::node().is_none()
    {
        return;
    }
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["example", "mcp-notes"])
        .output()
        .expect("xtask runs");
    let printed = String::from_utf8_lossy(&output.stdout);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{printed}{said}");
    for line in [
        "memories: memory/official, memory/other",
        "memory/other: was told 3 by memory/official",
        "memory/other: Ada is a person: wrote the first program for the engine",
        "all have forgotten it",
    ] {
        assert!(
            printed.lines().any(|it| it == line),
            "{line:?} is not in:\n{printed}"
        );
    }
}
