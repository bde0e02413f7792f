//! A component of `wasi:http` that calls no plugin: it answers, or computes for ever in place of that, or in
//! the midst of it.

use std::io::Write;
use wasip2::http::types::{
    Fields, IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam,
};

mod component {
    //! What makes a component of it.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Handler;

    wasip2::http::proxy::export!(Handler);
}

struct Handler;

impl wasip2::exports::http::incoming_handler::Guest for Handler {
    fn handle(incoming: IncomingRequest, out: ResponseOutparam) {
        let path = incoming.path_with_query().unwrap_or_default();
        if path == "/spin" {
            spin();
        }
        let headers = Fields::new();
        if path == "/spin-later" {
            let more = b"10".to_vec();
            headers.set("content-length", &[more]).expect("is allowed");
        }
        let response = OutgoingResponse::new(headers);
        let body = response.body().expect("was not taken");
        ResponseOutparam::set(out, Ok(response));
        write(&body);
        if path == "/spin-later" {
            spin();
        }
        OutgoingBody::finish(body, None).expect("has no length to keep to");
    }
}

fn write(body: &OutgoingBody) {
    let mut stream = body.write().expect("was not taken");
    stream.write_all(b"here\n").expect("somebody reads it");
    Write::flush(&mut stream).expect("somebody reads it");
}

fn spin() -> ! {
    loop {
        std::hint::spin_loop();
    }
}
