//! A call whose arguments and result are scalars allocates nothing, on either side: the caller is
//! native here, so that what is counted is its runtime's, the shim's and the engine's.

use first_class_tests::shim_of;
use std::time::Duration;

first_class::first_class_world!({ world: "accumulator", path: "wit/accumulator" });

/// Long enough for whatever ends by itself, on any machine.
const LONG: Duration = Duration::from_secs(60);

#[test]
fn calls_with_scalars_allocate_nothing() {
    let shim = shim_of(&["test-sum"]).deadline(LONG);
    first_class_native::host_with(&shim.build().expect("builds"));
    let sum = AccumulatorInstance::load("sum").expect("loads");
    let add = || sum.add(1).expect("adds");
    // What the first call makes is kept for all.
    assert_eq!(add(), 1);
    let counted = allocation_counter::measure(|| (0..1000).for_each(|_| _ = add()));
    assert_eq!(add(), 1002);
    assert_eq!(counted.count_total, 0, "{counted:?}");

    let counted = allocation_counter::measure(|| drop(std::hint::black_box(vec![1])));
    assert_eq!(counted.count_total, 1, "nothing is counted");
}
