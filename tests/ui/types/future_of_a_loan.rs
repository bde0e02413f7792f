//! Future of a loan.

first_class::first_class_world!({
    world: "rule",
    inline: "package acme:lint;
        interface jobs {
            resource file;
            record job { name: string, done: future<borrow<file>> }
            start: func(name: string) -> job;
        }
        world rule { export jobs; }",
});

fn main() {}
