//! etcd, through what it serves anyway: its health, and what it stores.

use crate::python::{CheckedInstance, Problem, ServingStatus};
use crate::{host, server};
use first_class_peers::{Process, free_port};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use tempfile::TempDir;

mod store {
    first_class::first_class_world!({
        world: "store",
        inline: "package test:store;
            interface kv {
                record header { revision: s64 }
                record key-value { key: list<u8>, value: list<u8>, version: s64 }
                enum sort-order { none, ascend, descend }
                record found { header: option<header>, kvs: list<key-value>, more: bool, count: s64 }
                record put-done { prev-kv: option<key-value> }
                record put-request { key: list<u8>, value: list<u8>, prev-kv: bool }
                record range-request { key: list<u8>, range-end: list<u8>, limit: s64, sort-order: sort-order }
                record deleted { deleted: s64 }
                enum target { version, create, %mod, value, lease }
                enum outcome { equal, greater, less, not-equal }
                variant target-union { version(s64), value(list<u8>) }
                record compare {
                    %result: outcome,
                    target: target,
                    key: list<u8>,
                    target-union: option<target-union>,
                }
                variant request { request-put(put-request), request-range(range-request) }
                record request-op { request: option<request> }
                variant response {
                    response-range(found),
                    response-put(put-done),
                    response-delete-range(deleted),
                }
                record response-op { response: option<response> }
                record txn-request { compare: list<compare>, success: list<request-op>, failure: list<request-op> }
                record txn-done { succeeded: bool, responses: list<response-op> }
                put: func(request: put-request) -> result<put-done, string>;
                range: func(request: range-request) -> result<found, string>;
                delete-range: func(key: list<u8>, range-end: list<u8>) -> deleted;
                txn: func(request: txn-request) -> txn-done;
            }
            world store { export kv; }",
    });
}

use store::StoreInstance;
use store::store::kv::{
    Compare, KeyValue, Outcome, PutRequest, RangeRequest, Request, RequestOp, Response, SortOrder,
    Target, TargetUnion, TxnRequest,
};

/// An etcd of its own; it ends with this.
pub(crate) struct Etcd {
    pub(crate) address: String,
    _process: Process,
    _folder: TempDir,
}

impl Etcd {
    /// Starts one, if it is installed.
    pub(crate) fn start() -> Option<Self> {
        let program = first_class_peers::program("etcd")?;
        let folder = tempfile::tempdir().expect("a temporary directory");
        let port = || free_port().expect("there is one");
        let (clients, peers) = (port(), port());
        let url = |port: u16| format!("http://127.0.0.1:{port}");
        let mut command = Command::new(program);
        command
            .arg("--data-dir")
            .arg(folder.path())
            .args(["--listen-client-urls", &url(clients)])
            .args(["--advertise-client-urls", &url(clients)])
            .args(["--listen-peer-urls", &url(peers)])
            .args(["--initial-advertise-peer-urls", &url(peers)])
            .args(["--initial-cluster", &format!("default={}", url(peers))])
            .args(["--logger", "zap", "--log-level", "error"])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let address = format!("127.0.0.1:{clients}");
        let process = Process::start(&mut command).expect("is installed");
        // It listens for clients when it can serve them.
        let process = process.until(|| TcpStream::connect(&address).is_ok());
        Some(Etcd {
            address,
            _process: process.expect("listens"),
            _folder: folder,
        })
    }
}

#[test]
fn etcd_is_well() {
    let Some(etcd) = Etcd::start() else {
        return;
    };
    host(server(&etcd.address, "health.proto"));
    let instance = CheckedInstance::load("peer").expect("loads");
    let health = instance.health();
    assert_eq!(health.check(""), Ok(Ok(ServingStatus::Serving)));
    assert_eq!(health.check("none"), Ok(Err(Problem::NotFound)));
}

#[test]
fn etcd_stores_and_finds() {
    let Some(etcd) = Etcd::start() else {
        return;
    };
    host(server(&etcd.address, "kv.proto"));
    let instance = StoreInstance::load("peer").expect("loads");
    let kv = instance.kv();
    let put = |key: &str, value: &[u8]| PutRequest {
        key: key.into(),
        value: value.into(),
        prev_kv: true,
    };
    let all = |limit: i64| RangeRequest {
        key: b"cart/".to_vec(),
        range_end: b"cart0".to_vec(),
        limit,
        sort_order: SortOrder::Descend,
    };
    for (key, value) in [
        ("cart/alice", &[0, 255][..]),
        ("cart/bob", b""),
        ("cart/carol", b"3"),
    ] {
        let done = kv
            .put(&put(key, value))
            .expect("is served")
            .expect("is put");
        assert_eq!(done.prev_kv, None);
    }
    let found = kv.range(&all(2)).expect("is served").expect("is found");
    let keys: Vec<_> = found.kvs.iter().map(|it| it.key.clone()).collect();
    assert_eq!(keys, [b"cart/carol".to_vec(), b"cart/bob".to_vec()]);
    assert_eq!((found.more, found.count), (true, 3));
    assert_eq!(found.header.expect("is always there").revision, 4);

    let again = kv.put(&put("cart/alice", b"new")).expect("is served");
    let before = KeyValue {
        key: b"cart/alice".to_vec(),
        value: vec![0, 255],
        version: 1,
    };
    assert_eq!(again.map(|done| done.prev_kv), Ok(Some(before)));
    let empty = kv.put(&put("", b"")).expect("is served");
    assert!(empty.is_err_and(|message| message.contains("key is not provided")));

    // If alice's cart has its second version, bob's gets something.
    let txn = TxnRequest {
        compare: vec![Compare {
            result: Outcome::Equal,
            target: Target::Version,
            key: b"cart/alice".to_vec(),
            target_union: Some(TargetUnion::Version(2)),
        }],
        success: vec![
            RequestOp {
                request: Some(Request::RequestPut(put("cart/bob", b"tea"))),
            },
            RequestOp {
                request: Some(Request::RequestRange(all(0))),
            },
        ],
        failure: vec![],
    };
    let done = kv.txn(&txn).expect("is served");
    assert!(done.succeeded);
    match done.responses.as_slice() {
        [first, second] => {
            assert!(
                matches!(first.response, Some(Response::ResponsePut(_))),
                "{first:?}"
            );
            let Some(Response::ResponseRange(found)) = &second.response else {
                panic!("{second:?}");
            };
            assert_eq!((found.count, &found.kvs[1].value), (3, &b"tea".to_vec()));
        }
        other => panic!("{other:?}"),
    }
    let deleted = kv.delete_range(b"cart/", b"cart0").expect("is served");
    assert_eq!(deleted.deleted, 3);
}
