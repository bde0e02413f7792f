//! Sends texts to every plugin that it sees, and back.

first_class::first_class_world!({ world: "text", path: "../../../wit/text" });

/// Short texts, of which some have no Latin-1 form and some no short UTF-16 form.
const SHORT: [&str; 8] = [
    "",
    "ASCII",
    "ß",
    "straße",
    "€",
    "🦀",
    "a ß € 🦀 z",
    "\0\u{10ffff}",
];

/// How long a long text is, in bytes.
const LONG: usize = 1 << 20;

fn main() {
    let sources = TextInstance::available().expect("the world is sound");
    for source in sources {
        let instance = TextInstance::load(&source).expect("loads");
        let lengths = SHORT.map(|text| instance.length(text).expect("is alive"));
        println!("{source}: {lengths:x?}");

        for text in texts() {
            assert_eq!(instance.echo(&text).expect("is alive"), text);
        }
        for mut texts in [vec![], texts()] {
            let reversed = instance.reverse(&texts).expect("is alive");
            texts.reverse();
            assert!(reversed == texts);
        }
    }
}

/// The short texts, and long ones: of one kind, and of one kind up to their very end, where an
/// encoder has to change its mind.
fn texts() -> Vec<String> {
    let pieces = ["a", "ß", "€", "🦀", "a ß € 🦀 z "];
    let long = pieces.map(|piece| piece.repeat(LONG / piece.len()));
    let turning = ["aß", "a€", "a🦀", "ß🦀"].map(|pair| {
        let mut characters = pair.chars();
        let first = characters.next().into_iter().cycle().take(LONG / 2);
        first.chain(characters).collect()
    });
    let short = SHORT.map(String::from);
    short.into_iter().chain(long).chain(turning).collect()
}
