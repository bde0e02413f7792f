//! Has a fresh instance of `faulty` do each of the misdeeds that its arguments name, says what
//! came of it, and goes on. It ends while it holds all of the instances.

first_class::first_class_world!({ world: "faulty", path: "../../../wit/faulty" });

use first_class::CallError;
use std::fmt::Debug;

const AN_HOUR: u64 = 60 * 60;

fn main() {
    let neighbour = load();
    let mut culprits = Vec::new();
    for misdeed in std::env::args().skip(1) {
        let culprit = load();
        assert_eq!(culprit.double(4), Ok(8));
        println!("{misdeed}: {}", describe(&commit(&culprit, &misdeed)));

        let dead = culprit.double(4);
        println!("- then: {}", describe(&dead));
        assert_eq!(culprit.double(4), dead, "it stays dead");
        assert_eq!(neighbour.double(4), Ok(8), "nobody else is hurt");
        culprits.push(culprit);
    }
    std::mem::forget((neighbour, culprits));
}

fn load() -> FaultyInstance {
    FaultyInstance::load("faulty").expect("loads")
}

fn commit(culprit: &FaultyInstance, misdeed: &str) -> Result<(), CallError> {
    match misdeed {
        "panic" => culprit.panic(),
        "reach-unreachable" => culprit.reach_unreachable(),
        "overflow-stack" => culprit.overflow_stack(),
        "exhaust-memory" => culprit.exhaust_memory(),
        "end-process" => culprit.end_process(),
        "spin" => culprit.spin(),
        "wait-in-host" => culprit.wait_in_host(AN_HOUR),
        other => panic!("`{other}` is no misdeed"),
    }
}

/// The variant of an error, and what it says.
fn describe<T: Debug>(result: &Result<T, CallError>) -> String {
    match result {
        Ok(value) => format!("it returned {value:?}"),
        Err(error) => {
            let fields = format!("{error:?}");
            let variant = fields.split([' ', '(']).next().unwrap_or_default();
            format!("{variant}: {error}")
        }
    }
}
