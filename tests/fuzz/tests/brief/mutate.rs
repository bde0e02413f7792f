//! Inputs that differ a little from those of a corpus.

/// How many changes are made to an input at most.
const MOST_CHANGES: usize = 4;

/// How many bytes are moved or taken out at once.
const MOST_BYTES: usize = 16;

/// Makes mutations, the same for the same corpus.
pub(crate) struct Mutator<'a> {
    corpus: &'a [Vec<u8>],
    state: u64,
}

impl<'a> Mutator<'a> {
    pub(crate) fn new(corpus: &'a [Vec<u8>]) -> Self {
        assert!(!corpus.is_empty(), "there is nothing to change");
        Mutator { corpus, state: 0 }
    }

    /// The next mutation.
    pub(crate) fn input(&mut self) -> Vec<u8> {
        let mut input = self.other().to_vec();
        for _ in 0..=self.below(MOST_CHANGES) {
            self.change(&mut input);
        }
        input
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.below(input.len() + 1);
        let end = input.len().min(at + 1 + self.below(MOST_BYTES));
        match self.below(7) {
            0 => input.truncate(at),
            1 => drop(input.drain(at..end)),
            2 => input.insert(at, self.byte()),
            3 => {
                let piece = self.piece(&input.clone());
                input.splice(at..end, piece);
            }
            4 => {
                let piece = self.other();
                let piece = self.piece(piece);
                input.splice(at..at, piece);
            }
            change => {
                let byte = self.byte();
                if let Some(old) = input.get_mut(at) {
                    *old = match change {
                        5 => byte,
                        _ => old.wrapping_add_signed((byte % 5) as i8 - 2),
                    };
                }
            }
        }
    }

    /// Some bytes that follow each other.
    fn piece(&mut self, of: &[u8]) -> Vec<u8> {
        let start = self.below(of.len() + 1);
        let end = of.len().min(start + self.below(MOST_BYTES));
        of[start..end].to_vec()
    }

    /// A byte, often one that is special.
    fn byte(&mut self) -> u8 {
        match self.below(4) {
            0 => [0, 1, 4, 0x7f, 0x80, 0xff][self.below(6)],
            _ => self.below(256) as u8,
        }
    }

    fn other(&mut self) -> &'a [u8] {
        &self.corpus[self.below(self.corpus.len())]
    }

    /// A number below another one, by the generator SplitMix64.
    fn below(&mut self, end: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut number = self.state;
        number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((number ^ (number >> 31)) % end as u64) as usize
    }
}
