//! What the gateway and its plugins make of requests and responses.

use crate::client::{Served, with_token};
use hyper::StatusCode;
use hyper::header::{HeaderName, HeaderValue};

#[tokio::test]
async fn a_request_goes_through_all_plugins_and_back() {
    let served = Served::start().await;
    let answered = served
        .send(with_token("POST", "/v1/a/b?c=d", "texts"))
        .await;
    assert_eq!(answered.status, StatusCode::OK);
    // The rewriter has taken out the version and the secret, and put in the client's name.
    let said = "POST /a/b?c=d 5 bytes, client bob, secret false\n";
    assert_eq!(answered.body, said);
    // The filter has taken out what is internal.
    assert!(answered.headers.get("x-internal-host").is_none());
    let snapshot = served.gateway.shim().snapshot();
    assert_eq!((snapshot.deaths, snapshot.instances), (0, 1), "the limiter");
}

#[tokio::test]
async fn who_is_not_known_gets_no_further() {
    let served = Served::start().await;
    let mut request = with_token("GET", "/v1/a", "");
    request.headers_mut().remove("authorization");
    let answered = served.send(request).await;
    assert_eq!(answered.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answered.body, "who are you? there is no `authorization`\n");
    assert_eq!(answered.headers["www-authenticate"], "Bearer");
}

#[tokio::test]
async fn nobody_says_himself_who_he_is() {
    let served = Served::start().await;
    let mut request = with_token("GET", "/a", "");
    let client = HeaderName::from_static("x-client");
    request
        .headers_mut()
        .insert(client, HeaderValue::from_static("alice"));
    let answered = served.send(request).await;
    assert_eq!(answered.body, "GET /a 0 bytes, client bob, secret false\n");
}

#[tokio::test]
async fn all_requests_are_counted_by_one_instance() {
    let served = Served::edited("1000000", "3").await;
    let mut allowed = 0;
    for _ in 0..40 {
        let answered = served.get("/v1/a").await;
        match answered.status {
            StatusCode::OK => allowed += 1,
            status => {
                assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
                assert_eq!(answered.headers["retry-after"], "1");
                return;
            }
        }
    }
    panic!("{allowed} requests were allowed");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let served = Served::start().await;
    let body = "x".repeat((1 << 20) + 1);
    let answered = served.send(with_token("POST", "/v1/a", &body)).await;
    assert_eq!(answered.status, StatusCode::PAYLOAD_TOO_LARGE);
}
