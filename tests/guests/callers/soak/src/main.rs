//! Makes, passes and drops 100,000 resources, in random order over three instances.

first_class::first_class_world!({ world: "shop", path: "../../../wit/shop" });

use shop::carts::Cart;

const OBJECTS: usize = 100_000;

/// As many carts as are kept alive at a time, for each instance.
const KEPT: usize = 200;

/// A small generator of random numbers, always the same ones (Steele's SplitMix).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed >> 33) as usize % end
    }
}

fn main() {
    let instances: Vec<_> = (0..3)
        .map(|_| ShopInstance::load("shop").expect("loads"))
        .collect();
    let mut kept: Vec<Vec<Cart>> = instances.iter().map(|_| Vec::new()).collect();
    let mut random = Random(42);
    let mut made = 0;
    while made < OBJECTS {
        let index = random.below(instances.len());
        made += step(&instances[index], &mut kept[index], &mut random);
    }
    for (instance, kept) in instances.iter().zip(&kept) {
        assert_eq!(instance.carts().live(), Ok(kept.len() as u32));
    }
    drop(kept);
    for instance in &instances {
        assert_eq!(instance.carts().live(), Ok(0));
    }
    println!("{made} carts were made, none is left");
}

/// Does one thing with the carts of an instance; gives how many it made.
fn step(instance: &ShopInstance, kept: &mut Vec<Cart>, random: &mut Random) -> usize {
    if kept.len() < 2 {
        kept.push(Cart::new(instance.carts(), "new").expect("is alive"));
        return 1;
    }
    let taken = kept.swap_remove(random.below(kept.len()));
    match random.below(5) {
        0 => drop(taken),
        1 => kept[0].absorb(taken).expect("is alive"),
        2 => drop(instance.checkout().pay(taken).expect("is alive")),
        3 if kept.len() < KEPT => {
            kept.extend(instance.carts().split(taken, 4).expect("is alive"));
            return 4;
        }
        _ => {
            kept.push(taken.copy().expect("is alive"));
            kept.push(taken);
            kept.truncate(KEPT);
            return 1;
        }
    }
    0
}
