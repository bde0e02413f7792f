//! Rewriter `strip-prefix`: takes the version of the API out of paths, and the client's secret out of
//! the headers, in whose place it puts the client's name.

use bindings::{Guest, Header, Request};

mod bindings {
    //! What `wit-bindgen` makes of the world `rewriter`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::StripPrefix;

    wit_bindgen::generate!({ world: "rewriter", path: "../../wit/gateway" });
    export!(StripPrefix);
}

/// What paths of this API begin with.
const PREFIX: &str = "/v1/";

/// What the upstream is told about the client in; a client may not say it itself.
const CLIENT: &str = "x-client";

struct StripPrefix;

impl Guest for StripPrefix {
    fn rewrite(request: Request, client: String) -> Request {
        let path = match request.path.strip_prefix(PREFIX) {
            Some(rest) => format!("/{rest}"),
            None => request.path,
        };
        let mut headers = request.headers;
        headers.retain(|header| header.name != "authorization" && header.name != CLIENT);
        headers.push(Header {
            name: CLIENT.into(),
            value: client.into(),
        });
        Request {
            path,
            headers,
            ..request
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_passes_for_another() {
        let header = |name: &str, value: &str| Header {
            name: name.into(),
            value: value.into(),
        };
        let request = Request {
            method: "GET".into(),
            path: "/v1/a?b".into(),
            headers: vec![
                header("x-client", "alice"),
                header("authorization", "Bearer x"),
            ],
        };
        let rewritten = StripPrefix::rewrite(request, "bob".into());
        assert_eq!(rewritten.path, "/a?b");
        let headers: Vec<_> = rewritten.headers.iter().collect();
        let [Header { name, value }] = headers[..] else {
            panic!("{headers:?}")
        };
        assert_eq!((name.as_str(), &value[..]), ("x-client", &b"bob"[..]));
    }
}
