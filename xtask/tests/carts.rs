//! The example `carts` as a user runs it: several callers over one host.

use std::process::Command;

#[test]
fn shoppers_share_one_cart_and_not_the_others() {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["example", "carts"])
        .output()
        .expect("xtask runs");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{printed}");
    for line in [
        "`cart/bob` is not for alice: there is no source `cart/bob` that this guest may load\n",
        "`cart/alice` is not for bob: there is no source `cart/alice` that this guest may load\n",
    ] {
        assert!(printed.contains(line), "{line:?} is not in:\n{printed}");
    }
    // Alice and bob both want tea, and each put one into the family's cart, which it pays for.
    let (_, family) = printed.split_once("is not for bob").unwrap_or_default();
    for line in ["  2 tea at 3.90: 7.80\n", "to pay: 13.00\n"] {
        assert!(family.contains(line), "{line:?} is not in:\n{family}");
    }
}
