//! A shopper who fills two carts, one of which the whole family shares, and pays for the other.
//!
//! The shopper holds carts as values, by the names that the host lets it see. The till is a plugin
//! too; it is told the names of the carts, and loads them itself.

mod goods;
mod report;
mod request;
mod shop;

use first_class::{CallError, LoadError};
use request::{FAMILY, Request, UsageError};
use shop::{Cart, ShopError};
use std::env;
use std::io::{self, Write};
use std::process::ExitCode;

first_class::first_class_world!({ world: "cart", path: "../../wit/carts" });
first_class::first_class_world!({ world: "till", path: "../../wit/carts" });

/// Whose cart a shopper looks for: the first who is somebody else.
const OTHERS: [&str; 2] = ["bob", "alice"];

/// Why a shopper goes home without the goods.
#[derive(Debug, thiserror::Error)]
enum Fatal {
    #[error("{0}\n{usage}", usage = request::USAGE)]
    Usage(#[from] UsageError),
    #[error(transparent)]
    Shop(#[from] ShopError),
    #[error("the host lets `{shopper}` use `cart/{other}`, which is none of their business")]
    Visible { shopper: String, other: String },
    #[error("`cart/{other}` is hidden, but not as one that is not there: {error}")]
    Hidden { other: String, error: LoadError },
    #[error("there is no till: {0}")]
    NoTill(#[source] LoadError),
    #[error("the till broke: {0}")]
    BrokenTill(#[source] CallError),
    #[error("the till does not take the carts: {0}")]
    Unpaid(String),
    #[error("cannot write: {0}")]
    Output(#[from] io::Error),
}

fn main() -> ExitCode {
    match run(&mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fatal) => {
            eprintln!("carts: {fatal}");
            ExitCode::FAILURE
        }
    }
}

fn run(out: &mut impl Write) -> Result<(), Fatal> {
    let (shopper, goods) = match Request::parse(env::args().skip(1))? {
        Request::Help => return Ok(writeln!(out, "{}", request::USAGE)?),
        Request::Family => {
            Cart::of(FAMILY).map_err(ShopError::from)?.show(out)?;
            return pay(out, FAMILY);
        }
        Request::Shop { shopper, goods } => (shopper, goods),
    };
    let own = Cart::of(&shopper).map_err(ShopError::from)?;
    shop::fill(out, &own, &goods)?;
    look_for_another(out, &shopper)?;
    pay(out, &shopper)
}

/// Tries to use the cart of another shopper, which the host does not let this one see.
fn look_for_another(out: &mut impl Write, shopper: &str) -> Result<(), Fatal> {
    let other = OTHERS.into_iter().find(|other| *other != shopper);
    let other = other.unwrap_or_default().to_owned();
    match Cart::of(&other) {
        Err(error @ LoadError::NotFound { .. }) => Ok(writeln!(
            out,
            "`cart/{other}` is not for {shopper}: {error}"
        )?),
        Err(error) => Err(Fatal::Hidden { other, error }),
        Ok(_) => Err(Fatal::Visible {
            shopper: shopper.into(),
            other,
        }),
    }
}

/// Has the till take what is in the cart of a shopper.
fn pay(out: &mut impl Write, shopper: &str) -> Result<(), Fatal> {
    let till = TillInstance::load("till").map_err(Fatal::NoTill)?;
    let receipt = till
        .checkout(&[shopper.to_owned()])
        .map_err(Fatal::BrokenTill)?;
    Ok(report::receipt(out, &receipt.map_err(Fatal::Unpaid)?)?)
}
