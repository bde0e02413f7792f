//! Response filter `stamp`: says that it was there, and takes nothing out.

use bindings::{Guest, Header, Request, Response};

mod bindings {
    //! What `wit-bindgen` makes of the world `response-filter`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Stamp;

    wit_bindgen::generate!({ world: "response-filter", path: "../../wit/gateway" });
    export!(Stamp);
}

struct Stamp;

impl Guest for Stamp {
    fn filter(_: Request, mut response: Response) -> Response {
        response.headers.push(Header {
            name: "x-filtered-by".into(),
            value: "stamp".into(),
        });
        response
    }
}
