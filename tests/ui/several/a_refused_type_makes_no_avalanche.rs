//! A refused type makes no avalanche.

first_class::first_class_world!({
    world: "rule",
    inline: "package acme:lint;
        interface jobs { record job { name: string, data: stream<error-context> } start: func(job: job); }
        world rule { export jobs; export check: func(text: string) -> u32; }",
});

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rule = RuleInstance::load("a")?;
    rule.jobs();
    let _: u32 = rule.check("text")?;
    Ok(())
}
