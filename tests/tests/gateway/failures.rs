//! Plugins that fail, and what else is not there. Each request gets an answer, and the next one is served.

use crate::client::Served;
use hyper::StatusCode;
use std::fs;
use std::net::TcpListener;

#[tokio::test]
async fn a_plugin_that_traps_costs_its_own_request() {
    let served = Served::start().await;
    served.replace("response-filter", "mayfly");
    let died = served.get("/v1/item/7").await;
    assert_eq!(died.status, StatusCode::SERVICE_UNAVAILABLE);
    let why = "`response-filter` trapped in `filter`: wasm trap";
    assert!(died.body.starts_with(why), "{}", died.body);
    assert_eq!(served.get("/v1/item/8").await.status, StatusCode::OK);
    assert_eq!(served.gateway.shim().snapshot().deaths, 1);
}

#[tokio::test]
async fn a_plugin_that_dies_under_load_costs_its_own_requests_and_no_answer() {
    let served = Served::start().await;
    served.replace("response-filter", "mayfly");
    let tally = served.load(200).send().await;
    assert_eq!(tally.unanswered, 0);
    let answers: Vec<_> = tally.answers.into_iter().collect();
    assert_eq!(answers, [(200, 180), (503, 20)]);
    assert_eq!(served.gateway.shim().snapshot().deaths, 20);
}

#[tokio::test]
async fn without_a_plugin_nobody_is_let_through() {
    let served = Served::start().await;
    for point in ["authenticator", "limiter", "rewriter", "response-filter"] {
        let file = served.folder.plugin(point);
        let bytes = fs::read(&file).expect("is read");
        fs::remove_file(&file).expect("is removed");
        served.gateway.replaced(&file);
        let answered = served.get("/v1/a").await;
        assert_eq!(answered.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(answered.body.contains(point), "{}", answered.body);
        fs::write(&file, bytes).expect("is written");
        assert_eq!(served.get("/v1/a").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_plugin_of_another_world_is_refused_with_the_reason() {
    let served = Served::start().await;
    served.replace("authenticator", "redact");
    let answered = served.get("/v1/a").await;
    assert_eq!(answered.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answered.body.contains("authenticate"), "{}", answered.body);
}

#[tokio::test]
async fn an_upstream_that_is_not_there_is_a_bad_gateway() {
    // Of a port that is free, at an address where no other test looks for one.
    let host = if cfg!(target_os = "linux") {
        "127.0.0.2:0"
    } else {
        "127.0.0.1:0"
    };
    let listener = TcpListener::bind(host).expect("is free");
    let nobody = listener.local_addr().expect("has one");
    drop(listener);
    let served = Served::before(nobody, "", "").await;
    let answered = served.get("/v1/a").await;
    assert_eq!(answered.status, StatusCode::BAD_GATEWAY);
}
