//! Pending as result.

first_class::first_class_world!({ world: "stage", path: "given/flow.wit" });

fn run(instance: &StageInstance) -> Result<u32, first_class::CallError> {
    instance.start().run("x")
}

async fn wait(instance: &StageInstance) -> Result<u32, first_class::CallError> {
    let result = instance.run_async("x").await?;
    let other = instance.run("x").await?;
    Ok(result + other)
}

fn main() {}
