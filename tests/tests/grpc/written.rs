//! The world that is written for a service is one that the service can be had as.

use crate::{described, host, server};
use expect_test::{ExpectFile, expect_file};
use first_class_abi::World;
use first_class_abi::wit_parser::Resolve;
use first_class_host::backends::grpc::{Descriptors, Grpc, wit};
use std::fs;

/// Writes the world of the only service of a file, and loads it.
fn check(file: &str, expected: ExpectFile) -> wit::Described {
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
    let written = check("health.proto", expect_file!["worlds/health.wit"]);
    assert!(written.omitted.is_empty());
}

#[test]
fn the_store_of_etcd_is_written() {
    check("kv.proto", expect_file!["worlds/kv.wit"]);
}

#[test]
fn every_type_is_written() {
    check("values.proto", expect_file!["worlds/types.wit"]);
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
    expect_file!["worlds/strange.wit"].assert_eq(&written.text);
    let grpc = Grpc::new("http://127.0.0.1:1", descriptors);
    load(&written.text, &grpc.expect("is an endpoint"));
}
