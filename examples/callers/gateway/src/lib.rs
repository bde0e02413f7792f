//! An HTTP gateway: a component of `wasi:http` that asks plugins who a client is, whether it may send
//! now, what to ask the upstream, and what of that to answer.
//!
//! What the plugins are its host says: they are loaded for each request, so a request meets those that
//! there are when it comes. No plugin may be left out. If one fails, the answer is a 503 that names it.

#![allow(unused_qualifications, reason = "`with` takes whole paths")]

mod answer;
mod extensions;
mod messages;
mod upstream;
mod way;

use wasip2::http::types::{IncomingRequest, ResponseOutparam};

first_class::first_class_world!({ world: "response-filter", path: "../../wit/gateway" });
first_class::first_class_world!({
    world: "authenticator",
    path: "../../wit/gateway",
    with: { "acme:gateway/types": crate::response_filter::types },
});
first_class::first_class_world!({
    world: "rewriter",
    path: "../../wit/gateway",
    with: { "acme:gateway/types": crate::response_filter::types },
});
first_class::first_class_world!({ world: "limiter", path: "../../wit/gateway" });

mod component {
    //! What makes a component of it.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Gateway;

    wasip2::http::proxy::export!(Gateway);
}

struct Gateway;

impl wasip2::exports::http::incoming_handler::Guest for Gateway {
    fn handle(incoming: IncomingRequest, out: ResponseOutparam) {
        way::handle(incoming, out);
    }
}
