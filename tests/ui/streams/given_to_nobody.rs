//! Given to nobody.

first_class::first_class_world!({
    world: "rule",
    inline: "package acme:lint;
        world rule { export check: func(lines: stream<string>) -> u32; }",
});

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rule = RuleInstance::load("a")?;
    let (_writer, _reader) = rule.stream()?;
    Ok(())
}
