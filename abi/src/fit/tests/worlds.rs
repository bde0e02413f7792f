//! Differences between interfaces and worlds.

use super::check;
use expect_test::expect;
