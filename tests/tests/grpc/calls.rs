//! Calls, with what the server hears and says as protobuf's own text.

use crate::ours::PeerInstance;
use crate::ours::peer::values::{Everything, Level, Point, Shape, Time};
use crate::peers::{Peer, Values};
use crate::{host, host_within, server};
use expect_test::expect;
use first_class::CallError;
use first_class_tests::eventually;
use std::time::Duration;

/// Nothing.
pub(crate) fn nothing() -> Everything {
    Everything {
        flag: false,
        small: 0,
        small_zigzag: 0,
        small_fixed: 0,
        count: 0,
        count_fixed: 0,
        large: 0,
        large_zigzag: 0,
        large_fixed: 0,
        total: 0,
        total_fixed: 0,
        half: 0.0,
        whole: 0.0,
        text: String::new(),
        data: Vec::new(),
        level: Level::Unspecified,
        raw_level: 0,
        maybe_total: None,
        maybe_text: None,
        maybe_data: None,
        maybe_level: None,
        at: None,
        path: Vec::new(),
        numbers: Vec::new(),
        ratios: Vec::new(),
        names: Vec::new(),
        blobs: Vec::new(),
        levels: Vec::new(),
        laps: Vec::new(),
        counts: Default::default(),
        places: Vec::new(),
        votes: Vec::new(),
        shape: None,
        wrapped_text: None,
        wrapped_large: None,
        wrapped_data: None,
        wrapped_flag: None,
        wrapped_whole: None,
        since: None,
        took: None,
        since_nanos: None,
        took_nanos: None,
        mark: false,
    }
}

/// Values that tell mistakes apart.
pub(crate) fn something() -> Everything {
    Everything {
        flag: true,
        small: i32::MIN,
        small_zigzag: -2,
        small_fixed: -3,
        count: u32::MAX,
        count_fixed: 5,
        large: i64::MIN,
        large_zigzag: -7,
        large_fixed: i64::MAX,
        total: u64::MAX,
        total_fixed: 1 << 63,
        half: 0.5,
        whole: -2.5e10,
        text: "a ß € 🦀".into(),
        data: vec![0, 255, 10],
        level: Level::High,
        raw_level: 99,
        maybe_total: Some(0),
        maybe_text: Some(String::new()),
        maybe_data: Some(vec![1]),
        maybe_level: Some(Level::Unspecified),
        at: Some(Point { x: 0, y: 0 }),
        path: vec![Point { x: 1, y: -1 }, Point { x: 0, y: 0 }],
        numbers: vec![-1, 0, 1],
        ratios: vec![0.25],
        names: vec!["a".into(), String::new()],
        blobs: vec![vec![], vec![9]],
        levels: vec![Level::Below, Level::Low],
        laps: vec![1_500_000_000],
        counts: [("b".to_owned(), 2), ("a".to_owned(), 1)]
            .into_iter()
            .collect(),
        places: vec![(-1, Point { x: 3, y: 4 }), (2, Point { x: 0, y: 0 })],
        votes: vec![(false, Level::Low), (true, Level::High)],
        shape: Some(Shape::Corner(Point { x: 5, y: 6 })),
        wrapped_text: Some("w".into()),
        wrapped_large: Some(0),
        wrapped_data: Some(vec![]),
        wrapped_flag: Some(true),
        wrapped_whole: Some(2.5),
        since: Some(Time {
            seconds: -5,
            nanos: 7,
        }),
        took: Some(Time {
            seconds: 0,
            nanos: 0,
        }),
        since_nanos: Some(1_700_000_000_123_456_789),
        took_nanos: Some(0),
        mark: true,
    }
}

#[test]
fn the_server_hears_what_was_said() {
    let values = Values::default();
    let peer = Peer::values(&values);
    host(server(&peer.address, "values.proto"));
    let instance = PeerInstance::load("peer").expect("loads");
    let view = instance.values();
    assert_eq!(view.echo(&something()), Ok(something()));
    // Entries of maps go in any order.
    let value = Everything {
        counts: [("a".to_owned(), 1)].into_iter().collect(),
        places: vec![(-1, Point { x: 3, y: 4 })],
        votes: vec![(true, Level::High)],
        ..something()
    };
    assert_eq!(view.echo(&value), Ok(value));
    let (method, heard) = values.heard();
    assert_eq!(method, "Echo");
    expect![[r#"flag:true,small:-2147483648,small_zigzag:-2,small_fixed:-3,count:4294967295,count_fixed:5,large:-9223372036854775808,large_zigzag:-7,large_fixed:9223372036854775807,total:18446744073709551615,total_fixed:9223372036854775808,half:0.5,whole:-25000000000.0,text:"a \303\237 \342\202\254 \360\237\246\200",data:"\000\377\n",level:LEVEL_HIGH,raw_level:99,maybe_total:0,maybe_text:"",maybe_data:"\001",maybe_level:LEVEL_UNSPECIFIED,at{},path:[{x:1,y:-1},{}],numbers:[-1,0,1],ratios:[0.25],names:["a",""],blobs:["","\t"],levels:[LEVEL_BELOW,LEVEL_LOW],laps:[{seconds:1,nanos:500000000}],counts:[{key:"a",value:1}],places:[{key:-1,value{x:3,y:4}}],votes:[{key:true,value:LEVEL_HIGH}],corner{x:5,y:6},wrapped_text{value:"w"},wrapped_large{},wrapped_data{},wrapped_flag{value:true},wrapped_whole{value:2.5},since{seconds:-5,nanos:7},took{},since_nanos{seconds:1700000000,nanos:123456789},took_nanos{},mark{}"#]].assert_eq(&heard);
    // What is not set is not sent.
    assert_eq!(view.echo(&nothing()), Ok(nothing()));
    assert_eq!(values.heard().1, "");

    assert_eq!(view.add(1 << 40, -1), Ok((1 << 40) - 1));
    assert_eq!(
        values.heard(),
        ("Add".into(), "a:1099511627776,b:-1".into())
    );
    assert_eq!(view.fill(3), Ok(vec![7; 3]));
    assert_eq!(view.fill(1_000_000), Ok(vec![7; 1_000_000]));
    assert_eq!(view.ping(), Ok(()));
    assert_eq!(values.heard(), ("Ping".into(), String::new()));
}

#[test]
fn each_shape_is_heard_as_its_field() {
    let values = Values::default();
    let peer = Peer::values(&values);
    host(server(&peer.address, "values.proto"));
    let instance = PeerInstance::load("peer").expect("loads");
    for (shape, text) in [
        (Shape::Circle(0.0), "circle:0.0"),
        (Shape::Corner(Point { x: 0, y: 0 }), "corner{}"),
        (Shape::Label(String::new()), "label:\"\""),
        (Shape::Nothing, "nothing{}"),
        (Shape::Shade(Level::Unspecified), "shade:LEVEL_UNSPECIFIED"),
        (Shape::Mask(vec![1]), "mask:\"\\001\""),
    ] {
        let value = Everything {
            shape: Some(shape.clone()),
            ..nothing()
        };
        assert_eq!(instance.values().echo(&value), Ok(value));
        assert_eq!(values.heard().1, text, "{shape:?}");
    }
}

#[test]
fn what_the_server_says_is_heard() {
    let values = Values::default();
    let peer = Peer::values(&values);
    host(server(&peer.address, "values.proto"));
    let instance = PeerInstance::load("peer").expect("loads");
    let says = |text: &str| {
        values.answer(text);
        instance.values().echo(&nothing())
    };
    let heard = says(
        "small: -1 total: 18446744073709551615 level: LEVEL_BELOW raw_level: 1000 \
         maybe_text: '' at { y: 3 } levels: [LEVEL_HIGH, LEVEL_UNSPECIFIED] \
         counts { key: 'z' value: 1 } counts { key: 'a' value: 2 } counts { key: 'z' value: 3 } \
         places { key: -4 } shade: LEVEL_LOW took_nanos { seconds: 1 nanos: 2 } \
         wrapped_large {}",
    );
    let expected = Everything {
        small: -1,
        total: u64::MAX,
        level: Level::Below,
        raw_level: 1000,
        maybe_text: Some(String::new()),
        at: Some(Point { x: 0, y: 3 }),
        levels: vec![Level::High, Level::Unspecified],
        counts: [("a".to_owned(), 2), ("z".to_owned(), 3)]
            .into_iter()
            .collect(),
        places: vec![(-4, Point { x: 0, y: 0 })],
        shape: Some(Shape::Shade(Level::Low)),
        took_nanos: Some(1_000_000_002),
        wrapped_large: Some(0),
        ..nothing()
    };
    assert_eq!(heard, Ok(expected));

    let refused = |text: &str| match says(text) {
        Err(CallError::Remote(it)) => it.message,
        other => panic!("{other:?}"),
    };
    expect!["what was sent is no result: `test.values.v1.Level` has no value 99 here"]
        .assert_eq(&refused("level: 99"));
    expect!["what was sent is no result: -1 s and 0 ns are no `google.protobuf.Duration` in nanoseconds of 64 bits"]
        .assert_eq(&refused("took_nanos { seconds: -1 }"));
}

#[test]
fn a_stream_is_a_list_with_a_limit() {
    let peer = Peer::values(&Values::default());
    host(server(&peer.address, "values.proto").replies(100));
    let instance = PeerInstance::load("peer").expect("loads");
    let view = instance.values();
    assert_eq!(view.count(5, 0), Ok(vec![]));
    assert_eq!(view.count(5, 100), Ok((5..105).collect()));
    let error = view.count(5, 101).expect_err("is longer");
    assert!(matches!(error, CallError::Remote(_)), "{error}");
    assert!(error.to_string().contains("`Grpc::replies`"), "{error}");
    assert_eq!(view.count(1, 2), Ok(vec![1, 2]));
}

#[test]
fn calls_that_are_started_go_there_at_the_same_time() {
    let peer = Peer::values(&Values::default());
    host(server(&peer.address, "values.proto"));
    let instance = PeerInstance::load("peer").expect("loads");
    let calls: Vec<_> = (0..100)
        .map(|number| instance.start().values().add(number, 1).expect("starts"))
        .collect();
    let sums: Result<Vec<_>, _> = first_class::join(calls).into_iter().collect();
    assert_eq!(sums, Ok((1..=100).collect()));
}

#[test]
fn the_server_is_told_the_time_and_the_headers() {
    let values = Values::default();
    let peer = Peer::values(&values);
    let grpc = server(&peer.address, "values.proto");
    let grpc = grpc
        .header("authorization", "Bearer secret")
        .expect("is a header");
    assert!(!format!("{grpc:?}").contains("secret"));
    host_within(grpc, Duration::from_secs(20));
    let instance = PeerInstance::load("peer").expect("loads");
    assert_eq!(instance.values().add(1, 2), Ok(3));
    assert_eq!(
        values.header("authorization").as_deref(),
        Some("Bearer secret")
    );
    let told = values.header("grpc-timeout").expect("is told");
    let millis: u64 = told.trim_end_matches('m').parse().expect("is a number");
    assert!((10_000..=20_000).contains(&millis), "{told}");
}

#[test]
fn a_call_that_is_given_up_ends_at_the_server() {
    let values = Values::default();
    let peer = Peer::values(&values);
    host(server(&peer.address, "values.proto"));
    let instance = PeerInstance::load("peer").expect("loads");
    let call = instance.start().values().wait().expect("starts");
    eventually(|| values.waiting() == 1);
    call.cancel();
    eventually(|| values.waiting() == 0);
    // Others on the connection go on.
    assert_eq!(instance.values().add(1, 2), Ok(3));
}
