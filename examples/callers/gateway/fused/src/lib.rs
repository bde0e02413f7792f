//! The gateway as it would be without handles: it imports what its plugins export, and is linked with
//! one of each before it runs. All but the extension points is the gateway's own code.

#[path = "../../src/answer.rs"]
mod answer;
mod extensions;
#[path = "../../src/messages.rs"]
mod messages;
#[path = "../../src/upstream.rs"]
mod upstream;
#[path = "../../src/way.rs"]
mod way;

use bindings::acme::gateway as response_filter;
use wasip2::http::types::{IncomingRequest, ResponseOutparam};

mod bindings {
    //! What `wit-bindgen` makes of the world `fused`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Gateway;

    wit_bindgen::generate!({ world: "fused", path: "../../../wit/gateway" });
    wasip2::http::proxy::export!(Gateway);
}

struct Gateway;

impl wasip2::exports::http::incoming_handler::Guest for Gateway {
    fn handle(incoming: IncomingRequest, out: ResponseOutparam) {
        way::handle(incoming, out);
    }
}
