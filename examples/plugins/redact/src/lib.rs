//! Response filter `redact`: takes out the headers that are internal.

use bindings::{Guest, Request, Response};

mod bindings {
    //! What `wit-bindgen` makes of the world `response-filter`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Redact;

    wit_bindgen::generate!({ world: "response-filter", path: "../../wit/gateway" });
    export!(Redact);
}

struct Redact;

impl Guest for Redact {
    fn filter(_: Request, mut response: Response) -> Response {
        response
            .headers
            .retain(|header| !header.name.starts_with("x-internal-"));
        response
    }
}
