//! Resources in types of the world.

first_class::first_class_world!({
    world: "rule",
    inline: "package acme:lint;
        interface carts { resource cart; }
        world rule {
            use carts.{cart};
            record order { cart: cart }
            import pay: func(cart: borrow<cart>);
            export check: func(order: order);
        }",
});

fn main() {}
