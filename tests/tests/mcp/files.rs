//! Two file servers of different authors behind one world, over standard streams and over HTTP.

use crate::{host, of_npm};
use first_class_host::backends::mcp::Mcp;
use first_class_peers::{Process, free_port};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};

first_class::first_class_world!({
    world: "files",
    inline: "package test:files;
        world files {
            export read-file: func(path: string) -> result<string, string>;
            export write-file: func(path: string, content: string) -> result<_, string>;
            export list-directory: func(path: string) -> result<string, string>;
            export edit-file: func(options: edit-options) -> result<string, string>;
            record edit { old-text: string, new-text: string }
            record edit-options { path: string, edits: list<edit>, dry-run: option<bool> }
        }",
});

const OFFICIAL: &str = "@modelcontextprotocol/server-filesystem/dist/index.js";
const OTHER: &str = "@agent-infra/mcp-server-filesystem/dist/index.cjs";

fn exercise(name: &str, directory: &Path) {
    let instance = FilesInstance::load(name).unwrap_or_else(|error| panic!("{name}: {error}"));
    let file = directory.join(name);
    let file = file.to_str().expect("is text");
    let text = "one\n\"two\" – \u{1f4c4}\n";
    assert_eq!(instance.write_file(file, text), Ok(Ok(())), "{name}");
    assert_eq!(instance.read_file(file), Ok(Ok(text.into())), "{name}");
    let listed = instance.list_directory(directory.to_str().expect("is text"));
    let listed = listed.expect("is answered").expect("is listed");
    assert!(listed.contains(&format!("[FILE] {name}")), "{listed}");
    let edit = |dry_run| {
        instance.edit_file(&files::EditOptions {
            path: file.into(),
            edits: vec![files::Edit {
                old_text: "one".into(),
                new_text: "eins".into(),
            }],
            dry_run,
        })
    };
    assert!(matches!(edit(Some(true)), Ok(Ok(_))), "{name}");
    assert_eq!(instance.read_file(file), Ok(Ok(text.into())), "{name}");
    assert!(matches!(edit(None), Ok(Ok(_))), "{name}");
    let edited = text.replace("one", "eins");
    assert_eq!(instance.read_file(file), Ok(Ok(edited)), "{name}");

    let outside = instance.read_file("/etc/hostname").expect("is answered");
    let outside = outside.expect_err("is outside");
    assert!(outside.contains("Access denied"), "{name}: {outside}");
}

#[test]
fn one_world_is_served_by_both() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().canonicalize().expect("is there");
    let path_text = path.to_str().expect("is text");
    let official = of_npm(OFFICIAL, &[path_text]);
    let other = of_npm(OTHER, &["--allowed-directories", path_text]);
    let (Some(official), Some(other)) = (official, other) else {
        return;
    };
    let _shim = host([("official", official), ("other", other)]);
    exercise("official", &path);
    exercise("other", &path);
}

#[test]
fn the_same_over_http() {
    let (Some(node), Some(script)) = (
        first_class_peers::node(),
        first_class_peers::npm_file(OTHER),
    ) else {
        return;
    };
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().canonicalize().expect("is there");
    let port = free_port().expect("is there");
    let mut command = Command::new(node);
    command.arg(script).arg("--allowed-directories").arg(&path);
    command.args(["--host", "127.0.0.1", "--port", &port.to_string()]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let address = format!("127.0.0.1:{port}");
    let server = Process::start(&mut command).expect("starts");
    let server = server.until(|| TcpStream::connect(&address).is_ok());
    let _server = server.expect("listens");
    let _shim = host([("http", Mcp::http(format!("http://{address}/mcp")))]);
    exercise("http", &path);
}
