//! Version needed.

first_class::first_class_world!({
    world: "rule",
    inline: "package acme:lint;
        package a:b@1.0.0 { interface c { record r { x: u8 } f: func(r: r); } }
        package a:b@2.0.0 { interface c { record r { x: u8 } f: func(r: r); } }
        world rule { export a:b/c@1.0.0; export a:b/c@2.0.0; }",
    with: { "a:b/c/r": crate::R },
});

fn main() {}
