//! A server over streamable HTTP.

use super::transport::Fault;
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::{
    StreamableHttpClientTransportConfig, StreamableHttpError,
};
use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt as _;
use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub(super) type Transport = StreamableHttpClientTransport<reqwest::Client>;

/// How long it may take to connect.
const CONNECTING: Duration = Duration::from_secs(10);

/// How many calls may wait for the head of their response at once.
const CALLS: usize = 64;

/// How much of a response with an error is kept, in bytes.
const ERROR_BYTES: usize = 4 << 10;

/// Where a server is.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) url: String,
    pub(super) headers: HashMap<HeaderName, HeaderValue>,
    pub(super) tls: Option<Arc<ClientConfig>>,
}

impl Place {
    pub(super) fn connect(&self, most: usize) -> Result<Transport, String> {
        let tls = match &self.tls {
            Some(tls) => ClientConfig::clone(tls),
            None => trusting_the_system().map_err(|error| format!("no TLS: {error}"))?,
        };
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .connect_timeout(CONNECTING)
            // What is sent is for this server alone.
            .redirect(Policy::none())
            .build()
            .map_err(|error| spelled(&error))?;
        let config = StreamableHttpClientTransportConfig::with_uri(self.url.as_str())
            .custom_headers(self.headers.clone())
            .max_concurrent_requests(CALLS)
            .max_sse_event_size(most)
            .max_json_response_size(most)
            .max_error_response_size(ERROR_BYTES);
        Ok(StreamableHttpClientTransport::with_client(client, config))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Who puts a password into a URL does not want to read it in a log.
        let without_query = self.url.split(['?', '#']).next().unwrap_or_default();
        match without_query.split_once("://") {
            Some((scheme, rest)) => {
                let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                let host = after_user(authority);
                write!(f, "{scheme}://{host}{path}")
            }
            None => f.write_str(after_user(without_query)),
        }
    }
}

/// What follows a user and a password, in which there may be an `@` as well.
fn after_user(authority: &str) -> &str {
    authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host)
}

fn trusting_the_system() -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions()?;
    Ok(builder.with_platform_verifier()?.with_no_client_auth())
}

/// What a failed request says of its call.
pub(super) fn fault(error: &StreamableHttpError<reqwest::Error>) -> Fault {
    use StreamableHttpError as E;
    match error {
        E::Client(error) if error.is_connect() || error.is_builder() => {
            Fault::Unreachable(spelled(error))
        }
        E::Client(error) => match error.status() {
            Some(status) => Fault::Refused(format!("HTTP {status}")),
            None => Fault::Lost(spelled(error)),
        },
        E::HttpStatus(error) => match error.status {
            // A gateway that does not know what became of it.
            502..=504 => Fault::Lost(error.to_string()),
            _ => Fault::Refused(error.to_string()),
        },
        E::AuthRequired(_) => Fault::Refused("HTTP 401: it asks for authorization".into()),
        E::InsufficientScope(_) => Fault::Refused("HTTP 403: it asks for more rights".into()),
        E::ResponseBodyTooLarge { .. } => Fault::TooLarge,
        E::ReservedHeaderConflict(_) | E::SessionExpired | E::ReinitializationFailed(_) => {
            Fault::Refused(error.to_string())
        }
        E::UnexpectedServerResponse(_) | E::UnexpectedContentType(_) | E::Deserialize(_) => {
            Fault::Malformed(error.to_string())
        }
        E::Sse(error) if spelled(error).contains("exceeded the maximum size") => Fault::TooLarge,
        error => Fault::Lost(spelled(error)),
    }
}

/// An error with what is behind it, and without the URL, which may have a secret in it.
fn spelled(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        source = error.source();
    }
    const URL: &str = " for url (";
    while let Some(start) = text.find(URL) {
        let end = text[start..]
            .find(')')
            .map_or(text.len(), |at| start + at + 1);
        text.replace_range(start..end, "");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::Place;
    use std::collections::HashMap;

    #[test]
    fn a_url_is_shown_without_secrets() {
        for (url, shown) in [
            ("https://h:1/mcp?key=s#s", "https://h:1/mcp"),
            ("https://me:pw@h:1/mcp", "https://h:1/mcp"),
            ("https://me:p@ss@h", "https://h"),
            ("https://h/@scope/mcp", "https://h/@scope/mcp"),
            ("https://me:p@ss@h/@scope", "https://h/@scope"),
            ("https:me:p@ss@h/mcp", "h/mcp"),
            ("h/mcp", "h/mcp"),
        ] {
            let place = Place {
                url: url.to_owned(),
                headers: HashMap::new(),
                tls: None,
            };
            assert_eq!(place.to_string(), shown);
        }
    }
}
