//! A bit for each case.

/// Which of many cases are meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bits {
    words: Vec<u64>,
}

impl Bits {
    pub(super) fn set(&mut self, at: usize) {
        let word = at / 64;
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= 1 << (at % 64);
    }

    pub(super) fn clear(&mut self) {
        self.words.clear();
    }

    pub(super) fn or(&mut self, other: &Self) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        self.words.iter_mut().zip(&other.words).for_each(|(word, more)| *word |= more);
    }

    pub(super) fn and(&mut self, other: &Self) {
        self.words.truncate(other.words.len());
        self.words.iter_mut().zip(&other.words).for_each(|(word, more)| *word &= more);
    }

    /// Returns how many are meant.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Returns the places of those that are meant, in order.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        self.words.iter().enumerate().flat_map(|(at, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
                left &= left - 1;
                Some(at * 64 + bit)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bits(places: &[usize]) -> Bits {
        let mut bits = Bits::default();
        places.iter().for_each(|at| bits.set(*at));
        bits
    }

    #[test]
    fn what_was_set_comes_out_in_order_and_meets_and_joins() {
        let (few, many) = (bits(&[0, 63, 64, 500]), bits(&[63, 64, 65]));
        assert_eq!(few.iter().collect::<Vec<_>>(), [0, 63, 64, 500]);
        let mut both = few.clone();
        both.and(&many);
        assert_eq!(both.iter().collect::<Vec<_>>(), [63, 64]);
        let mut either = many;
        either.or(&few);
        assert_eq!((either.count(), either.iter().last()), (5, Some(500)));
    }
}
