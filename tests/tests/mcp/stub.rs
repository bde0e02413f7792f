//! The server that does what a test tells it: `stub.py`.

use first_class_host::backends::mcp::Mcp;
use serde_json::{Value as Json, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

first_class::first_class_world!({
    world: "stub",
    inline: "package test:stub@0.1.0;
        world stub {
            export say: func(text: string) -> string;
            export pid: func() -> u32;
            /// Writes a text, with its number for `ID`, and ends if it is told to.
            export raw: func(text: string, ends: bool) -> u32;
            export large: func(bytes: u32) -> string;
            /// Never answers.
            export wait: func();
            /// Reads nothing any more.
            export deaf: func();
            export rename: func(tools: string, loud: bool);
            export gone: func();
        }",
    optional: ["gone"],
});

/// A tool with these properties, which are all required.
pub(crate) fn tool(name: &str, properties: Json) -> Json {
    let required: Vec<_> = properties.as_object().expect("is one").keys().collect();
    json!({"name": name, "inputSchema": {
        "type": "object", "properties": properties, "required": required,
    }})
}

/// What the world has.
pub(crate) fn tools() -> Vec<Json> {
    let string = json!({"type": "string"});
    vec![
        tool("say", json!({"text": string})),
        tool("pid", json!({})),
        tool("raw", json!({"text": string, "ends": {"type": "boolean"}})),
        tool("large", json!({"bytes": {"type": "integer"}})),
        tool("wait", json!({})),
        tool("deaf", json!({})),
        tool(
            "rename",
            json!({"tools": string, "loud": {"type": "boolean"}}),
        ),
    ]
}

/// A server that behaves in some way, with these tools, and writes what it hears to a file.
pub(crate) fn stub(mode: &str, tools: &[Json], log: Option<&Path>) -> Option<Mcp> {
    let python = first_class_peers::program("python3")?;
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/mcp/stub.py");
    let tools = Json::from(tools.to_vec()).to_string();
    let mcp = Mcp::command(python, [script]);
    let mcp = mcp.env("MODE", mode).env("TOOLS", tools);
    Some(match log {
        Some(log) => mcp.env("LOG", log),
        None => mcp,
    })
}

/// What a server has written to its file.
pub(crate) fn heard(log: &Path) -> Vec<String> {
    let text = fs::read_to_string(log).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// The numbers of the processes that it ran as.
pub(crate) fn processes(log: &Path) -> Vec<u32> {
    let heard = heard(log);
    let starts = heard.iter().filter_map(|it| it.strip_prefix("starts "));
    starts.map(|it| it.parse().expect("is a number")).collect()
}

/// When they started, since 1970.
pub(crate) fn times(log: &Path) -> Vec<Duration> {
    let heard = heard(log);
    let times = heard.iter().filter_map(|it| it.strip_prefix("at "));
    let times = times.map(|it| it.parse().expect("is a number"));
    times.map(Duration::from_secs_f64).collect()
}

/// Whether a process runs.
pub(crate) fn is_running(id: u32) -> bool {
    match fs::read_to_string(format!("/proc/{id}/stat")) {
        // One that has ended may still be waited for.
        Ok(stat) => !stat.contains(") Z "),
        Err(_) => false,
    }
}
