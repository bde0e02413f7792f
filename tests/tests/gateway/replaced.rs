//! Plugins that are replaced while requests come.

use crate::client::Served;
use hyper::StatusCode;
use std::time::Duration;

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
