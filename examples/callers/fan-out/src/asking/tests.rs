//! Asking real carriers, natively: the same handles as in the component, over a shim in this process.

use super::*;
use first_class_host::{Limits, Shim};
use std::path::Path;

/// Where `cargo xtask build-examples` leaves components.
const COMPONENTS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../target/wasm32-wasip2/guest"
);

/// Long enough for everybody who answers at all.
const LONG: Duration = Duration::from_secs(30);

/// Shorter than the tide takes, which a machine that is busy need not notice.
const SHORT: Duration = Duration::from_millis(50);

fn carriers(names: &[&str]) -> Vec<Carrier> {
    let shim = names.iter().fold(Shim::builder(), |shim, name| {
        let path = Path::new(COMPONENTS).join(name).with_extension("wasm");
        shim.file(*name, path)
    });
    let shim = shim.limits(Limits::default().deadline(LONG)).build();
    first_class_native::host_with(&shim.expect("`cargo xtask test` builds the carriers"));
    Carrier::load_all(CarrierInstance::available().expect("the world is sound"))
}

fn inquiry(deadline: Duration) -> Inquiry {
    Inquiry {
        deadline,
        ..Inquiry::default()
    }
}

fn answers(round: &Round) -> Vec<(&str, &Answer)> {
    let answers = round.answers.iter();
    answers
        .map(|it| (it.carrier.as_str(), &it.answer))
        .collect()
}

const FERRY: Answer = Answer::Quote(Quote {
    cents: 670,
    days: 9,
});
const PIGEON: Answer = Answer::Refusal(Refusal::TooHeavy(75));
const POST: Answer = Answer::Quote(Quote {
    cents: 1_150,
    days: 4,
});

#[test]
fn who_is_late_costs_only_its_own_quote() {
    let carriers = carriers(&["ferry", "zeppelin"]);
    let round = at_once(&carriers, &inquiry(SHORT));
    let [("ferry", ferry), zeppelin] = answers(&round)[..] else {
        panic!("{:?}", round.answers);
    };
    assert!([&Answer::Late, &FERRY].contains(&ferry), "{ferry:?}");
    assert_eq!(zeppelin, ("zeppelin", &Answer::Late));
    assert!(round.took >= SHORT && round.took < LONG, "{:?}", round.took);
}

#[test]
fn with_time_enough_all_answer_who_can() {
    let carriers = carriers(&["ferry", "pigeon", "post", "rocket"]);
    let round = at_once(&carriers, &inquiry(LONG));
    let [ferry, pigeon, post, rocket] = answers(&round)[..] else {
        panic!("{:?}", round.answers);
    };
    let expected = [("ferry", &FERRY), ("pigeon", &PIGEON), ("post", &POST)];
    assert_eq!([ferry, pigeon, post], expected);
    assert!(
        matches!(rocket, ("rocket", Answer::Failed(why)) if why.contains("trapped")),
        "{rocket:?}"
    );
}

#[test]
fn who_was_given_up_or_trapped_is_asked_again() {
    let carriers = carriers(&["ferry", "rocket"]);
    let late = at_once(&carriers, &inquiry(SHORT));
    let ferry = answers(&late)[0].1;
    assert!([&Answer::Late, &FERRY].contains(&ferry), "{ferry:?}");
    let round = in_turn(&carriers, &inquiry(LONG));
    assert_eq!(answers(&round)[0], ("ferry", &FERRY));
    let again = answers(&round)[1].1;
    assert!(
        matches!(again, Answer::Failed(why) if why.contains("trapped")),
        "{again:?}"
    );
}

#[test]
fn who_cannot_be_loaded_is_named() {
    let mut carriers = carriers(&["post"]);
    carriers.push(Carrier::load("gone".into()));
    for round in [at_once, in_turn].map(|ask| ask(&carriers, &inquiry(LONG))) {
        let names: Vec<_> = answers(&round).iter().map(|(name, _)| *name).collect();
        assert!(names.contains(&"gone") && names.contains(&"post"));
        let why = Answer::Failed("there is no source `gone` that this guest may load".into());
        assert!(
            answers(&round).contains(&("gone", &why)),
            "{:?}",
            round.answers
        );
    }
}
