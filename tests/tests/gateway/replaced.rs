//! Plugins that are replaced while requests come.

use crate::client::Served;
use first_class_tests::foreign;
use hyper::StatusCode;
use std::time::{Duration, Instant};

#[tokio::test]
async fn the_next_request_meets_the_new_plugin() {
    let served = Served::start().await;
    for (package, stamped) in [("stamp", true), ("redact", false)] {
        served.replace("response-filter", package);
        let answered = served.get("/v1/a").await;
        assert_eq!(answered.status, StatusCode::OK);
        let headers = answered.headers;
        assert_eq!(headers.contains_key("x-filtered-by"), stamped);
        assert_eq!(headers.contains_key("x-internal-host"), stamped);
    }
}

#[tokio::test]
async fn no_request_is_lost_while_plugins_are_replaced() {
    let served = Served::start().await;
    let load = served.load(300);
    let mut load = std::pin::pin!(load.send());
    let mut count = 0;
    let tally = loop {
        tokio::select! {
            tally = &mut load => break tally,
            () = tokio::time::sleep(Duration::from_millis(20)) => {
                count += 1;
                let package = if count % 2 == 1 { "stamp" } else { "redact" };
                served.replace("response-filter", package);
                // The one that is shared starts anew.
                served.replace("limiter", "allowance");
            }
        }
    };
    assert!(count > 1, "it was replaced {count} times");
    assert_eq!(tally.unanswered, 0);
    let answers: Vec<_> = tally.answers.into_iter().collect();
    assert_eq!(answers, [(200, 300)]);
}

/// While an interpreter is compiled, requests get a 5xx. What is compiled is kept.
#[tokio::test]
async fn a_plugin_in_another_language_takes_the_place_of_one_in_rust() {
    let Some(path) = foreign("redact-js") else {
        return;
    };
    let cache = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/wasmtime-cache");
    let cache = format!("cache = \"{cache}\"");
    let served = Served::edited("cache = \"cache\"", &cache).await;
    served.replace("response-filter", "stamp");
    let internal = "x-internal-host";
    let stamped = served.get("/v1/a").await;
    assert!(stamped.headers.contains_key(internal));

    let file = served.folder.plugin("response-filter");
    std::fs::copy(path, file).expect("is replaced");
    let end = Instant::now() + Duration::from_secs(600);
    let answered = loop {
        let answered = served.get("/v1/a").await;
        if answered.status == StatusCode::OK {
            break answered;
        }
        assert!(answered.status.is_server_error(), "{answered:?}");
        assert!(Instant::now() < end, "{answered:?}");
    };
    assert!(!answered.headers.contains_key(internal));
    assert!(!answered.headers.contains_key("x-filtered-by"));
}
