//! Values that need the bridge to grow its memory.

use crate::compounds::entry;
use crate::values::CompoundsView;

pub(crate) fn check(view: &CompoundsView<'_>) {
    let text = "0123456789abcdeß".repeat(5 << 16);
    assert!(text.len() > 5 << 20);
    assert!(view.echo_string(&text).is_ok_and(|back| back == text));

    let numbers: Vec<_> = (0..100_000).map(f64::from).collect();
    assert!(
        view.echo_numbers(&numbers)
            .is_ok_and(|back| back == numbers)
    );
    let entries: Vec<_> = (0..100_000).map(entry).collect();
    assert!(
        view.echo_entries(&entries)
            .is_ok_and(|back| back == entries)
    );

    // And the small ones still work after that.
    assert_eq!(view.echo_string("small").as_deref(), Ok("small"));
}
