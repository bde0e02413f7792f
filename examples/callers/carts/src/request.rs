//! What the arguments ask for: a shopper, and goods.

use crate::goods::{self, Good};

/// How the program is called.
pub(crate) const USAGE: &str = "\
usage: carts SHOPPER [ITEM=CENTS[xCOUNT]...]
       fills the cart of SHOPPER and that of the family, and pays for the former;
       without items, SHOPPER buys what the name suggests
       the SHOPPER `family` pays for what all others have put into its cart";

/// The cart that everybody may use.
pub(crate) const FAMILY: &str = "family";

#[derive(Debug, PartialEq)]
pub(crate) enum Request {
    Shop { shopper: String, goods: Vec<Good> },
    Family,
    Help,
}

#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum UsageError {
    #[error("no shopper was given")]
    NoShopper,
    #[error("`{0}` cannot be a shopper's name; use letters, digits and `-`")]
    BadShopper(String),
    #[error("`{FAMILY}` only pays for what others buy; give no items")]
    FamilyBuys,
    #[error("there is no option `{0}`")]
    UnknownOption(String),
    #[error("`{0}` is no item with a price in cents, such as `milk=120` or `milk=120x2`")]
    BadGood(String),
}

impl Request {
    /// Reads the arguments, without the program's own name.
    pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, UsageError> {
        let arguments: Vec<String> = arguments.collect();
        if arguments.iter().any(|it| it == "--help" || it == "-h") {
            return Ok(Self::Help);
        }
        if let Some(option) = arguments.iter().find(|it| it.starts_with('-')) {
            return Err(UsageError::UnknownOption(option.clone()));
        }
        let mut arguments = arguments.into_iter();
        let shopper = arguments.next().ok_or(UsageError::NoShopper)?;
        if shopper == FAMILY {
            return match arguments.next() {
                None => Ok(Self::Family),
                Some(_) => Err(UsageError::FamilyBuys),
            };
        }
        check_shopper(&shopper)?;
        let goods = arguments.map(|it| Good::parse(&it).ok_or(UsageError::BadGood(it)));
        let goods = goods.collect::<Result<Vec<Good>, UsageError>>()?;
        let goods = match goods.is_empty() {
            true => goods::suggested_by(&shopper),
            false => goods,
        };
        Ok(Self::Shop { shopper, goods })
    }
}

fn check_shopper(name: &str) -> Result<(), UsageError> {
    let plain = |c: char| c.is_alphanumeric() || c == '-';
    if name.is_empty() || !name.chars().all(plain) {
        return Err(UsageError::BadShopper(name.into()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Request, UsageError> {
        Request::parse(arguments.iter().map(|argument| (*argument).to_owned()))
    }

    #[test]
    fn takes_a_shopper_and_goods() {
        let goods = vec![Good::new("milk", 120, 2), Good::new("bread", 300, 1)];
        let shopper = "alice".to_owned();
        assert_eq!(
            parse(&["alice", "milk=120x2", "bread=300"]),
            Ok(Request::Shop { shopper, goods })
        );
        assert_eq!(parse(&["alice", "--help"]), Ok(Request::Help));
        assert_eq!(parse(&["family"]), Ok(Request::Family));
    }

    #[test]
    fn a_shopper_without_goods_buys_something() {
        let Ok(Request::Shop { goods, .. }) = parse(&["alice"]) else {
            panic!("is a shopper");
        };
        assert!(!goods.is_empty());
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(parse(&[]), Err(UsageError::NoShopper));
        assert_eq!(parse(&["family", "tea=1"]), Err(UsageError::FamilyBuys));
        for name in ["", "../bob", "a/b", "a b"] {
            assert_eq!(parse(&[name]), Err(UsageError::BadShopper(name.into())));
        }
        let good = "milk=cheap".to_owned();
        assert_eq!(parse(&["alice", &good]), Err(UsageError::BadGood(good)));
        let option = "--cheap".to_owned();
        assert_eq!(
            parse(&["alice", &option]),
            Err(UsageError::UnknownOption(option))
        );
    }
}
