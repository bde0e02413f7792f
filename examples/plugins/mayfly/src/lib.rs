//! Response filter `mayfly`: does nothing, and on one path in ten it does not even do that.

use bindings::{Guest, Request, Response};

mod bindings {
    //! What `wit-bindgen` makes of the world `response-filter`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Mayfly;

    wit_bindgen::generate!({ world: "response-filter", path: "../../wit/gateway" });
    export!(Mayfly);
}

struct Mayfly;

impl Guest for Mayfly {
    fn filter(request: Request, response: Response) -> Response {
        assert!(
            !request.path.ends_with('7'),
            "seven is more than it can bear"
        );
        response
    }
}
