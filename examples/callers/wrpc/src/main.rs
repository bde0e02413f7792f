//! Asks carriers what they take for a parcel, whatever they are and wherever: `wrpc [GRAMS KILOMETRES]`.
//!
//! The same caller would ask plugins of its own machine: what the names stand for is the host's to say.

use first_class::CallError;
use std::env;
use std::error::Error;

first_class::first_class_world!({ world: "carrier", path: "../../wit/carriers" });

use carrier::{Parcel, Quote, Refusal};

fn main() -> Result<(), Box<dyn Error>> {
    let parcel = parcel(env::args().skip(1))?;
    println!("{} g over {} km", parcel.grams, parcel.kilometres);
    for name in CarrierInstance::available()? {
        let carrier = CarrierInstance::load(&name)?;
        println!("{name}: {}", answer(carrier.offer(parcel)));
    }
    Ok(())
}

/// The parcel of the command line.
fn parcel(mut arguments: impl Iterator<Item = String>) -> Result<Parcel, Box<dyn Error>> {
    let mut next = |what, usual: u32| match arguments.next() {
        None => Ok(usual),
        Some(text) => {
            let number = text.parse();
            number.map_err(|error| format!("`{text}` is no number of {what}: {error}"))
        }
    };
    Ok(Parcel {
        grams: next("grams", 1500)?,
        kilometres: next("kilometres", 40)?,
    })
}

fn answer(answer: Result<Result<Quote, Refusal>, CallError>) -> String {
    match answer {
        Ok(Ok(Quote { cents, days })) => format!("{cents} cents, in {days} days"),
        Ok(Err(Refusal::TooHeavy(most))) => format!("carries no more than {most} g"),
        Ok(Err(Refusal::TooFar(most))) => format!("goes no further than {most} km"),
        Err(CallError::Unavailable(_)) => "is not there".into(),
        Err(error) => format!("fails: {error}"),
    }
}
