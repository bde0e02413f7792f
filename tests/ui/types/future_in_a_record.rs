//! Future in a record.

first_class::first_class_world!({
    world: "rule",
    inline: "package acme:lint;
        interface jobs {
            record job { name: string, done: future<bool> }
            start: func(name: string) -> job;
        }
        world rule { export jobs; }",
});

fn main() {}
