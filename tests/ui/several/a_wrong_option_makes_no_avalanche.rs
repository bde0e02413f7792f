//! A wrong option makes no avalanche.

first_class::first_class_world!({ world: "rule", path: "given/rule.wit", optional: ["describe"] });

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rule = RuleInstance::load("a")?;
    let found: Vec<rule::types::Severity> = rule.check(&rule::types::Document {
        path: "a".into(),
        size: 1,
    })?;
    println!("{found:?} {}", rule.info().name()?);
    Ok(())
}
