//! The world that is written for a service is one that the service can be had as.

use crate::{described, host, server};
use expect_test::{Expect, expect};
use first_class_abi::World;
use first_class_abi::wit_parser::Resolve;
use first_class_host::backends::grpc::{Descriptors, Grpc, wit};
use std::fs;

/// Writes the world of the only service of a file, and loads it.
fn check(file: &str, expected: Expect) -> wit::Described {
    let services = described(file).services().expect("is known");
    let [service] = services.as_slice() else {
        panic!("{services:?}");
    };
    let written = wit::of(service).expect("has a world");
    expected.assert_eq(&written.text);
    load(&written.text, &server("127.0.0.1:1", file));
    written
}

/// Loads a world of a text.
fn load(text: &str, grpc: &Grpc) {
    let mut resolve = Resolve::new();
    let package = resolve.push_source("written.wit", text).expect("is WIT");
    let world = resolve
        .select_world(&[package], None)
        .expect("has one world");
    let encoded = World::new(resolve, world).encode().expect("encodes");
    let shim = host(grpc.clone());
    let loaded = shim.caller().load("peer", &encoded).map(drop);
    assert!(loaded.is_ok(), "{loaded:?}\n{text}");
}

#[test]
fn health_is_written() {
    let written = check(
        "health.proto",
        expect![[r#"
            package grpc:health-v1;

            interface health {
                /// Why a call failed, as the server says it.
                record status {
                    code: status-code,
                    message: string,
                }

                enum status-code {
                    cancelled,
                    unknown,
                    invalid-argument,
                    not-found,
                    already-exists,
                    permission-denied,
                    resource-exhausted,
                    failed-precondition,
                    aborted,
                    out-of-range,
                    internal,
                    data-loss,
                    unauthenticated,
                }

                enum serving-status {
                    unknown,
                    serving,
                    not-serving,
                    service-unknown,
                }

                record health-check-response {
                    status: serving-status,
                }

                /// Whether a service can serve now.
                check: func(service: string) -> result<health-check-response, status>;

                /// The same, and each change of it.
                watch: func(service: string) -> result<list<health-check-response>, status>;
            }

            world health-service {
                export health;
            }
        "#]],
    );
    assert!(written.omitted.is_empty());
}

#[test]
fn the_store_of_etcd_is_written() {
    check(
        "kv.proto",
        expect![[r#"
            package grpc:etcdserverpb;

            interface kv {
                /// Why a call failed, as the server says it.
                record status {
                    code: status-code,
                    message: string,
                }

                enum status-code {
                    cancelled,
                    unknown,
                    invalid-argument,
                    not-found,
                    already-exists,
                    permission-denied,
                    resource-exhausted,
                    failed-precondition,
                    aborted,
                    out-of-range,
                    internal,
                    data-loss,
                    unauthenticated,
                }

                enum sort-order {
                    none,
                    ascend,
                    descend,
                }

                enum sort-target {
                    key,
                    version,
                    create,
                    mod,
                    value,
                }

                record range-request {
                    key: list<u8>,
                    range-end: list<u8>,
                    limit: s64,
                    revision: s64,
                    sort-order: sort-order,
                    sort-target: sort-target,
                    serializable: bool,
                    keys-only: bool,
                    count-only: bool,
                }

                record response-header {
                    cluster-id: u64,
                    member-id: u64,
                    revision: s64,
                    raft-term: u64,
                }

                record key-value {
                    key: list<u8>,
                    create-revision: s64,
                    mod-revision: s64,
                    version: s64,
                    value: list<u8>,
                    lease: s64,
                }

                record range-response {
                    header: option<response-header>,
                    kvs: list<key-value>,
                    more: bool,
                    count: s64,
                }

                record put-response {
                    header: option<response-header>,
                    prev-kv: option<key-value>,
                }

                record delete-range-response {
                    header: option<response-header>,
                    deleted: s64,
                    prev-kvs: list<key-value>,
                }

                enum compare-result {
                    equal,
                    greater,
                    less,
                    not-equal,
                }

                enum compare-target {
                    version,
                    create,
                    mod,
                    value,
                    lease,
                }

                variant target-union {
                    version(s64),
                    create-revision(s64),
                    mod-revision(s64),
                    value(list<u8>),
                    lease(s64),
                }

                record compare {
                    %result: compare-result,
                    target: compare-target,
                    key: list<u8>,
                    target-union: option<target-union>,
                }

                record put-request {
                    key: list<u8>,
                    value: list<u8>,
                    lease: s64,
                    prev-kv: bool,
                }

                record delete-range-request {
                    key: list<u8>,
                    range-end: list<u8>,
                    prev-kv: bool,
                }

                variant request {
                    request-range(range-request),
                    request-put(put-request),
                    request-delete-range(delete-range-request),
                }

                record request-op {
                    request: option<request>,
                }

                variant response {
                    response-range(range-response),
                    response-put(put-response),
                    response-delete-range(delete-range-response),
                }

                record response-op {
                    response: option<response>,
                }

                record txn-response {
                    header: option<response-header>,
                    succeeded: bool,
                    responses: list<response-op>,
                }

                record compaction-response {
                    header: option<response-header>,
                }

                range: func(request: range-request) -> result<range-response, status>;

                put: func(key: list<u8>, value: list<u8>, lease: s64, prev-kv: bool) -> result<put-response, status>;

                delete-range: func(key: list<u8>, range-end: list<u8>, prev-kv: bool) -> result<delete-range-response, status>;

                /// Does one of two lists of operations, by whether some comparisons hold.
                txn: func(compare: list<compare>, success: list<request-op>, failure: list<request-op>) -> result<txn-response, status>;

                compact: func(revision: s64, physical: bool) -> result<compaction-response, status>;

                // Left out, since it has no form in WIT:
                // - `etcdserverpb.RequestOp.request_txn` is within what it is made of
                // - `etcdserverpb.ResponseOp.response_txn` is within what it is made of
            }

            world kv-service {
                export kv;
            }
        "#]],
    );
}

#[test]
fn every_type_is_written() {
    check(
        "values.proto",
        expect![[r#"
            package test:values-v1;

            /// What comes back as it was sent, and what does not.
            interface values {
                /// Why a call failed, as the server says it.
                record status {
                    code: status-code,
                    message: string,
                }

                enum status-code {
                    cancelled,
                    unknown,
                    invalid-argument,
                    not-found,
                    already-exists,
                    permission-denied,
                    resource-exhausted,
                    failed-precondition,
                    aborted,
                    out-of-range,
                    internal,
                    data-loss,
                    unauthenticated,
                }

                enum level {
                    below,
                    unspecified,
                    low,
                    high,
                }

                record point {
                    x: s32,
                    y: s32,
                }

                record duration {
                    seconds: s64,
                    nanos: s32,
                }

                variant shape {
                    circle(f64),
                    corner(point),
                    label(string),
                    nothing,
                    shade(level),
                    mask(list<u8>),
                }

                record timestamp {
                    seconds: s64,
                    nanos: s32,
                }

                record everything {
                    flag: bool,
                    small: s32,
                    small-zigzag: s32,
                    small-fixed: s32,
                    count: u32,
                    count-fixed: u32,
                    large: s64,
                    large-zigzag: s64,
                    large-fixed: s64,
                    total: u64,
                    total-fixed: u64,
                    half: f32,
                    whole: f64,
                    text: string,
                    data: list<u8>,
                    level: level,
                    raw-level: level,
                    maybe-total: option<u64>,
                    maybe-text: option<string>,
                    maybe-data: option<list<u8>>,
                    maybe-level: option<level>,
                    at: option<point>,
                    path: list<point>,
                    numbers: list<s64>,
                    ratios: list<f64>,
                    names: list<string>,
                    blobs: list<list<u8>>,
                    levels: list<level>,
                    laps: list<duration>,
                    counts: list<tuple<string, u64>>,
                    places: list<tuple<s32, point>>,
                    votes: list<tuple<bool, level>>,
                    shape: option<shape>,
                    wrapped-text: option<string>,
                    wrapped-large: option<s64>,
                    wrapped-data: option<list<u8>>,
                    wrapped-flag: option<bool>,
                    wrapped-whole: option<f64>,
                    since: option<timestamp>,
                    took: option<duration>,
                    since-nanos: option<timestamp>,
                    took-nanos: option<duration>,
                    mark: bool,
                }

                record add-reply {
                    sum: s64,
                }

                record count-reply {
                    number: u32,
                }

                record fill-reply {
                    filled: list<u8>,
                }

                /// Gives back what it gets.
                echo: func(request: everything) -> result<everything, status>;

                add: func(a: s64, b: s64) -> result<add-reply, status>;

                /// Counts from a number, so many times.
                count: func(%from: u32, many: u32) -> result<list<count-reply>, status>;

                /// Fails with a status.
                fail: func(code: s32, message: string) -> result<_, status>;

                fill: func(bytes: u32) -> result<fill-reply, status>;

                ping: func() -> result<_, status>;

                /// Never answers.
                wait: func() -> result<_, status>;

                // Left out, since it has no form in WIT:
                // - `test.values.v1.Values.Upload` takes a stream of requests
            }

            world values-service {
                export values;
            }
        "#]],
    );
}

#[test]
fn strange_names_are_written() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let text = r#"
        syntax = "proto2";
        /* `*/
        message list {
            required string record = 1 [default = "x"];
            optional list list = 2;
            repeated group Item = 3 { optional bool ok = 1; }
            optional Strange strange = 4;
            optional Twice twice = 5;
            optional Outer.Status inner = 6;
            optional Status status = 7;
            map<string, Nothing> nothings = 8;
            repeated Nothing more = 9;
            optional Nothing nothing = 10;
            optional string _1 = 11;
            optional string ab = 12;
            optional string a_b = 13;
            oneof either { Nothing none = 14; Only only = 15; }
            oneof endless { list again = 16; }
        }
        message Only { optional Only only = 1; }
        message Nothing {}
        message Status { optional int32 code = 1; }
        message Outer { message Status { optional int32 code = 1; } }
        // Values that have no names in WIT.
        enum Strange { _9 = 0; }
        enum Twice { option allow_alias = true; TWICE_A = 0; TWICE_B = 0; TWICE_2 = 2; }
        // A character that WIT forbids: RIGHT-TO-LEFT
        service Func {
            rpc Status(list) returns (Nothing);
            rpc Interface(Only) returns (list);
            rpc Watch(stream list) returns (Nothing);
            rpc FromList(Nothing) returns (stream Only);
        }
    "#;
    let text = text.replace("RIGHT-TO-LEFT", "\u{202e}");
    fs::write(folder.path().join("strange.proto"), text).expect("is written");
    let descriptors = Descriptors::protos(["strange.proto"], [folder.path()]).expect("compiles");
    let services = descriptors.services().expect("is known");
    let written = wit::of(&services[0]).expect("has a world");
    expect![[r#"
        package grpc:%func;

        interface %func {
            /// Why a call failed, as the server says it.
            record grpc-status {
                code: status-code,
                message: string,
            }

            enum status-code {
                cancelled,
                unknown,
                invalid-argument,
                not-found,
                already-exists,
                permission-denied,
                resource-exhausted,
                failed-precondition,
                aborted,
                out-of-range,
                internal,
                data-loss,
                unauthenticated,
            }

            record item {
                ok: option<bool>,
            }

            enum twice {
                b,
                twice-2,
            }

            record outer-status {
                code: option<s32>,
            }

            record status2 {
                code: option<s32>,
            }

            record %list {
                %record: string,
                item: list<item>,
                strange: option<s32>,
                twice: option<twice>,
                inner: option<outer-status>,
                status: option<status2>,
                nothing: bool,
            }

            status: func(request: %list) -> result<_, grpc-status>;

            %interface: func() -> result<%list, grpc-status>;

            from-list: func() -> result<_, grpc-status>;

            // Left out, since it has no form in WIT:
            // - `list.list` is within what it is made of
            // - `list.NothingsEntry.value` has no fields that have a form in WIT
            // - `list.more` has no fields that have a form in WIT
            // - `list._1` has no name in WIT
            // - `list.ab` is called like another
            // - `list.a_b` is called like another
            // - `Only.only` is within what it is made of
            // - `list.only` has no fields that have a form in WIT
            // - `list.again` is within what it is made of
            // - `list.endless` has no cases that have a form in WIT
            // - `Func.Watch` takes a stream of requests
        }

        world func-service {
            export %func;
        }
    "#]]
    .assert_eq(&written.text);
    let grpc = Grpc::new("http://127.0.0.1:1", descriptors);
    load(&written.text, &grpc.expect("is an endpoint"));
}
