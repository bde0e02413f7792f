//! A shopper with two carts: one of their own, and the family's.

use crate::CartInstance;
use crate::cart::items::Refusal;
use crate::goods::Good;
use crate::report::{self, Money};
use crate::request::FAMILY;
use first_class::{CallError, LoadError};
use std::io::{self, Write};

/// Why shopping came to an end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ShopError {
    #[error("there is no cart to use: {0}")]
    NoCart(#[from] LoadError),
    #[error("a cart broke: {0}")]
    Broken(#[from] CallError),
    #[error("`{cart}` does not take `{item}`: {why}")]
    Refused {
        cart: String,
        item: String,
        why: String,
    },
    #[error("cannot write: {0}")]
    Output(#[from] io::Error),
}

/// A cart, and the source that it was loaded from.
pub(crate) struct Cart {
    source: String,
    instance: CartInstance,
}

impl Cart {
    pub(crate) fn of(name: &str) -> Result<Self, LoadError> {
        let source = format!("cart/{name}");
        let instance = CartInstance::load(&source)?;
        Ok(Cart { source, instance })
    }

    /// Puts so many of a good into it.
    fn add(&self, good: &Good, count: u32) -> Result<(), ShopError> {
        let items = self.instance.items();
        match items.add(&good.item, good.price_cents, count)? {
            Ok(_) => Ok(()),
            Err(refusal) => Err(ShopError::Refused {
                cart: self.source.clone(),
                item: good.item.clone(),
                why: explain(&refusal),
            }),
        }
    }

    /// Prints what is in it.
    pub(crate) fn show(&self, out: &mut impl Write) -> Result<(), ShopError> {
        let items = self.instance.items();
        writeln!(out, "{}:", self.source)?;
        for line in items.list()? {
            report::line(out, &line.item, line.price_cents, line.count)?;
        }
        writeln!(out, "  total: {}", Money(items.total()?))?;
        Ok(())
    }
}

fn explain(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NoName => "it has no name".into(),
        Refusal::None => "it would be none".into(),
        Refusal::OtherPrice(price) => {
            let price = Money((*price).into());
            format!("it is there at {price}, and has one price in a cart")
        }
        Refusal::TooMany => "it would be more than can be counted".into(),
    }
}

/// Puts all goods into the shopper's own cart and one of each into the family's, and prints what
/// both hold then.
pub(crate) fn fill(out: &mut impl Write, own: &Cart, goods: &[Good]) -> Result<(), ShopError> {
    let family = Cart::of(FAMILY)?;
    for good in goods {
        own.add(good, good.count)?;
        family.add(good, 1)?;
    }
    own.show(out)?;
    family.show(out)
}

#[cfg(test)]
mod tests;
