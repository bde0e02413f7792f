//! Calls `async` functions as blocking methods.

first_class::first_class_world!({ world: "timer", path: "../../../wit/timer" });

use timer::clocks::Stopwatch;

fn main() {
    let instance = TimerInstance::load("timer").expect("loads");
    for turns in [0, 1, 10] {
        let doubled = instance.clocks().double("ab", turns);
        assert_eq!(doubled.as_deref(), Ok("abab"));
    }
    assert_eq!(instance.sum(&[1, 2, u32::MAX]), Ok(4_294_967_298));
    assert_eq!(instance.plain(1), Ok(2));

    let stopwatch = Stopwatch::new(instance.clocks()).expect("is alive");
    for lap in 1..5 {
        assert_eq!(stopwatch.lap(lap), Ok(lap));
    }
    println!("all waits ended");
}
