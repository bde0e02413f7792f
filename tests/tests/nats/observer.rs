//! NATS's own client, which calls instances that are shared by name and sees which of them has answered.

use crate::peers::{RUNTIME, header};
use async_nats::{Client, HeaderMap};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long to wait for an answer.
const PATIENCE: Duration = Duration::from_millis(500);

/// A result: of which instance of a name, and between which times it came.
pub(crate) struct Seen {
    pub(crate) name: usize,
    instance: String,
    sum: u64,
    began: u128,
    ended: u128,
}

/// Calls `add` of the names in turn, with 1, until it is told to stop.
pub(crate) fn observe(url: &str, names: usize, is_over: &AtomicBool) -> Vec<Seen> {
    let client = RUNTIME
        .block_on(async_nats::connect(url))
        .expect("connects");
    let mut seen = Vec::new();
    let mut routes = vec![None; names];
    for name in (0..names).cycle() {
        if is_over.load(Ordering::Relaxed) {
            break;
        }
        seen.extend(RUNTIME.block_on(call(&client, name, &mut routes[name])));
    }
    seen
}

async fn call(client: &Client, name: usize, route: &mut Option<String>) -> Option<Seen> {
    let Some(subject) = route else {
        let request = async_nats::Request::new().timeout(Some(PATIENCE));
        let held = client.send_request(format!("first-class.hold.sums.{name}"), request);
        let held = held.await.ok()?;
        *route = header(&held, "First-Class-Subject").map(str::to_owned);
        return None;
    };
    let mut headers = HeaderMap::new();
    headers.insert("First-Class-Function", "add");
    let began = crate::shims::now();
    let request = async_nats::Request::new()
        .headers(headers)
        .payload([1].to_vec().into());
    let request = request.timeout(Some(PATIENCE));
    match client.send_request(subject.clone(), request).await {
        Ok(reply) if header(&reply, "Nats-Service-Error").is_none() => Some(Seen {
            name,
            instance: header(&reply, "First-Class-Instance")
                .expect("says so")
                .into(),
            sum: leb128(&reply.payload),
            began,
            ended: crate::shims::now(),
        }),
        _ => {
            *route = None;
            None
        }
    }
}

/// A signed number that is not negative.
fn leb128(bytes: &[u8]) -> u64 {
    let bytes = bytes.iter().rev();
    bytes.fold(0, |number, byte| number << 7 | u64::from(byte & 0x7f))
}

/// Each instance has counted on, and none has answered both before and after another of its name; how
/// many there were.
pub(crate) fn check(seen: &[Seen]) -> usize {
    let mut instances: HashMap<(usize, &str), Vec<&Seen>> = HashMap::new();
    for one in seen {
        instances
            .entry((one.name, &*one.instance))
            .or_default()
            .push(one);
    }
    for results in instances.values() {
        for before in results {
            let after = results.iter().filter(|after| before.ended < after.began);
            assert!(
                after.clone().all(|after| before.sum < after.sum),
                "it counts no further"
            );
        }
    }
    for ((name, instance), results) in &instances {
        let first = results.iter().map(|it| it.ended).min().expect("is one");
        let last = results.iter().map(|it| it.began).max().expect("is one");
        let others = seen
            .iter()
            .filter(|it| it.name == *name && it.instance != *instance);
        for other in others {
            let is_between = first < other.began && other.ended < last;
            assert!(
                !is_between,
                "{} answers while {instance} lives",
                other.instance
            );
        }
    }
    instances.len()
}
