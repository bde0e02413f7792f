//! Calls of their server.

use crate::host;
use crate::ours::PeerInstance;
use crate::ours::peer::compounds::{Entry, Failure, Level, ManyFlags, Permissions, Point, Shape};
use crate::peers::Peer;
use first_class_host::backends::wrpc::Wrpc;

/// Calls every function with values that tell mistakes apart.
fn check(peer: &PeerInstance) {
    peer.nothing().expect("is served");
    assert_eq!(peer.add(7, 300), Ok(307));
    assert_eq!(peer.add(u32::MAX, 2), Ok(1));
    check_scalars(peer);
    check_compounds(peer);
    let compounds = peer.compounds();
    assert_eq!(compounds.find("origin"), Ok(Ok(Point { x: 0, y: 0 })));
    assert_eq!(compounds.find("secret"), Ok(Err(Failure::Denied)));
    assert_eq!(
        compounds.find("away"),
        Ok(Err(Failure::Missing("away".into())))
    );
}

macro_rules! echo {
    ($view:expr; $($name:ident($($value:expr),*);)*) => {
        $($(assert_eq!($view.$name($value), Ok($value));)*)*
    };
}

fn check_scalars(peer: &PeerInstance) {
    let scalars = peer.scalars();
    echo! { scalars;
        echo_bool(true, false);
        echo_u8(0, 200);
        echo_s8(i8::MIN, -1, 100);
        echo_u16(0, 128, u16::MAX);
        echo_s16(i16::MIN, -65, 64, i16::MAX);
        echo_u32(0, 127, 128, u32::MAX);
        echo_s32(i32::MIN, -64, 63, i32::MAX);
        echo_u64(0, 1 << 63, u64::MAX);
        echo_s64(i64::MIN, -1, i64::MAX);
        echo_f32(-0.5, f32::MAX, f32::INFINITY);
        echo_f64(-0.5, f64::MIN_POSITIVE, f64::NEG_INFINITY);
        echo_char('a', 'ß', '€', '🦀', '\0');
    }
    assert!(scalars.echo_f64(f64::NAN).is_ok_and(f64::is_nan));
}

fn check_compounds(peer: &PeerInstance) {
    let compounds = peer.compounds();
    let point = Point { x: -1, y: 1 << 20 };
    let entry = Entry {
        id: 1 << 40,
        name: "ålesund".into(),
        at: Some(point),
        tags: vec!["a".into(), String::new()],
        score: 0.25,
    };
    let shapes = [
        Shape::Empty,
        Shape::Circle(1.5),
        Shape::Polygon(vec![point, point]),
        Shape::Labelled(("l".into(), Level::High)),
        Shape::Half(0.5),
        Shape::Wide(u64::MAX),
    ];
    assert_eq!(compounds.echo_string("a ß € 🦀"), Ok("a ß € 🦀".into()));
    let bytes: Vec<u8> = (0..100_000_u32).map(|number| number as u8).collect();
    assert_eq!(compounds.echo_bytes(&bytes), Ok(bytes.clone()));
    assert_eq!(compounds.echo_numbers(&[1.5, -2.0]), Ok(vec![1.5, -2.0]));
    let nested = vec![vec![], vec![Some("x".to_owned()), None]];
    assert_eq!(compounds.echo_nested(&nested), Ok(nested.clone()));
    assert_eq!(compounds.echo_point(point), Ok(point));
    assert_eq!(compounds.echo_entry(&entry), Ok(entry.clone()));
    let entries = vec![entry; 1000];
    assert_eq!(compounds.echo_entries(&entries), Ok(entries.clone()));
    assert_eq!(compounds.echo_level(Level::Middle), Ok(Level::Middle));
    let permissions = Permissions::READ | Permissions::EXECUTE;
    assert_eq!(compounds.echo_permissions(permissions), Ok(permissions));
    let many = ManyFlags::F0 | ManyFlags::F13 | ManyFlags::F31;
    assert_eq!(compounds.echo_many_flags(many), Ok(many));
    for shape in &shapes {
        assert_eq!(compounds.echo_shape(shape), Ok(shape.clone()));
    }
    assert_eq!(compounds.echo_shapes(&shapes), Ok(shapes.to_vec()));
    let tuple = (7, "seven", 7.5);
    assert_eq!(compounds.echo_tuple(tuple), Ok((7, "seven".into(), 7.5)));
    for option in [None, Some(None), Some(Some(3))] {
        assert_eq!(compounds.echo_options(option), Ok(option));
    }
    for outcome in [Ok(()), Err(())] {
        assert_eq!(compounds.echo_outcome(outcome), Ok(outcome));
    }
}

#[test]
fn values_go_to_their_server_over_tcp() {
    let peer = Peer::tcp();
    host(Wrpc::tcp(&peer.address));
    check(&PeerInstance::load("peer").expect("loads"));
}

#[test]
fn values_go_to_their_server_over_a_unix_socket() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let peer = Peer::unix(&directory.path().join("peer.sock"));
    host(Wrpc::unix(&peer.address));
    check(&PeerInstance::load("peer").expect("loads"));
}

#[test]
fn calls_that_are_started_go_there_at_the_same_time() {
    let peer = Peer::tcp();
    host(Wrpc::tcp(&peer.address).connections(8));
    let instance = PeerInstance::load("peer").expect("loads");
    let calls: Vec<_> = (0..100)
        .map(|number| instance.start().add(number, 1).expect("starts"))
        .collect();
    let sums: Result<Vec<_>, _> = first_class::join(calls).into_iter().collect();
    assert_eq!(sums, Ok((1..=100).collect()));
}
