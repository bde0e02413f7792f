//! Makes batches of calls, whose results are known.

first_class::first_class_world!({ world: "values", path: "../../../wit/values" });

use first_class::{CallError, Ticket};

fn main() -> Result<(), CallError> {
    let instance = ValuesInstance::load("echo").expect("loads");
    many_of_one_kind(&instance)?;
    of_every_kind(&instance)?;
    assert_eq!(instance.batch().run()?.done(), 0);
    println!("all results were right");
    Ok(())
}

fn many_of_one_kind(instance: &ValuesInstance) -> Result<(), CallError> {
    let mut batch = instance.batch();
    let tickets: Vec<Ticket<u32>> = (0..1000).map(|i| batch.add(i, 2 * i)).collect();
    let results = batch.run()?;
    for (i, ticket) in (0..).zip(tickets) {
        assert_eq!(results.get(ticket)?, 3 * i);
    }
    Ok(())
}

fn of_every_kind(instance: &ValuesInstance) -> Result<(), CallError> {
    for _ in 0..10 {
        let mut batch = instance.batch();
        let texts: Vec<_> = (0..200)
            .map(|i| batch.compounds().echo_string(&"é€".repeat(i)))
            .collect();
        let wide = batch.scalars().echo_u64(u64::MAX);
        let nested = batch
            .compounds()
            .echo_nested(&[vec![None, Some("a".into())], vec![]]);
        let failure = batch.compounds().find("secret");
        let sixteen = batch.sixteen(1, 2, 3, 4, -5, -6, -7, -8, 0.5, 1.5, 'k', false, "m", None);
        let results = batch.run()?;
        for (i, text) in texts.into_iter().enumerate() {
            assert_eq!(results.get(text)?, "é€".repeat(i));
        }
        assert_eq!(results.get(wide)?, u64::MAX);
        assert_eq!(results.get(nested)?, [vec![None, Some("a".into())], vec![]]);
        assert_eq!(
            results.get(failure)?,
            Err(values::compounds::Failure::Denied)
        );
        assert_eq!(results.get(sixteen)?, (10, -24.0, "k false m None".into()));
    }
    Ok(())
}
