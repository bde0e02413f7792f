//! NATS's own client, which calls instances that are shared by name and sees which of them has answered.

use crate::chains::{Added, value};
use crate::peers::{RUNTIME, header};
use crate::shims::now;
use async_nats::{Client, HeaderMap, Message};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long to wait for an answer.
const PATIENCE: Duration = Duration::from_millis(500);

/// A result, and of which instance of a name.
pub(crate) struct Seen {
    pub(crate) name: usize,
    instance: String,
    pub(crate) added: Added,
}

/// What a client has seen.
#[derive(Default)]
pub(crate) struct Sight {
    pub(crate) seen: Vec<Seen>,
    /// The names of calls that have no result, and may have been executed.
    pub(crate) unknown: Vec<usize>,
}

/// Calls `add` of the names in turn until it is told to stop.
pub(crate) fn observe(url: &str, names: usize, is_over: &AtomicBool) -> Sight {
    let client = RUNTIME
        .block_on(async_nats::connect(url))
        .expect("connects");
    let mut sight = Sight::default();
    let mut routes = vec![None; names];
    for name in (0..names).cycle() {
        if is_over.load(Ordering::Relaxed) {
            break;
        }
        let route = &mut routes[name];
        match route.take() {
            None => *route = RUNTIME.block_on(held(&client, name)),
            Some(subject) => match RUNTIME.block_on(call(&client, name, &subject)) {
                Ok(seen) => {
                    sight.seen.push(seen);
                    *route = Some(subject);
                }
                Err(may_have_run) => sight.unknown.extend(may_have_run.then_some(name)),
            },
        }
    }
    sight
}

/// Where calls of a name go.
async fn held(client: &Client, name: usize) -> Option<String> {
    let request = async_nats::Request::new().timeout(Some(PATIENCE));
    let held = client.send_request(format!("first-class.hold.sums.{name}"), request);
    let held = held.await.ok()?;
    header(&held, "First-Class-Subject").map(str::to_owned)
}

/// Calls; or whether the call may have been executed, if it has no result.
async fn call(client: &Client, name: usize, subject: &str) -> Result<Seen, bool> {
    let mut headers = HeaderMap::new();
    headers.insert("First-Class-Function", "add");
    let (value, began) = (value(), now());
    let request = async_nats::Request::new()
        .headers(headers)
        .payload(packed(value).into());
    let request = request.timeout(Some(PATIENCE));
    let reply = client.send_request(subject.to_owned(), request).await;
    let reply: Message = reply.map_err(|_| true)?;
    if let Some(code) = header(&reply, "Nats-Service-Error-Code") {
        // That it holds the name no more.
        return Err(code != "36");
    }
    let instance = header(&reply, "First-Class-Instance").expect("says so");
    Ok(Seen {
        name,
        instance: instance.into(),
        added: Added {
            value,
            sum: unpacked(&reply.payload),
            began,
            ended: now(),
        },
    })
}

/// A number as NATS's peers pack it: seven bits to a byte, of which the last says that it is not negative.
fn packed(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x40 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

fn unpacked(bytes: &[u8]) -> u64 {
    let bytes = bytes.iter().rev();
    bytes.fold(0, |number, byte| number << 7 | u64::from(byte & 0x7f))
}

/// Each instance has counted on, and none has answered both before and after another of its name; how
/// many there were.
pub(crate) fn check(seen: &[&Seen]) -> usize {
    let mut instances: HashMap<(usize, &str), Vec<&Seen>> = HashMap::new();
    for one in seen {
        instances
            .entry((one.name, &*one.instance))
            .or_default()
            .push(*one);
    }
    for results in instances.values() {
        for before in results {
            let mut after = results
                .iter()
                .filter(|after| before.added.ended < after.added.began);
            assert!(
                after.all(|after| before.added.sum < after.added.sum),
                "it counts no further"
            );
        }
    }
    for ((name, instance), results) in &instances {
        let first = results
            .iter()
            .map(|it| it.added.ended)
            .min()
            .expect("is one");
        let last = results
            .iter()
            .map(|it| it.added.began)
            .max()
            .expect("is one");
        let others = seen
            .iter()
            .filter(|it| it.name == *name && it.instance != *instance);
        for other in others {
            let is_between = first < other.added.began && other.added.ended < last;
            assert!(
                !is_between,
                "{} answers while {instance} lives",
                other.instance
            );
        }
    }
    instances.len()
}
