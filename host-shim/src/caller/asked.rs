//! What instances in calls that were started ask their caller to serve.

use super::step::Callback;
use crate::instance::Told;
use crate::lock::lock;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::{Notify, oneshot};

/// What a caller may be waiting for.
#[derive(Default)]
pub(super) struct Events {
    asked: Mutex<Asked>,
    pub(super) changed: Notify,
    /// How many calls were started.
    started: AtomicU64,
}

/// What instances ask for.
#[derive(Default)]
struct Asked {
    waiting: VecDeque<(Callback, Answer)>,
    /// What the caller has been told, by the instance that asked.
    told: HashMap<u32, Answer>,
}

/// Where an answer goes.
struct Answer {
    sender: oneshot::Sender<Vec<u8>>,
    /// Whether the caller gave up the call that asks. Its future may be dropped much later, when its
    /// thread has time for that.
    given_up: Arc<AtomicBool>,
}

impl Answer {
    fn is_awaited(&self) -> bool {
        !self.given_up.load(Ordering::Relaxed) && !self.sender.is_closed()
    }
}

impl Events {
    /// Counts one more call that is started, and says how many there were before.
    pub(super) fn count_started(&self) -> u64 {
        self.started.fetch_add(1, Ordering::Relaxed)
    }

    /// The caller knows of the death of an instance, from the next call on that it starts.
    pub(super) fn tell_death(&self, told: Option<&Arc<Told>>) {
        let started = self.started.load(Ordering::Relaxed);
        told.inspect(|told| told.tell(started));
    }

    /// Asks the caller to serve an import; nothing if it gave that up. The flag says whether it gave
    /// up the call.
    pub(super) async fn ask(
        &self,
        callback: Callback,
        given_up: &Arc<AtomicBool>,
    ) -> Option<Vec<u8>> {
        let (sender, answered) = oneshot::channel();
        let given_up = given_up.clone();
        let answer = Answer { sender, given_up };
        lock(&self.asked).waiting.push_back((callback, answer));
        self.changed.notify_waiters();
        answered.await.ok()
    }

    /// Whether there is something to tell.
    pub(super) fn has_any(&self) -> bool {
        let asked = lock(&self.asked);
        asked.waiting.iter().any(|(_, answer)| answer.is_awaited())
    }

    /// Tells what is asked for next, but nothing of calls that were given up: another instance may
    /// have the number of theirs by now.
    pub(super) fn tell(&self) -> Option<Callback> {
        let mut asked = lock(&self.asked);
        loop {
            let (callback, answer) = asked.waiting.pop_front()?;
            if answer.is_awaited() {
                asked.told.insert(callback.instance, answer);
                return Some(callback);
            }
        }
    }

    /// Whether an instance waits for the answer to what was told.
    pub(super) fn awaits_answer(&self, instance: u32) -> bool {
        let asked = lock(&self.asked);
        asked.told.get(&instance).is_some_and(Answer::is_awaited)
    }

    /// Gives an answer; whether somebody waits for it.
    pub(super) fn answer(&self, instance: u32, result: Vec<u8>) -> bool {
        let told = lock(&self.asked).told.remove(&instance);
        let told = told.filter(Answer::is_awaited);
        told.is_some_and(|told| told.sender.send(result).is_ok())
    }

    /// Gives up what an instance asked for, and with it the call.
    pub(super) fn abandon(&self, instance: u32) {
        lock(&self.asked).told.remove(&instance);
    }
}

#[cfg(test)]
mod tests {
    use super::{Callback, Events};
    use std::pin::{Pin, pin};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::task::{Context, Waker};

    /// Asks for the function of an instance, and goes on to wait for the answer.
    fn ask(asking: Pin<&mut impl Future<Output = Option<Vec<u8>>>>) {
        let polled = asking.poll(&mut Context::from_waker(Waker::noop()));
        assert!(polled.is_pending(), "it waits for its answer");
    }

    fn callback(instance: u32) -> Callback {
        Callback {
            instance,
            function: 0,
            arguments: Vec::new(),
        }
    }

    /// The future of a call that was given up is dropped when its thread has time for that.
    #[test]
    fn what_a_call_asks_for_that_was_given_up_is_not_told() {
        let events = Events::default();
        let given_up = [(); 2].map(|()| Arc::<AtomicBool>::default());
        let mut first = pin!(events.ask(callback(1), &given_up[0]));
        let mut second = pin!(events.ask(callback(2), &given_up[1]));
        ask(first.as_mut());
        ask(second.as_mut());
        given_up[0].store(true, Ordering::Relaxed);
        assert!(events.has_any());
        assert_eq!(events.tell(), Some(callback(2)));
        assert!(!events.has_any());
        assert_eq!(events.tell(), None);

        assert!(events.awaits_answer(2) && !events.awaits_answer(1));
        given_up[1].store(true, Ordering::Relaxed);
        assert!(!events.awaits_answer(2));
        assert!(!events.answer(2, Vec::new()));
    }
}
