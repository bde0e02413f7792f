//! What a `first-class.toml` may say, and what is said of mistakes.

mod secrets;

use super::Config;
use crate::engine::Pooling;
use std::path::Path;

/// Files that are there.
const SECRETS: [(&str, &[u8]); 5] = [
    ("secret", b"hunter2\n"),
    ("empty", b"\n"),
    ("binary", &[0xff]),
    ("long", &[b'a'; 70_000]),
    ("lines", b" hunter2 \n\r\n"),
];

/// A folder with a component, which nobody looks into here, and a `first-class.toml`.
struct Folder(tempfile::TempDir);

impl Folder {
    fn with(text: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        std::fs::write(folder.path().join("first-class.toml"), text).expect("writes");
        std::fs::write(folder.path().join("a.wasm"), "(component)").expect("writes");
        for (name, text) in SECRETS {
            std::fs::write(folder.path().join(name), text).expect("writes");
        }
        let proto =
            "syntax = 'proto3'; package c; message M {} service C { rpc Do(M) returns (M); }";
        std::fs::create_dir(folder.path().join("protos")).expect("writes");
        std::fs::write(folder.path().join("protos/c.proto"), proto).expect("writes");
        Folder(folder)
    }

    fn read(&self) -> Result<Config, super::ConfigError> {
        Config::read(self.0.path().join("first-class.toml"))
    }

    /// What is said of a mistake, from the line on.
    fn error(text: &str) -> String {
        let folder = Folder::with(text);
        let error = folder.read().expect_err("has a mistake").to_string();
        let path = folder.0.path().display().to_string();
        error.replace(&path, "").replace("/first-class.toml", "")
    }
}

#[test]
fn every_key_is_taken() {
    let folder = Folder::with(
        r#"
        cache = "cache"
        call-threads = 3

        [limits]
        deadline = "250ms"
        memory = "64MiB"
        table-entries = 7
        arguments = "1KiB"
        result = 2048

        [capacity]
        instances = 1
        memories = 2
        instances-per-caller = 3
        worlds-per-caller = 4
        nesting = 5
        calls-per-caller = 6
        component = "7kB"
        compile-time = "8s"

        [pooling]
        instances = 9
        memory = "10MiB"

        [sources.a]
        file = "a.wasm"
        named = { idle = "10min", most = 3 }
        restart = { first = "10ms", longest = "1s" }
        holds = ["b", "lint/*"]
        limits = { deadline = "1s" }

        [sources.a.grants]
        read = { "/in" = "." }
        write = { "/out" = "." }
        environment = { KEY = "value", OTHER = { file = "secret" } }
        arguments = ["one"]
        network = true
        stdout = "log"
        stderr = "discard"

        [sources."lint/*"]
        directory = "."

        [sources.b]
        wrpc = { tcp = "127.0.0.1:1", connections = 4 }
        retry = { attempts = 2, pause = { first = "1ms", longest = "2ms" }, idempotent = ["*#total"] }

        [sources.notes.mcp]
        command = ["bin/notes", "--quiet"]
        environment = { NOTES = "n.json", KEY = { environment = "PATH" } }
        directory = "."
        message = "1MiB"
        starting = "5s"
        reading = "7s"
        restarts = { most = 3, first = "1ms", longest = "1s" }

        [sources.issues.mcp]
        http = "http://127.0.0.1:1/mcp"
        headers = { X-Team = "blue", X-Path = { environment = "PATH" }, X-Key = { file = "secret" } }

        [sources.found.mcp]
        http = { file = "secret" }

        [sources.c]
        grpc = { endpoint = "http://127.0.0.1:1", protos = ["c.proto"], folders = ["protos"], replies = 7 }

        [sources.d.grpc]
        endpoint = "http://127.0.0.1:1"
        services = ["c.C"]
        headers = { authorization = "Bearer x", key = { file = "secret" } }

        [sources."far/*"]
        nats = {}

        [sources.carol]
        nats = { name = "cart/carol" }

        [nats]
        servers = ["nats://127.0.0.1:1"]
        prefix = "shops"
        user = "shop"
        password = { file = "secret" }

        [callers.alice]
        may-load = ["a", "lint/**"]
        may-load-bytes = true
        "#,
    );
    let config = folder.read().expect("is right");
    assert_eq!(config.limits.memory_bytes, 64 << 20);
    assert_eq!(config.limits.deadline.as_millis(), 250);
    assert_eq!(config.limits.argument_bytes, 1024);
    assert_eq!(config.limits.result_bytes, 2048);
    assert_eq!(config.capacity.component_bytes, 7000);
    assert_eq!(config.capacity.compile_time.as_secs(), 8);
    let pooling = config.pooling.as_ref();
    assert_eq!(pooling, Some(&Pooling::new(9, 10 << 20)));
    assert_eq!(
        config.cache.as_deref(),
        Some(&*folder.0.path().join("cache"))
    );
    assert!(config.caller("alice").may_load_name("lint/x"));
    assert!(!config.caller("alice").may_load_name("b"));
    assert!(!config.caller("bob").may_load_name("a"));
    let source = |name: &str| {
        let mut sources = config.sources.iter();
        &sources.find(|(it, _)| it == name).expect("is there").1
    };
    let limits = source("a").limits.clone().expect("has some");
    assert_eq!((limits.deadline.as_secs(), limits.table_entries), (1, 7));
    assert!(source("b").retry.is_idempotent("acme:shop#total"));
    let names: Vec<_> = config.sources.iter().map(|(name, _)| &**name).collect();
    assert_eq!(
        names,
        [
            "a", "lint/*", "b", "notes", "issues", "found", "c", "d", "far/*", "carol"
        ]
    );
    config.build().expect("builds");
}

#[test]
fn without_callers_each_may_load_all() {
    let config = Folder::with("[sources.a]\nfile = \"a.wasm\"").read();
    let config = config.expect("is right");
    assert!(config.caller("anybody").may_load_name("a"));
    assert!(!config.serves());
}

#[test]
fn mistakes_are_named_with_their_places() {
    let cases = [
        ("sorces = 1", ":1:1: unknown field `sorces`"),
        (
            "[limits]\ndeadlin = \"1s\"",
            ":2:1: unknown field `deadlin`",
        ),
        (
            "[limits]\ndeadline = 5",
            ":2:12: invalid type: integer `5`, expected a time with its unit",
        ),
        ("[limits]\ndeadline = \"5x\"", ":2:12: `5x` is no time"),
        (
            "[limits]\nmemory = \"5 bananas\"",
            ":2:10: `5 bananas` is no size; write it as `64MiB`",
        ),
        (
            "[limits]\nmemory = -1",
            ":2:10: invalid value: integer `-1`, expected a size",
        ),
        (
            "[limits]\nmemory = true",
            ":2:10: invalid type: boolean `true`, expected a size",
        ),
        ("[limits", ":1:8: "),
        (
            "[sources.a]",
            ":1:10: nothing says what `a` is; give it one of `file`",
        ),
        (
            "[sources.a]\nfile = \"a.wasm\"\ndirectory = \".\"",
            ":1:10: `a` is several things at once",
        ),
        (
            "[sources.a]\nfile = \"absent.wasm\"",
            ":2:8: there is no file `/absent.wasm`; paths are relative",
        ),
        (
            "[sources.a]\ndirectory = \".\"",
            ":1:10: the name of a directory has to end in its only `*`",
        ),
        ("[sources.\"***\"]\nfile = \"a.wasm\"", ":1:10: "),
        (
            "[sources.a]\nfile = \"a.wasm\"\nnamed = 3",
            ":3:9: `named` is `true`, `false`, or a table",
        ),
        (
            "[sources.a]\nfile = \"a.wasm\"\nrestart = \"soon\"",
            ":3:11: `restart` is `\"never\"`",
        ),
        (
            "[sources.a]\nfile = \"a.wasm\"\nretry = { attempts = 2 }",
            ":3:9: a component of this process is not called again",
        ),
        (
            "[sources.a]\nwrpc = { tcp = \"h:1\" }\ngrants = { network = true }",
            ":3:10: nothing can be granted",
        ),
        ("[sources.a]\nwrpc = { }", ":2:8: wRPC needs one address"),
        (
            "[sources.a]\nwrpc = { unix = \"s\", tls = { name = \"h\", roots = \"r\" } }",
            ":2:28: a Unix socket does not speak TLS",
        ),
        (
            "[sources.a]\nwrpc = { tcp = \"h:1\", tls = { name = \"h\", roots = \"r.pem\" } }",
            ":2:51: `r.pem`: ",
        ),
        (
            "[sources.a]\nmcp = { command = [\"a\"] }\nwrpc = { tcp = \"h:1\" }",
            ":1:10: `a` is several things at once",
        ),
        (
            "[sources.a]\nmcp = { }",
            ":2:7: an MCP server is either a process or reached over HTTP",
        ),
        (
            "[sources.a]\nmcp = { command = [] }",
            ":2:19: the command has no program",
        ),
        (
            "[sources.a]\nmcp = { command = [\"a\"], headers = { } }",
            ":2:36: a process has no `headers`",
        ),
        (
            "[sources.a]\nmcp = { http = \"h\", directory = \".\" }",
            ":2:33: a server over HTTP has no `directory`",
        ),
        (
            "[sources.a]\nmcp = { http = \"h\", headers = { \"a b\" = \"c\" } }",
            ":2:33: `a b` is no name of a header",
        ),
        (
            "[sources.a]\nmcp = { http = \"h\", headers = { a = { environment = \"NO_SUCH_ONE\" } } }",
            ":2:33: the environment has no variable `NO_SUCH_ONE`; set it",
        ),
        (
            "[sources.a]\nmcp = { http = \"h\", tls = { roots = \"r.pem\" } }",
            ":2:37: `r.pem`: ",
        ),
        (
            "[sources.a]\ngrpc = { endpoint = \"h:1\" }",
            ":2:21: `h:1` is no endpoint",
        ),
        (
            "[sources.a]\ngrpc = { endpoint = \"https://h:1\" }",
            ":2:21: an endpoint with `https` needs `tls`; add",
        ),
        (
            "[sources.a]\ngrpc = { endpoint = \"http://h:1\", protos = [\"d.proto\"] }",
            ":2:44: file 'd.proto' is not in any include path; `protos` are found",
        ),
        (
            "[sources.a]\ngrpc = { endpoint = \"http://h:1\", descriptors = \"a.wasm\" }",
            ":2:49: `a.wasm`: it is no set of descriptors",
        ),
        (
            "[sources.a]\ngrpc = { endpoint = \"http://h:1\", protos = [], descriptors = \"a\" }",
            ":2:62: what the server has is described twice",
        ),
        (
            "[sources.a]\ngrpc = { endpoint = \"http://h:1\", headers = { te = \"x\" } }",
            ":2:47: `te` is no header",
        ),
        (
            "[sources.a]\ngrpc = { endpoint = \"http://h:1\" }\nwrpc = { tcp = \"h:1\" }",
            ":1:10: `a` is several things at once",
        ),
        ("[callers.a]\nmay-load = [\"[\"]", ":2:13: "),
        (
            "[[serve]]\nwrpc = { tcp = \"127.0.0.1:0\" }\nsources.a = { }",
            ":3:13: the world has one origin",
        ),
        (
            "[[serve]]\nwrpc = { tcp = \"127.0.0.1:0\" }\nsources.a = { wit = \"none\" }",
            ":3:21: ",
        ),
        (
            "[[serve]]\nwrpc = { tcp = \"127.0.0.1:0\" }\nsources.a = { component = \"a.toml\" }",
            ":3:27: `/a.toml`: ",
        ),
    ];
    for (text, expected) in cases {
        let error = Folder::error(text);
        assert!(error.starts_with(expected), "{text}\n{error}");
    }
}

#[test]
fn a_file_that_is_not_there_is_said_to_be() {
    let error = Config::read(Path::new("/nowhere/first-class.toml")).expect_err("is not there");
    assert!(
        error
            .to_string()
            .starts_with("/nowhere/first-class.toml: it cannot be read")
    );
    assert_eq!(error.position(), None);
}

/// Every example of the page about the file is one, but for what it refers to.
#[test]
fn the_documentation_is_right() {
    let page = include_str!("../../../../docs/first-class-toml.md");
    let blocks = page.split("```toml\n").skip(1);
    let blocks: Vec<_> = blocks.filter_map(|rest| rest.split("```").next()).collect();
    assert!(blocks.len() > 5, "the examples are not found");
    for block in blocks {
        let file: Result<super::file::File, _> = toml::from_str(block);
        assert!(file.is_ok(), "{block}\n{file:?}");
    }
}

#[test]
fn a_position_counts_characters() {
    let error = Folder::error("# ä\ncache = \"ä\" x");
    assert!(error.starts_with(":2:13: "), "{error}");
}

#[test]
fn mistakes_with_nats_are_named_with_their_places() {
    let servers = "[nats]\nservers = [\"nats://127.0.0.1:1\"]\n";
    let cases = [
        ("user = \"shop\"", ":3:8: a user has a password"),
        (
            "token = \"secret\"\nnkey = \"SU\"",
            ":4:8: one connects as one",
        ),
        ("tls = { roots = \"r.pem\" }", ":3:17: `r.pem`: "),
        (
            "[sources.a]\nnats = {}\nfile = \"a.wasm\"",
            ":3:10: `a` is several things at once",
        ),
        (
            "[sources.a]\nnats = {}\nwrpc = { tcp = \"h:1\" }",
            ":3:10: `a` is several things at once",
        ),
        (
            "[[serve]]\nsources = {}",
            ":4:11: what is served is served over one thing",
        ),
        (
            "[[serve]]\nnats = { lease = \"soon\" }\nsources = {}",
            ":4:18: `soon` is no time",
        ),
    ];
    for (text, expected) in cases {
        let error = Folder::error(&format!("{servers}{text}"));
        assert!(error.starts_with(expected), "{text}\n{error}");
    }
    let error = Folder::error("sources.a.nats = {}");
    let expected = ":1:18: nothing says where NATS is";
    assert!(error.starts_with(expected), "{error}");
    let error = Folder::error("nats.servers = []");
    assert!(error.starts_with(":1:16: there is no server"), "{error}");
}
