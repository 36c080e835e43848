//! What it does, without a word about how it is shown.

use std::cmp::Reverse;
use std::collections::HashMap;

use serde::Serialize;

#[derive(Debug, PartialEq, Serialize)]
pub struct Word {
    pub word: String,
    pub count: usize,
}

/// The words that a text uses most, the commonest first, and in alphabetical order where they are as common.
pub fn commonest(text: &str, most: usize) -> Vec<Word> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for word in text.split(|sign: char| !sign.is_alphanumeric() && sign != '\'') {
        let word = word.trim_matches('\'').to_lowercase();
        if !word.is_empty() {
            *counts.entry(word).or_default() += 1;
        }
    }
    let mut words: Vec<Word> = counts
        .into_iter()
        .map(|(word, count)| Word { word, count })
        .collect();
    words.sort_unstable_by(|a, b| (Reverse(a.count), &a.word).cmp(&(Reverse(b.count), &b.word)));
    words.truncate(most);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(text: &str, most: usize) -> Vec<(String, usize)> {
        let words = commonest(text, most);
        words.into_iter().map(|one| (one.word, one.count)).collect()
    }

    #[test]
    fn the_commonest_come_first() {
        let expected = [("b", 2), ("a", 1), ("c", 1)].map(|(word, count)| (word.to_owned(), count));
        assert_eq!(counted("a b, B; c!", 10), expected);
    }

    #[test]
    fn only_so_many_are_named() {
        assert_eq!(counted("a a b", 1), [("a".to_owned(), 2)]);
    }

    #[test]
    fn an_apostrophe_belongs_to_its_word_and_quotes_do_not() {
        let expected = [("don't".to_owned(), 1), ("über".to_owned(), 1)];
        assert_eq!(counted("don't 'Über'", 10), expected);
    }

    #[test]
    fn a_text_without_words_has_none() {
        assert_eq!(counted(" -- ' \n", 10), []);
    }
}
