//! Loads of sources behind a backend, and the lives of their sessions.

use crate::custom::{Office, OfficeInstance, office};
use crate::{LONG, host};
use first_class::error::Dead;
use first_class::{CallError, LoadError};
use first_class_host::backends::{BackendError, OpenError};
use first_class_host::{Restart, Shim, Source};
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::thread;
use std::time::Duration;

first_class::first_class_world!({ world: "shop", path: "wit/shop" });
first_class::first_class_world!({ world: "accumulator", path: "wit/accumulator" });

#[test]
fn a_session_lives_as_long_as_its_handle() {
    let office = Office::default();
    let shim = host(&office, |source| source);
    let first = OfficeInstance::load("office").expect("loads");
    let second = OfficeInstance::load("office").expect("loads");
    assert_eq!((first.add(1), second.add(1)), (Ok(1), Ok(1)));
    assert_eq!((office.open(), shim.snapshot().instances), (2, 2));
    drop(second);
    assert_eq!((office.open(), shim.snapshot().instances), (1, 1));
    first.respawn().expect("opens another");
    assert_eq!(first.add(5), Ok(5));
    assert_eq!(office.open(), 1);
    drop(first);
    assert_eq!((office.open(), shim.snapshot().instances), (0, 0));
}

#[test]
fn what_cannot_be_carried_is_named_at_load_and_not_available() {
    host(&Office::default(), |source| source);
    let misfits = match shop::ShopInstance::load("office") {
        Err(LoadError::Incompatible { differences, .. }) => differences,
        other => panic!("{:?}", other.map(drop)),
    };
    for expected in [
        "`test:shop/carts@0.1.0#cart`: a resource cannot be carried",
        "`test:shop/carts@0.1.0#[method]cart.add`: a resource cannot be carried",
        "`test:shop/shop@0.1.0`: it is no office",
    ] {
        assert!(misfits.iter().any(|it| it == expected), "{misfits:?}");
    }
    let available = |listed: Result<Vec<String>, LoadError>| listed.expect("is a world");
    assert!(available(shop::ShopInstance::available()).is_empty());
    assert!(available(accumulator::AccumulatorInstance::available()).is_empty());
    assert_eq!(available(OfficeInstance::available()), ["office"]);
}

#[test]
fn what_is_optional_may_be_missing() {
    host(&Office::default(), |source| source);
    let instance = OfficeInstance::load("office").expect("loads");
    assert!(!instance.supports_stamp());
    assert!(matches!(instance.stamp(), Err(CallError::Unsupported(_))));
    host(&Office::with_stamps(), |source| source);
    let instance = OfficeInstance::load("office").expect("loads");
    assert!(instance.supports_stamp());
    assert_eq!(instance.stamp(), Ok(()));
}

#[test]
fn a_session_that_cannot_be_opened_says_why() {
    let office = Office::default();
    host(&office, |source| source);
    office.close(Some(OpenError::Unavailable("nobody is there".into())));
    let error = OfficeInstance::load("office").map(drop);
    let unavailable = LoadError::Unavailable {
        source: "office".into(),
        message: "nobody is there".into(),
    };
    assert_eq!(error, Err(unavailable));
    office.close(Some(OpenError::Failed("no key fits".into())));
    let error = OfficeInstance::load("office").map(drop);
    assert!(
        matches!(error, Err(LoadError::Instantiate { .. })),
        "{error:?}"
    );
    office.close(None);
    assert!(OfficeInstance::load("office").is_ok());
}

fn ended() -> BackendError {
    BackendError::Ended {
        message: "it went home".into(),
    }
}

#[test]
fn a_session_that_ended_is_dead() {
    let office = Office::default();
    let shim = host(&office, |source| source);
    let instance = OfficeInstance::load("office").expect("loads");
    assert_eq!(instance.add(1), Ok(1));
    office.answer([ended()]);
    let dead = CallError::from(Dead {
        source: "office".into(),
        message: "it went home".into(),
    });
    assert_eq!(instance.add(1), Err(dead.clone()));
    assert!(!instance.is_alive());
    assert_eq!(instance.add(1), Err(dead));
    assert_eq!(shim.snapshot().deaths, 1);
    instance.respawn().expect("opens another");
    assert!(instance.is_alive());
    assert_eq!(instance.add(1), Ok(1));
}

#[test]
fn a_session_that_ended_is_opened_again_if_its_source_says_so() {
    let office = Office::default();
    host(&office, |source| source.restart(Restart::OnNextCall));
    let instance = OfficeInstance::load("office").expect("loads");
    assert_eq!(instance.add(1), Ok(1));
    office.answer([ended()]);
    assert!(matches!(instance.add(1), Err(CallError::Dead(_))));
    assert!(instance.is_alive());
    assert_eq!(instance.add(2), Ok(2));
    assert_eq!(office.open(), 1);
}

/// When it ended nobody knows, so the pause begins when it was opened.
#[test]
fn sessions_that_end_without_a_call_are_not_opened_more_often_than_the_pause_says() {
    let office = Office::default();
    let within = |pause| {
        let (first, longest) = (pause, pause);
        host(&office, |source| {
            source.restart(Restart::BackOff { first, longest })
        });
        let instance = OfficeInstance::load("office").expect("loads");
        assert_eq!(instance.add(1), Ok(1));
        instance
    };
    let short = Duration::from_millis(20);
    let instance = within(short);
    thread::sleep(short);
    office.end();
    assert_eq!(instance.add(2), Ok(2));

    let instance = within(LONG);
    office.end();
    let error = instance.add(2).expect_err("waits");
    assert!(error.to_string().contains("it starts again in"), "{error}");
}

/// With as many deaths in a row the pause would be minutes.
#[test]
fn a_started_call_that_succeeds_ends_a_row_of_deaths() {
    const DEATHS: usize = 20;
    let office = Office::default();
    let first = Duration::from_millis(1);
    let longest = Duration::from_secs(3600);
    host(&office, |source| {
        source.restart(Restart::BackOff { first, longest })
    });
    let instance = OfficeInstance::load("office").expect("loads");
    for _ in 0..DEATHS {
        let call = instance.start().add(1).expect("starts");
        assert_eq!(call.wait(), Ok(1));
        office.answer([ended()]);
        assert!(matches!(instance.add(1), Err(CallError::Dead(_))));
        thread::sleep(first);
    }
}

/// What is made for a name counts among those that live, also if nobody waits for it any more.
#[test]
fn a_load_that_is_given_up_takes_nobodys_place() {
    let office = Office::default();
    let source = Source::backend(office.clone()).most(2);
    let builder = Shim::builder().source("office/*", source).deadline(LONG);
    let shim = builder.build().expect("builds");
    first_class_native::host_with(&shim);
    let live = OfficeInstance::load("office/live").expect("loads");
    assert_eq!(live.add(5), Ok(5));

    office.ignore(true);
    let mut caller = shim.caller();
    {
        let mut load = pin!(caller.load_async("office/a", office::WORLD));
        let asked = poll_fn(|context| match load.as_mut().poll(context) {
            Poll::Ready(result) => panic!("{result:?}"),
            Poll::Pending if office.unheard() == 1 => Poll::Ready(()),
            Poll::Pending => Poll::Pending,
        });
        pollster::block_on(asked);
    }
    office.ignore(false);
    let other = OfficeInstance::load("office/b").expect("loads");
    assert_eq!(other.add(1), Ok(1));
    assert_eq!(live.add(1), Ok(6));
    assert_eq!(shim.snapshot().evictions, 0);
}
