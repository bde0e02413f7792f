//! Plugins in other languages, in the place of those in Rust.

use crate::client::{Answered, Served, with_token};
use first_class_tests::foreign;
use hyper::StatusCode;
use std::time::{Duration, Instant};

/// Puts a plugin in the place of another, and gives the gateway once it has answered with it. While an
/// interpreter is compiled, requests get a 5xx. What is compiled is kept.
async fn with(point: &str, plugin: &str) -> Option<Served> {
    let path = foreign(plugin)?;
    let served = Served::start().await;
    // Requests meet the one in Rust before.
    assert_eq!(served.get("/v1/a").await.status, StatusCode::OK);
    std::fs::copy(path, served.folder.plugin(point)).expect("is replaced");
    let end = Instant::now() + Duration::from_secs(600);
    loop {
        let answered = served.get("/v1/a").await;
        if answered.status == StatusCode::OK {
            return Some(served);
        }
        assert!(answered.status.is_server_error(), "{answered:?}");
        assert!(Instant::now() < end, "{answered:?}");
    }
}

/// A request with a body, and with a name that its client may not give itself.
async fn posted(served: &Served) -> Answered {
    let mut request = with_token("POST", "/v1/a/b?c=d", "texts");
    let name = "alice".parse().expect("is a header");
    request.headers_mut().insert("x-client", name);
    served.send(request).await
}

#[tokio::test]
async fn a_filter_in_javascript_takes_out_what_is_internal() {
    let Some(served) = with("response-filter", "redact-js").await else {
        return;
    };
    let answered = posted(&served).await;
    assert_eq!(answered.status, StatusCode::OK);
    assert!(!answered.headers.contains_key("x-internal-host"));
    assert_eq!(answered.body, said());
}

#[tokio::test]
async fn a_rewriter_in_python_rewrites_as_the_one_in_rust() {
    assert_eq!(posted(&Served::start().await).await.body, said());
    let Some(served) = with("rewriter", "strip-prefix-py").await else {
        return;
    };
    for _ in 0..10 {
        let answered = posted(&served).await;
        assert_eq!((answered.status, answered.body), (StatusCode::OK, said()));
    }
    assert_eq!(served.gateway.shim().snapshot().deaths, 0);
}

fn said() -> String {
    "POST /a/b?c=d 5 bytes, client bob, secret false\n".into()
}

#[tokio::test]
async fn a_rewriter_in_python_that_never_returns_ends_at_its_deadline() {
    let Some(served) = with("rewriter", "endless-py").await else {
        return;
    };
    let answered = served.get("/endless").await;
    assert_eq!(answered.status, StatusCode::SERVICE_UNAVAILABLE);
    let why = "`rewriter` did not finish `rewrite` within 10000 ms";
    assert!(answered.body.starts_with(why), "{}", answered.body);
    assert_eq!(served.get("/v1/a").await.status, StatusCode::OK);
    assert_eq!(served.gateway.shim().snapshot().deaths, 1);
}
