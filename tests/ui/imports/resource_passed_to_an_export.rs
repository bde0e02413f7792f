//! Resource passed to an export.

use first_class::Own;

first_class::first_class_world!({
    world: "judge",
    inline: "package acme:lint;
        interface ctx { resource context; record scope { within: borrow<context> } }
        interface rule {
            use ctx.{context, scope};
            check: func(c: borrow<context>, all: list<context>) -> option<context>;
            enter: func(scope: scope);
            take: func(c: context);
        }
        world judge { export rule; }",
});

struct Context;

fn main() {
    let judge = JudgeInstance::load("x").expect("loads");
    let rule = judge.rule();
    let _ = rule.check(&Context, vec![Context]);
    let _ = rule.take(&Own::new(Context));
    let scope = judge::ctx::Scope { within: Own::new(Context) };
    let _ = rule.enter(&scope);
    let _: Result<Option<Context>, _> = rule.check(&Own::new(Context), Vec::new());
}
