//! Authenticator `tokens`: knows clients by the tokens that they bear.

use bindings::{Guest, Request};

mod bindings {
    //! What `wit-bindgen` makes of the world `authenticator`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Tokens;

    wit_bindgen::generate!({ world: "authenticator", path: "../../wit/gateway" });
    export!(Tokens);
}

/// The clients and their tokens, which for an example may stand here.
const CLIENTS: [(&str, &str); 2] = [("alice", "wonderland"), ("bob", "builder")];

struct Tokens;

impl Guest for Tokens {
    fn authenticate(request: Request) -> Result<String, String> {
        let mut headers = request.headers.iter();
        let header = headers.find(|header| header.name == "authorization");
        let value = header.ok_or("there is no `authorization`")?;
        let token = value.value.strip_prefix(b"Bearer ");
        let token = token.ok_or("`authorization` is no bearer token")?;
        let mut clients = CLIENTS.iter();
        let client = clients.find(|(_, known)| known.as_bytes() == token);
        let (name, _) = client.ok_or("nobody has this token")?;
        Ok((*name).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bindings::Header;

    fn authenticate(headers: &[(&str, &str)]) -> Result<String, String> {
        let headers = headers.iter().map(|(name, value)| Header {
            name: (*name).into(),
            value: (*value).into(),
        });
        Tokens::authenticate(Request {
            method: "GET".into(),
            path: "/".into(),
            headers: headers.collect(),
        })
    }

    #[test]
    fn knows_clients() {
        let good = [("accept", "*/*"), ("authorization", "Bearer builder")];
        assert_eq!(authenticate(&good), Ok("bob".into()));
        for value in ["Bearer ", "Bearer builder ", "builder", "Basic builder"] {
            assert!(authenticate(&[("authorization", value)]).is_err());
        }
        assert!(authenticate(&[]).is_err());
    }
}
