//! Another element.

first_class::first_class_world!({
    world: "rule",
    inline: "package acme:lint;
        world rule { export check: func(lines: stream<string>) -> u32; }",
});

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rule = RuleInstance::load("a")?;
    let (mut writer, reader) = rule.stream()?;
    let call = rule.start().check(reader)?;
    writer.write(&[1, 2, 3])?;
    drop(writer);
    call.wait()?;
    Ok(())
}
