//! Gateways that compute for ever. Each request has an end, and others are served meanwhile.

use crate::client::{Served, with_token};
use futures::future::join_all;
use http_body_util::BodyExt;
use hyper::StatusCode;
use std::time::{Duration, Instant};

/// Long enough for whatever has an answer, on a busy machine too.
const DEADLINE: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_computes_for_ever_is_answered_at_its_deadline() {
    let served = Served::of("test-handler", DEADLINE).await;
    let start = Instant::now();
    // More than there are threads.
    let late = (0..6).map(|_| served.get("/spin"));
    let others = async {
        for _ in 0..2 {
            assert_eq!(served.get("/").await.body, "here\n");
        }
        start.elapsed()
    };
    let (late, others) = tokio::join!(join_all(late), others);
    assert!(start.elapsed() >= DEADLINE);
    assert!(others < DEADLINE, "others waited for {others:?}");
    for answered in late {
        assert_eq!(answered.status, StatusCode::GATEWAY_TIMEOUT);
        assert_eq!(answered.body, "the gateway takes too long\n");
    }
    assert_eq!(served.get("/").await.status, StatusCode::OK);
}

#[tokio::test]
async fn one_that_computes_for_ever_after_its_headers_is_broken_off() {
    let served = Served::of("test-handler", DEADLINE / 2).await;
    let request = with_token("GET", "/spin-later", "");
    let response = served.begin(request).await;
    assert_eq!(response.status(), StatusCode::OK);
    let body = response.into_body().collect();
    let body = tokio::time::timeout(Duration::from_secs(60), body).await;
    let whole = body.expect("ends");
    assert!(whole.is_err(), "it was said to be whole");
    assert_eq!(served.get("/").await.body, "here\n");
}
