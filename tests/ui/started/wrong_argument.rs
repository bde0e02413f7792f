//! Wrong argument.

first_class::first_class_world!({ world: "stage", path: "given/flow.wit" });

fn run(instance: &StageInstance) -> Result<(), first_class::CallError> {
    let _ = instance.start().run(1)?.wait();
    let _ = first_class::block_on(instance.run_async(1));
    Ok(())
}

fn main() {}
