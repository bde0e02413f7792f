//! Worlds that are written for servers, which the servers then are.

use crate::stub::{stub, tool};
use crate::{host, of_npm};
use first_class_abi::World;
use first_class_abi::wit_parser::Resolve;
use first_class_host::backends::mcp::Mcp;
use first_class_host::backends::mcp::mapping::{Written, wit};
use serde_json::json;

/// Writes a world for a server, and loads the server as it.
fn written(mcp: Mcp, name: &str) -> Written {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.expect("builds");
    let tools = runtime.block_on(mcp.tools()).expect("are listed");
    drop(runtime);
    let written = wit("test:written", name, &tools).expect("can be written");
    let mut resolve = Resolve::new();
    let package = resolve.push_source("written.wit", &written.text);
    let package = package.unwrap_or_else(|error| panic!("{error:#}\n{}", written.text));
    let world = resolve.select_world(&[package], None).expect("has one");
    let world = World::new(resolve, world);
    let shim = host([("server", mcp)]);
    let loaded = shim
        .caller()
        .load("server", &world.encode().expect("can be encoded"));
    loaded.unwrap_or_else(|error| panic!("{error}\n{}", written.text));
    written
}

#[test]
fn the_worlds_of_servers_that_others_wrote_fit_them() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().to_str().expect("is text");
    let servers = [
        of_npm("@modelcontextprotocol/server-memory/dist/index.js", &[]),
        of_npm(
            "@itseasy21/mcp-knowledge-graph/dist/index.js",
            &["--memory-path", path],
        ),
        of_npm(
            "@modelcontextprotocol/server-filesystem/dist/index.js",
            &[path],
        ),
        of_npm(
            "@agent-infra/mcp-server-filesystem/dist/index.cjs",
            &["--allowed-directories", path],
        ),
    ];
    let tools = [9, 11, 14, 11];
    for (server, tools) in servers.into_iter().zip(tools) {
        let Some(server) = server else { return };
        let written = written(server, "server");
        assert_eq!(
            written.text.matches(": func(").count(),
            tools,
            "{}",
            written.text
        );
        assert_eq!(written.left_out, [""; 0]);
    }
}

#[test]
fn what_is_written_is_what_one_would_write() {
    let nested = json!({"type": "array", "items": {"type": "object", "properties": {
        "from": {"type": "string", "description": "Where it starts"},
        "isDone": {"type": ["boolean", "null"]},
        "kind": {"enum": ["ToDo", "done"]},
    }, "required": ["from", "isDone"]}});
    let mut all = tool(
        "list_tasks",
        json!({"tasks": nested, "limit": {"type": "integer"}}),
    );
    all["description"] = json!("Lists.\nAll of them.");
    all["inputSchema"]["required"] = json!(["tasks"]);
    all["outputSchema"] = json!({"type": "object", "properties": {
        "tasks": nested, "counts": {"type": "object", "additionalProperties": {"type": "number"}},
    }, "required": ["tasks", "counts"]});
    let strange = tool("日本", json!({}));
    let own = json!({"type": "array", "items": {"$ref": "#/properties/own"}});
    let endless = tool("endless", json!({"own": own}));
    let mut odd = tool("stream", json!({"value": {}, "own": own}));
    odd["inputSchema"]["required"] = json!(["value"]);
    odd["outputSchema"] = json!({"type": "object", "properties": {"own": own}});
    let again = tool("listTasks", json!({}));
    let Some(mcp) = stub("", &[all, strange, endless, odd, again], None) else {
        return;
    };
    let written = written(mcp, "use");
    expect_test::expect![[r#"
        package test:written;

        interface tools {
            enum kind {
                to-do,
                done,
            }

            record reply {
                counts: map<string, f64>,
                tasks: list<task>,
            }

            record task {
                /// Where it starts
                %from: string,
                is-done: option<bool>,
                kind: option<kind>,
            }

            /// Lists.
            /// All of them.
            list-tasks: func(tasks: list<task>, limit: option<s64>) -> result<reply, string>;

            %stream: func(value: string) -> result<string, string>;
        }

        world %use {
            export tools;
        }
    "#]]
    .assert_eq(&written.text);
    expect_test::expect![[r#"
        `日本`: its name has no letters
        `listTasks`: another has this name
        `endless`: property `own`: it is nested too deep, or within itself
        property `own` of `stream`: it is nested too deep, or within itself"#]]
    .assert_eq(&written.left_out.join("\n"));
}

#[test]
fn names_that_are_none_are_refused() {
    let none = wit("test:x", "world-of", &[]).expect_err("has no tools");
    assert!(none.to_string().contains("no tool"), "{none}");
}
