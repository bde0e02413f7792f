//! Every type of value, both ways, with another implementation at the other end: random values go
//! through a NATS server, and are what they were.

use crate::everything::{CODEC, Echo, everything, number, pack, unpack};
use crate::ours::peer::WORLD;
use crate::peers::{Peer, RUNTIME, client, header};
use crate::theirs::client::test::values::packed::Everything;
use crate::{LONG, nats, remote, server, servers};
use async_nats::HeaderMap;
use first_class_abi::value::Value;
use first_class_host::serving::nats::Serving;
use first_class_host::{Shim, Source};
use proptest::collection::vec;
use proptest::test_runner::{Config, TestRunner};
use std::cell::RefCell;
use std::sync::mpsc::channel;

type Two = (Everything, Vec<Everything>);

#[test]
fn values_go_to_a_service_that_is_not_ours() {
    let Some(server) = server() else { return };
    let (told, heard) = channel();
    let _peer = Peer::answering(&server, "first-class.call.peer", move |message| {
        let name = header(message, "First-Class-Function");
        assert_eq!(name, Some("test:values/packed@0.1.0#echo-two"));
        let values: Two = unpack(&message.payload);
        told.send(format!("{values:?}")).expect("is heard");
        Some((HeaderMap::new(), pack(values)))
    });
    let shim = remote(nats(&server), LONG);
    let caller = RefCell::new(shim.caller());
    let instance = caller.borrow_mut().load("peer", WORLD).expect("loads");
    let function = number("echo-two");
    let both = (everything(), vec(everything(), 0..3));
    let result = TestRunner::new(Config::with_cases(100)).run(&both, |(first, others)| {
        let (others, values): (Vec<_>, Vec<_>) = others.into_iter().unzip();
        let arguments = [first.1, Value::List(values)];
        let buffer = CODEC.encode_arguments(function, &arguments).expect("fits");
        let result = caller
            .borrow_mut()
            .invoke(instance, function, &buffer)
            .expect("is served");
        let result = CODEC.decode_result(function, &result).expect("is sound");
        assert_eq!(
            heard.recv_timeout(LONG).expect("was asked"),
            format!("{:?}", (first.0, others))
        );
        // A NaN is unequal to itself.
        let sent = Some(Value::Tuple(arguments.into()));
        assert_eq!(format!("{result:?}"), format!("{sent:?}"));
        Ok(())
    });
    result.expect("all came back");
}

#[test]
fn values_come_from_a_client_that_is_not_ours() {
    let Some(server) = server() else { return };
    let shim = Shim::builder()
        .source("echo", Source::backend(Echo))
        .deadline(LONG)
        .build();
    let serving = Serving::of(&shim.expect("builds")).source("echo", WORLD);
    let _server = serving.nats(servers(&server)).expect("serves");
    let client = client(&server);
    let mut headers = HeaderMap::new();
    headers.insert("First-Class-Function", "test:values/packed@0.1.0#echo-two");
    let both = (everything(), vec(everything(), 0..3));
    let result = TestRunner::new(Config::with_cases(100)).run(&both, |(first, others)| {
        let others: Vec<_> = others.into_iter().map(|(theirs, _)| theirs).collect();
        let values: Two = (first.0, others);
        let shown = format!("{values:?}");
        let packed = pack(values).into();
        let asked = client.request_with_headers("first-class.call.echo", headers.clone(), packed);
        let reply = RUNTIME.block_on(asked).expect("is answered");
        assert_eq!(reply.headers, None);
        let came: Two = unpack(&reply.payload);
        assert_eq!(format!("{came:?}"), shown);
        Ok(())
    });
    result.expect("all came back");
}
