//! Where secrets may be, and that they are told nobody.

use super::Folder;
use crate::config::secret::Secret;
use std::path::Path;

/// What a file's secret is said to be.
fn got(table: &str, folder: &Path) -> Result<String, String> {
    #[derive(serde::Deserialize)]
    struct File {
        secret: toml::Spanned<Secret>,
    }
    let file: File = toml::from_str(&format!("secret = {table}")).expect("is one");
    let secret = file.secret.get_ref().get(file.secret.span(), folder);
    secret.map_err(|fault| format!("{fault:?}"))
}

#[test]
fn a_secret_is_a_text_or_in_a_variable_or_in_a_file() {
    let folder = Folder::with("");
    let got = |table: &str| got(table, folder.0.path()).expect("is there");
    assert_eq!(got("\"hunter2\""), "hunter2");
    let name = env!("CARGO_PKG_NAME");
    assert_eq!(got("{ environment = \"CARGO_PKG_NAME\" }"), name);
    assert_eq!(got("{ file = \"secret\" }"), "hunter2");
    assert_eq!(got("{ file = \"lines\" }"), " hunter2 \n", "one line end");
    let path = folder.0.path().join("secret");
    assert_eq!(got(&format!("{{ file = {path:?} }}")), "hunter2");
}

#[test]
fn what_is_not_there_is_named_with_its_place() {
    let nats = "[nats]\nservers = [\"nats://127.0.0.1:1\"]\n";
    let issues = "[sources.a]\nmcp.http = \"http://127.0.0.1:1\"\n";
    let cases = [
        (
            nats,
            "token = { environment = \"NO_SUCH_ONE\" }",
            ":3:9: the environment has no variable `NO_SUCH_ONE`; set it",
        ),
        (
            nats,
            "token = { environment = \"A=B\" }",
            ":3:9: the environment has no variable `A=B`",
        ),
        (
            nats,
            "user = \"me\"\npassword = { file = \"absent\" }",
            ":4:12: `/absent`: No such file or directory (os error 2); paths are relative",
        ),
        (
            nats,
            "nkey = { file = \"empty\" }",
            ":3:8: `/empty` is empty",
        ),
        (
            nats,
            "token = { file = \"binary\" }",
            ":3:9: `/binary`: it is no UTF-8",
        ),
        (
            nats,
            "token = { file = \"long\" }",
            ":3:9: `/long`: it has more than 65536 bytes",
        ),
        (nats, "token = { file = \"protos\" }", ":3:9: `/protos`: "),
        (
            nats,
            "token = { file = \"secret\", environment = \"PATH\" }",
            ":3:9: a secret is in one place; give it a text, or",
        ),
        (nats, "token = { }", ":3:9: a secret is in one place"),
        (nats, "token = 5", ":3:9: this is a text, or a table with"),
        (
            nats,
            "token = { path = \"secret\" }",
            ":3:9: this is a text, or a table with",
        ),
        (
            issues,
            "mcp.headers.Authorization = { file = \"absent\" }",
            ":3:13: `/absent`: ",
        ),
        (
            "[sources.a]\n",
            "mcp = { command = [\"a\"], environment = { KEY = { environment = \"NO_SUCH_ONE\" } } }",
            ":2:42: the environment has no variable `NO_SUCH_ONE`",
        ),
        (
            "[sources.a]\n",
            "grpc = { endpoint = \"http://h:1\", headers = { key = { file = \"absent\" } } }",
            ":2:47: `/absent`: ",
        ),
        (
            "[sources.a]\nfile = \"a.wasm\"\n",
            "grants.environment.KEY = { environment = \"NO_SUCH_ONE\" }",
            ":3:20: the environment has no variable `NO_SUCH_ONE`",
        ),
    ];
    for (before, text, expected) in cases {
        let error = Folder::error(&format!("{before}{text}"));
        assert!(error.starts_with(expected), "{text}\n{error}");
    }
}

#[test]
fn a_secret_is_in_no_error_and_no_debug() {
    let servers = "servers = [\"nats://me:hunter2@127.0.0.1:1\"]";
    for text in [
        "[nats]\nservers = \"nats://me:hunter2@127.0.0.1:1\"",
        &format!(
            "[nats]\n{servers}\nuser = \"hunter2\"\npassword = \"hunter2\"\ntoken = \"hunter2\""
        ),
        &format!("[nats]\n{servers}\npassword = \"hunter2\"\n[limits]\nnot-a-key = 3"),
        "[sources.a]\nmcp = { http = \"h\", headers = { \"a b\" = \"hunter2\" } }",
        "[sources.a]\nmcp = { http = \"h\", headers = { a = \"hunter2\\n\" } }",
        "[sources.a]\nmcp = { http = \"h\", headers = \"hunter2\" }",
        "[sources.a]\ngrpc = { endpoint = \"http://h:1\", headers = { te = \"hunter2\" } }",
        "[sources.a]\ngrpc = { endpoint = \"http://h:1\", headers = { a = \"hunter2\\n\" } }",
        "[sources.a]\nfile = \"a.wasm\"\ngrants.environment = { KEY = \"hunter2\" }\nno-key = 3",
    ] {
        let folder = Folder::with(text);
        let error = folder.read().expect_err("has a mistake");
        let shown = error.text().replace("user = \"hunter2\"", "");
        for said in [format!("{error}"), format!("{error:?}"), shown] {
            let said = said.replace("user = \\\"hunter2\\\"", "");
            assert!(!said.contains("hunter2"), "{text}\n{said}");
        }
    }
    let folder = Folder::with(
        r#"
        [sources.a]
        file = "a.wasm"
        grants.environment = { KEY = "hunter2" }
        [sources.b.mcp]
        command = ["b"]
        environment = { KEY = { file = "secret" } }
        [sources.c.mcp]
        http = "http://127.0.0.1:1/?key=hunter2"
        headers = { Key = "hunter2" }
        [sources.d.grpc]
        endpoint = "http://127.0.0.1:1"
        headers = { key = "hunter2" }
        [sources.e]
        nats = {}
        [nats]
        servers = ["nats://me:hunter2@127.0.0.1:1"]
        token = "hunter2"
        [[serve]]
        nats = {}
        sources = {}
        "#,
    );
    let debugged = format!("{:?}", folder.read().expect("is right"));
    assert!(debugged.contains("KEY"), "{debugged}");
    assert!(!debugged.contains("hunter2"), "{debugged}");
    let file: Result<crate::config::file::File, _> =
        toml::from_str("nats = { servers = [], token = \"hunter2\" }");
    let debugged = format!("{:?}", file.expect("is one"));
    assert!(!debugged.contains("hunter2"), "{debugged}");
}
