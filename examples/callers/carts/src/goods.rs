//! Goods: what somebody wants to buy.

/// So many of an item.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Good {
    pub(crate) item: String,
    pub(crate) price_cents: u32,
    pub(crate) count: u32,
}

/// What there is for a shopper who does not say what to buy, by the letters of the name.
const SUGGESTIONS: [(&str, u32); 7] = [
    ("apples", 40),
    ("bread", 320),
    ("cheese", 480),
    ("milk", 120),
    ("noodles", 180),
    ("rice", 250),
    ("tea", 390),
];

impl Good {
    pub(crate) fn new(item: &str, price_cents: u32, count: u32) -> Self {
        Good {
            item: item.into(),
            price_cents,
            count,
        }
    }

    /// Reads `ITEM=CENTS` or `ITEM=CENTSxCOUNT`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (item, amount) = text.rsplit_once('=')?;
        let (price, count) = match amount.split_once('x') {
            Some((price, count)) => (price, count.parse().ok()?),
            None => (amount, 1),
        };
        let good = Good::new(item, price.parse().ok()?, count);
        (!item.is_empty() && count > 0).then_some(good)
    }
}

/// What a name suggests: each of its letters asks for one of something, always of the same.
pub(crate) fn suggested_by(name: &str) -> Vec<Good> {
    let mut goods: Vec<Good> = Vec::new();
    for letter in name.chars() {
        let (item, price_cents) = SUGGESTIONS[letter as usize % SUGGESTIONS.len()];
        match goods.iter_mut().find(|good| good.item == item) {
            Some(good) => good.count += 1,
            None => goods.push(Good::new(item, price_cents, 1)),
        }
    }
    goods
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_a_price_and_maybe_a_count() {
        assert_eq!(Good::parse("milk=120"), Some(Good::new("milk", 120, 1)));
        assert_eq!(Good::parse("milk=120x3"), Some(Good::new("milk", 120, 3)));
        assert_eq!(Good::parse("e=mc=0x1"), Some(Good::new("e=mc", 0, 1)));
        let bad = [
            "",
            "milk",
            "=120",
            "milk=",
            "milk=x2",
            "milk=120x",
            "milk=-1",
            "milk=1x0",
        ];
        for text in bad {
            assert_eq!(Good::parse(text), None, "{text:?}");
        }
        assert_eq!(Good::parse("milk=4294967296"), None);
    }

    #[test]
    fn a_name_suggests_as_many_goods_as_it_has_letters() {
        for name in ["alice", "bob", "Ülkü"] {
            let count: u32 = suggested_by(name).iter().map(|good| good.count).sum();
            assert_eq!(count as usize, name.chars().count());
        }
        assert_eq!(suggested_by("bob"), suggested_by("bob"));
    }
}
