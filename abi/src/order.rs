//! The order of packages and interfaces.
//!
//! The component tooling visits what a package or an interface needs by recursion, without an end
//! where two need each other. No WIT source can say that, but an encoded world can.

use wit_parser::Resolve;

/// How long a chain of packages or interfaces may be, each needing the next.
const LONGEST: usize = 200;

/// Checks that packages and interfaces form an order, and one that is not too deep.
pub(crate) fn check(resolve: &Resolve) -> Result<(), String> {
    let packages = resolve.packages.iter().map(|(id, _)| {
        let needs = resolve.package_direct_deps(id);
        needs.map(|needed| needed.index()).collect()
    });
    chains(packages.collect(), "packages")?;
    let interfaces = resolve.interfaces.iter().map(|(id, _)| {
        let needs = resolve.interface_direct_deps(id);
        needs
            .filter(|needed| *needed != id)
            .map(|needed| needed.index())
            .collect()
    });
    chains(interfaces.collect(), "interfaces")
}

/// Takes away what needs nothing that is left, as often as a chain may be long; `needs` says of
/// each item which others it needs.
pub(crate) fn chains(needs: Vec<Vec<usize>>, what: &str) -> Result<(), String> {
    let mut needed_by = vec![Vec::new(); needs.len()];
    let mut open: Vec<usize> = needs.iter().map(Vec::len).collect();
    for (item, needs) in needs.iter().enumerate() {
        for &needed in needs {
            needed_by[needed].push(item);
        }
    }
    let mut free: Vec<usize> = (0..needs.len()).filter(|&item| open[item] == 0).collect();
    let mut left = needs.len();
    for _ in 0..LONGEST {
        left -= free.len();
        let freed = std::mem::take(&mut free);
        for item in freed.iter().flat_map(|&item| &needed_by[item]) {
            open[*item] -= 1;
            if open[*item] == 0 {
                free.push(*item);
            }
        }
    }
    if left > 0 {
        return Err(format!(
            "its {what} need each other, or more than {LONGEST} in a row"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, chains};

    #[test]
    fn an_order_is_told_from_a_circle() {
        assert!(chains(vec![], "things").is_ok());
        assert!(chains(vec![vec![1, 2, 2], vec![2], vec![]], "things").is_ok());
        assert!(chains(vec![vec![1], vec![0], vec![]], "things").is_err());
        assert!(chains(vec![vec![0]], "things").is_err());
        let row = |length| (0..length).map(|item: usize| Vec::from_iter(item.checked_sub(1)));
        assert!(chains(row(LONGEST).collect(), "things").is_ok());
        assert!(chains(row(LONGEST + 1).collect(), "things").is_err());
    }
}
