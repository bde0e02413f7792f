//! Loads: what does not map is named with message, field and type, and what is found by reflection.

use crate::ours::PeerInstance;
use crate::peers::{POOL, Peer, RUNTIME, Values};
use crate::python::{CheckedInstance, Problem, ServingStatus};
use crate::raw::{RawPeer, Then};
use crate::{LONG, described, host, host_within, protos, server};
use expect_test::expect;
use first_class::LoadError;
use first_class_host::backends::grpc::{Descriptors, Grpc, GrpcError};
use prost_reflect::prost::Message;
use prost_reflect::prost_types::source_code_info::Location;
use prost_reflect::prost_types::{FileDescriptorProto, FileDescriptorSet, SourceCodeInfo};
use std::time::{Duration, Instant};
use tonic::service::Routes;

/// Why a world cannot be had, a line each.
fn differences<T>(loaded: Result<T, LoadError>) -> String {
    match loaded.map(drop) {
        Err(LoadError::Incompatible { differences, .. }) => {
            differences.iter().map(|line| format!("{line}\n")).collect()
        }
        other => panic!("{other:?}"),
    }
}

mod misfits {
    first_class::first_class_world!({
        world: "misfits",
        inline: "package test:misfits;
            interface values {
                enum level { unspecified, low }
                enum wrong { low, medium }
                variant shape { circle(f32), round(f64), corner }
                record point { x: s64, y: s32, z: s32 }
                record everything {
                    flag: s32,
                    total: s64,
                    text: option<string>,
                    maybe-text: string,
                    level: level,
                    raw-level: wrong,
                    path: list<option<point>>,
                    counts: list<u64>,
                    places: map<string, point>,
                    shape: option<shape>,
                    label: option<string>,
                    wrapped-text: option<u32>,
                    since: option<string>,
                    mark: option<bool>,
                    txt: string,
                    at: option<point>,
                }
                echo: func(value: everything) -> everything;
                add: func(a: s64, c: s64) -> tuple<s64>;
                count: func(%from: u32, many: u32) -> u32;
                fail: func(code: s32) -> result<_, point>;
                upload: func(points: list<point>) -> point;
                fil: func(bytes: u32) -> list<u8>;
            }
            world misfits { export values; }",
    });
}

#[test]
fn everything_that_does_not_map_is_named() {
    let peer = Peer::values(&Values::default());
    host(server(&peer.address, "values.proto"));
    expect![[r#"
        `test:misfits/values#add`: `test.values.v1.AddRequest` has no field `c`; it has `a`, `b`
        `test:misfits/values#add`: `test.values.v1.AddReply.sum` is `int64`, which is `s64` and not `tuple<s64>`
        `test:misfits/values#count`: a stream of `test.values.v1.CountReply` comes, which is a list and not `u32`
        `test:misfits/values#echo`: `test.values.v1.Everything.flag` is `bool`, which is `bool` and not `s32`
        `test:misfits/values#echo`: `test.values.v1.Everything.total` is `uint64`, which is `u64` and not `s64`
        `test:misfits/values#echo`: `test.values.v1.Everything.text` is `string`, which is `string` and not `option<string>`
        `test:misfits/values#echo`: `test.values.v1.Everything.maybe_text` is `string`, which is an option of `string` and not `string`
        `test:misfits/values#echo`: `test.values.v1.Level` has no `medium`; it has `LEVEL_BELOW`, `LEVEL_UNSPECIFIED`, `LEVEL_LOW`, `LEVEL_HIGH`
        `test:misfits/values#echo`: `test.values.v1.Everything.path` is `repeated test.values.v1.Point`, which is a list of a record and not `list<option<point>>`
        `test:misfits/values#echo`: `test.values.v1.Everything.counts` is `map<string, uint64>`, which is a list of tuples of two, or a map, and not `list<u64>`
        `test:misfits/values#echo`: `test.values.v1.Everything.PlacesEntry.key` is `sint32`, which is `s32` and not `string`
        `test:misfits/values#echo`: `test.values.v1.Point.x` is `sint32`, which is `s32` and not `s64`
        `test:misfits/values#echo`: `test.values.v1.Point` has no field `z`; it has `x`, `y`
        `test:misfits/values#echo`: `test.values.v1.Everything.circle` is `double`, which is `f64` and not `f32`
        `test:misfits/values#echo`: `test.values.v1.Everything.shape` has no field `round`
        `test:misfits/values#echo`: `test.values.v1.Everything.corner` is `test.values.v1.Point`, and the case has no value
        `test:misfits/values#echo`: `test.values.v1.Everything.label` is one of several: `shape` is an option of a variant
        `test:misfits/values#echo`: `test.values.v1.Everything.wrapped_text` is `google.protobuf.StringValue`, which is an option of `string` or a record and not `option<u32>`
        `test:misfits/values#echo`: `test.values.v1.Everything.since` is `google.protobuf.Timestamp`, which is an option of a record or `u64` of nanoseconds and not `option<string>`
        `test:misfits/values#echo`: `test.values.v1.Everything.mark` is `google.protobuf.Empty`, which is `bool` and not `option<bool>`
        `test:misfits/values#echo`: `test.values.v1.Everything` has no field `txt`; did you mean `text`?
        `test:misfits/values#echo`: `test.values.v1.Point` does not fit
        `test:misfits/values#echo`: `test.values.v1.Level` may be `LEVEL_BELOW`, `LEVEL_HIGH`, which the enum lacks
        `test:misfits/values#echo`: `test.values.v1.Everything.shape` may be `mask`, `shade`, `label`, `nothing`, which the variant lacks
        `test:misfits/values#fail`: the error of a function is a status: a string, a number, an enum or a variant of names of codes, or a record with `code`, `message` or both, and not `point`
        `test:misfits/values#fil`: `test.values.v1.Values` has no method of that name; did you mean `fill`?
        `test:misfits/values#upload`: `test.values.v1.Values.Upload` takes a stream of requests, not one
    "#]].assert_eq(&differences(misfits::MisfitsInstance::load("peer")));
}

mod stranger {
    first_class::first_class_world!({
        world: "stranger",
        inline: "package test:stranger;
            interface weather { rain: func() -> bool; }
            world stranger { export weather; export ping: func(); }",
    });
}

mod optional {
    first_class::first_class_world!({
        world: "optional",
        inline: "package test:optional;
            interface values { add: func(a: s64, b: s64) -> s64; subtract: func(a: s64) -> s64; }
            interface weather { rain: func() -> bool; }
            world optional { export values; export weather; }",
        optional: ["test:optional/values#subtract", "test:optional/weather"],
    });
}

mod flat {
    first_class::first_class_world!({
        world: "values",
        inline: "package test:flat;
            world values {
                record sum { a: s64, b: s64 }
                record total { sum: s64 }
                export add: func(numbers: sum) -> total;
                export ping: func();
            }",
    });
}

#[test]
fn services_are_found_by_the_names_of_interfaces_and_worlds() {
    let peer = Peer::values(&Values::default());
    let grpc = || server(&peer.address, "values.proto");
    host(grpc());
    expect![[r#"
        `test:stranger/stranger`: there is no service that is called like it; there is `test.values.v1.Values`
        `test:stranger/weather`: there is no service that is called like it; there is `test.values.v1.Values`
    "#]].assert_eq(&differences(stranger::StrangerInstance::load("peer")));
    let flat = flat::ValuesInstance::load("peer").expect("loads");
    let sum = flat.add(flat::values::Sum { a: 1, b: 2 });
    assert_eq!(sum.map(|total| total.sum), Ok(3));
    assert_eq!(flat.ping(), Ok(()));
    let part = optional::OptionalInstance::load("peer").expect("loads");
    assert_eq!(part.values().add(1, 2), Ok(3));
    assert!(!part.values().supports_subtract());

    // One that is named alone is meant in any case.
    host(grpc().service("test.values.v1.Values"));
    let error = differences(stranger::StrangerInstance::load("peer"));
    expect![[r#"
        `test:stranger/weather#rain`: `test.values.v1.Values` has no method of that name
    "#]]
    .assert_eq(&error);
    host(grpc().service("test.values.v2.Values"));
    expect![[r#"
        `test:grpc-values/values@0.1.0`: there is no service `test.values.v2.Values`; there is `test.values.v1.Values`
    "#]].assert_eq(&differences(PeerInstance::load("peer")));
}

#[test]
fn two_services_of_one_name_are_not_confused() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let text = |package: &str| {
        format!(
            "syntax = 'proto3'; package {package}; message M {{}} \
             service Weather {{ rpc Rain(M) returns (Wet); }} message Wet {{ bool wet = 1; }}"
        )
    };
    for package in ["a", "b"] {
        let path = folder.path().join(format!("{package}.proto"));
        std::fs::write(path, text(package)).expect("is written");
    }
    let descriptors = Descriptors::protos(["a.proto", "b.proto"], [folder.path()]);
    let descriptors = descriptors.expect("compiles");
    mod weather {
        first_class::first_class_world!({
            world: "forecast",
            inline: "package test:forecast;
                interface weather { rain: func() -> bool; }
                world forecast { export weather; }",
        });
    }
    let grpc = Grpc::new("http://127.0.0.1:1", descriptors).expect("is an endpoint");
    host(grpc.clone());
    expect![[r#"
        `test:forecast/weather`: several services are called like it: `a.Weather`, `b.Weather`; `Grpc::service` says which is meant
    "#]].assert_eq(&differences(weather::ForecastInstance::load("peer")));
    host(grpc.clone().service("b.Weather"));
    assert!(weather::ForecastInstance::load("peer").is_ok());
    host(grpc.service("b.Weather").service("x.Weather"));
    assert!(weather::ForecastInstance::load("peer").is_ok());
}

/// The services of `values.proto`, with reflection of a version.
fn reflecting(newest: bool) -> Peer {
    let set = FileDescriptorSet {
        file: POOL.file_descriptor_protos().cloned().collect(),
    };
    let encoded: &'static [u8] = set.encode_to_vec().leak();
    let builder = tonic_reflection::server::Builder::configure();
    let builder = builder.register_encoded_file_descriptor_set(encoded);
    let mut routes = Routes::new(Values::default());
    routes = match newest {
        true => routes.add_service(builder.build_v1().expect("is whole")),
        false => routes.add_service(builder.build_v1alpha().expect("is whole")),
    };
    Peer::serve("127.0.0.1:0", None, routes)
}

#[test]
fn a_server_tells_its_services_in_both_versions() {
    for newest in [true, false] {
        let peer = reflecting(newest);
        let endpoint = format!("http://{}", peer.address);
        let grpc = Grpc::new(&endpoint, Descriptors::reflection()).expect("is an endpoint");
        host(grpc.clone());
        let instance = PeerInstance::load("peer").expect("loads");
        assert_eq!(instance.values().add(1, 2), Ok(3));
        assert_eq!(PeerInstance::available(), Ok(vec!["peer".to_owned()]));
        let strange = differences(stranger::StrangerInstance::load("peer"));
        assert!(
            strange.contains("there is no service that is called like it"),
            "{strange}"
        );
        assert_eq!(stranger::StrangerInstance::available(), Ok(vec![]));
        // Once it has been asked, and another world was looked for, it is still known.
        assert_eq!(instance.values().add(3, 4), Ok(7));
        host(grpc.service("etcdserverpb.KV"));
        let other = differences(PeerInstance::load("peer"));
        assert!(other.contains("`etcdserverpb.KV` has no method"), "{other}");
    }
}

#[test]
fn all_that_a_server_tells_is_no_more_than_it_may_be() {
    // Each of these files is small enough.
    let pads = (0..9).map(|number| FileDescriptorProto {
        name: Some(format!("pad{number}.proto")),
        source_code_info: Some(SourceCodeInfo {
            location: vec![Location {
                leading_comments: Some("x".repeat(2 << 20)),
                ..Location::default()
            }],
        }),
        ..FileDescriptorProto::default()
    });
    let mut set = FileDescriptorSet {
        file: pads.collect(),
    };
    let names: Vec<_> = set.file.iter().map(|it| it.name().to_owned()).collect();
    for mut file in POOL.file_descriptor_protos().cloned() {
        if file.name() == "values.proto" {
            file.dependency.extend(names.clone());
        }
        set.file.push(file);
    }
    let reflection = tonic_reflection::server::Builder::configure();
    let reflection = reflection.register_encoded_file_descriptor_set(set.encode_to_vec().leak());
    let routes = Routes::new(Values::default());
    let routes = routes.add_service(reflection.build_v1().expect("is whole"));
    let peer = Peer::serve("127.0.0.1:0", None, routes);
    let endpoint = format!("http://{}", peer.address);
    host(Grpc::new(&endpoint, Descriptors::reflection()).expect("is an endpoint"));
    let error = PeerInstance::load("peer").map(drop).expect_err("is large");
    assert!(
        error.to_string().contains("its answers take more than"),
        "{error}"
    );
}

#[test]
fn a_load_that_nobody_answers_takes_its_connection_with_it() {
    let peer = RawPeer::answering(Vec::new(), Then::Hold);
    let endpoint = format!("http://{}", peer.address);
    let grpc = Grpc::new(&endpoint, Descriptors::reflection()).expect("is an endpoint");
    host_within(grpc, Duration::from_millis(500));
    let started = Instant::now();
    while peer.connections() < 2 {
        assert!(started.elapsed() < LONG, "it connects no more");
        PeerInstance::load("peer").map(drop).expect_err("is late");
    }
}

#[test]
fn a_server_that_does_not_tell_is_an_error_of_the_load() {
    let peer = Peer::values(&Values::default());
    let endpoint = format!("http://{}", peer.address);
    host(Grpc::new(&endpoint, Descriptors::reflection()).expect("is an endpoint"));
    let error = PeerInstance::load("peer")
        .map(drop)
        .expect_err("does not tell");
    assert!(matches!(error, LoadError::Instantiate { .. }), "{error:?}");
    assert!(
        error.to_string().contains("does not serve reflection"),
        "{error}"
    );
    // Nobody is there to be asked.
    host(Grpc::new("http://127.0.0.2:9", Descriptors::reflection()).expect("is an endpoint"));
    let error = PeerInstance::load("peer")
        .map(drop)
        .expect_err("is not there");
    assert!(matches!(error, LoadError::Unavailable { .. }), "{error:?}");
}

#[test]
fn descriptors_are_read_from_sets_and_files() {
    let set = described("kv.proto").services().expect("is known");
    let names: Vec<_> = set.iter().map(|it| it.full_name().to_owned()).collect();
    assert_eq!(names, ["etcdserverpb.KV"]);
    let encoded = POOL.encode_to_vec();
    let services = Descriptors::set(&encoded).expect("is a set").services();
    assert_eq!(services.expect("is known").len(), 3);

    let folder = tempfile::tempdir().expect("a temporary directory");
    std::fs::write(
        folder.path().join("bad.proto"),
        "syntax = 'proto3'; message M { x = 1; }",
    )
    .expect("is written");
    let missing = Descriptors::protos(["none.proto"], [protos()]).expect_err("is missing");
    let broken = Descriptors::protos(["bad.proto"], [folder.path()]).expect_err("is malformed");
    let garbage = Descriptors::set(b"garbage").expect_err("is none");
    assert!(matches!(missing, GrpcError::Protos(_)), "{missing}");
    assert!(missing.to_string().contains("none.proto"), "{missing}");
    assert!(broken.to_string().contains("bad.proto"), "{broken}");
    assert!(matches!(garbage, GrpcError::Set(_)), "{garbage}");
}

#[test]
fn endpoints_and_headers_are_checked() {
    for endpoint in [
        "",
        "127.0.0.1:80",
        "ftp://example.org",
        "http://",
        "http://a b",
    ] {
        let error = Grpc::new(endpoint, described("health.proto")).expect_err("is none");
        assert!(matches!(error, GrpcError::Endpoint { .. }), "{error}");
    }
    let grpc = server("127.0.0.1:1", "health.proto");
    for (name, value) in [
        ("grpc-timeout", "1S"),
        ("te", "x"),
        ("a b", "x"),
        ("x", "a\nb"),
    ] {
        let error = grpc.clone().header(name, value).expect_err("is none");
        assert!(matches!(error, GrpcError::Header { .. }), "{error}");
    }
}

#[test]
fn a_server_of_tonic_tells_its_health() {
    let (reporter, health) = tonic_health::server::health_reporter();
    let file = tonic_health::pb::FILE_DESCRIPTOR_SET;
    let reflection = tonic_reflection::server::Builder::configure();
    let reflection = reflection.register_encoded_file_descriptor_set(file);
    let routes = Routes::new(health).add_service(reflection.build_v1().expect("is whole"));
    let peer = Peer::serve("127.0.0.1:0", None, routes);
    let endpoint = format!("http://{}", peer.address);
    host(Grpc::new(&endpoint, Descriptors::reflection()).expect("is an endpoint"));
    let instance = CheckedInstance::load("peer").expect("loads");
    let check = |service: &str| instance.health().check(service).expect("answers");
    assert_eq!(check(""), Ok(ServingStatus::Serving));
    assert_eq!(check("orders"), Err(Problem::NotFound));
    let status = tonic_health::ServingStatus::NotServing;
    RUNTIME.block_on(reporter.set_service_status("orders", status));
    assert_eq!(check("orders"), Ok(ServingStatus::NotServing));
}
