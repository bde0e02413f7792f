//! `wit-from-mcp`, with servers that others wrote.

use crate::tool::{Ran, folder, tool};
use first_class_abi::World;
use first_class_abi::wit_parser::Resolve;
use first_class_host::backends::mcp::Mcp;
use first_class_host::{Limits, Shim, Source};
use std::path::Path;
use std::time::Duration;

const MEMORY: &str = "@modelcontextprotocol/server-memory/dist/index.js";

/// A server that runs in Node.
struct Server {
    node: String,
    script: String,
}

impl Server {
    fn find(script: &str) -> Option<Self> {
        let text = |path: &Path| path.to_str().expect("is text").to_owned();
        Some(Server {
            node: text(&first_class_peers::node()?),
            script: text(&first_class_peers::npm_file(script)?),
        })
    }

    fn asked(&self, folder: &Path, options: &[&str]) -> Ran {
        let server = ["--", &self.node, &self.script];
        tool(folder, &[&["wit-from-mcp"], options, &server].concat())
    }
}

#[test]
fn the_world_of_a_server_fits_it() {
    let Some(server) = Server::find(MEMORY) else {
        return;
    };
    let here = folder(&[]);
    let options = ["--package", "acme:notes@1.0.0", "--world", "notes"];
    let ran = server.asked(here.path(), &options);
    assert_eq!(ran.stderr, "");
    let text = ran.done();
    for expected in [
        "package acme:notes@1.0.0;",
        "        /// The name of the entity\n        name: string,\n",
        "    create-entities: func(entities: list<entity>) -> result<create-entities-reply, string>;",
        "world notes {\n    export tools;\n}",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    let mut resolve = Resolve::new();
    let package = resolve.push_source("notes.wit", &text).expect("is WIT");
    let world = resolve.select_world(&[package], None).expect("has one");
    let world = World::new(resolve, world).encode().expect("can be encoded");
    let mcp = Mcp::command(server.node, [server.script]);
    let mcp = mcp.env("MEMORY_FILE_PATH", here.path().join("notes"));
    let limits = Limits::default().deadline(Duration::from_secs(60));
    let shim = Shim::builder().source("notes", Source::backend(mcp).limits(limits));
    let mut caller = shim.build().expect("builds").caller();
    caller
        .load("notes", &world)
        .unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn what_is_no_server_is_said_to_be_none() {
    let here = folder(&[]);
    let asked = |arguments: &[&str]| tool(here.path(), &[&["wit-from-mcp"], arguments].concat());
    let error = asked(&["--", "/nonexistent/server"]).failed();
    assert!(
        error.contains("`/nonexistent/server` cannot be started"),
        "{error}"
    );
    let error = asked(&["--", "sh", "-c", "echo no configuration >&2; exit 3"]).failed();
    assert!(
        error.contains("exit status: 3") && error.contains("no configuration"),
        "{error}"
    );
    let error = asked(&["--within", "1", "--", "sleep", "60"]).failed();
    assert!(error.contains("the server gave no tools"), "{error}");
    let error = asked(&["--http", "http://127.0.0.1:1/mcp"]).failed();
    assert!(error.contains("the server gave no tools"), "{error}");
    let error = asked(&["--http", "http://127.0.0.1:1/mcp", "--header", "a b=c"]).failed();
    assert!(error.contains("`a b` is no name of a header"), "{error}");
    for wrong in [
        &[][..],
        &["--http", "u", "--", "server"],
        &["--header", "a=b", "--", "s"],
    ] {
        assert_eq!(asked(wrong).status, Some(2), "{wrong:?}");
    }
    let Some(server) = Server::find(MEMORY) else {
        return;
    };
    let error = server
        .asked(here.path(), &["--package", "no package"])
        .failed();
    assert!(error.contains("`package no package`"), "{error}");
}
