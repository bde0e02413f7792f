//! A shopper whose cart lives on some machine, who goes on shopping when that machine is lost.
//!
//! The program is that of any shopper. That the cart is elsewhere shows in errors alone: for a while
//! nobody has it, then it is said once that it is another one, which is empty. What was in it only the
//! shopper knows, who puts it in again.

use first_class::CallError;
use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

first_class::first_class_world!({ world: "cart", path: "../../wit/carts" });

/// What is put into the cart, one after the other.
const GOODS: [(&str, u32); 4] = [("apples", 35), ("bread", 240), ("milk", 119), ("tea", 425)];

/// How many things the shopper wants.
const WANTED: usize = 40;

/// How long it takes to find the next.
const PAUSE: Duration = Duration::from_millis(100);

fn main() -> ExitCode {
    let bought = CartInstance::load("cart/alice")
        .map_err(|error| error.to_string())
        .and_then(|cart| shop(&cart));
    match bought {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("carts-nats: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Puts everything into the cart, whatever becomes of it meanwhile.
fn shop(cart: &CartInstance) -> Result<(), String> {
    let items = cart.items();
    let (mut taken, mut is_away) = (0, false);
    while taken < WANTED {
        let (item, price) = GOODS[taken % GOODS.len()];
        match items.add(item, price, 1) {
            Ok(Ok(_)) => {
                taken += 1;
                is_away = false;
                if taken % 8 == 0 {
                    println!("{taken} things, {} cents in the cart", total(cart)?);
                }
            }
            Ok(Err(refusal)) => return Err(format!("the cart does not take {item}: {refusal:?}")),
            Err(CallError::Dead(lost)) => {
                println!("the cart is lost: {}", lost.message);
                println!("putting {taken} things into a new one");
                taken = 0;
            }
            // It may or may not be in the cart by now; the cart that comes next is empty in any case.
            Err(error @ (CallError::Unavailable(_) | CallError::Deadline(_))) => {
                if !is_away {
                    println!("the cart is away: {error}");
                }
                is_away = true;
            }
            Err(error) => return Err(error.to_string()),
        }
        sleep(PAUSE);
    }
    println!("{taken} things for {} cents", total(cart)?);
    Ok(())
}

fn total(cart: &CartInstance) -> Result<u64, String> {
    cart.items().total().map_err(|error| error.to_string())
}
