//! Made-up words: no name in the example belongs to a person, a street or a firm.

use crate::random::Random;

const ONSETS: [&str; 16] = [
    "b", "br", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z",
];
const VOWELS: [&str; 9] = ["a", "e", "i", "o", "u", "ä", "ö", "ü", "é"];
const CODAS: [&str; 8] = ["", "", "l", "n", "r", "s", "k", "m"];

/// A made-up word of `syllables` syllables with a capital at its head.
pub(crate) fn word(random: &mut Random, syllables: usize) -> String {
    let mut text = String::new();
    for _ in 0..syllables {
        text.push_str(random.pick(&ONSETS));
        // Plain vowels are the rule, marked ones the exception.
        let vowels = if random.percent(12) {
            &VOWELS[5..]
        } else {
            &VOWELS[..5]
        };
        text.push_str(random.pick(vowels));
    }
    text.push_str(random.pick(&CODAS));
    capital(&text)
}

/// `text` with its first letter in upper case. The letters above have one-character capitals.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let Some(first) = letters.next() else {
        return String::new();
    };
    first.to_uppercase().chain(letters).collect()
}

/// A made-up given name.
pub(crate) fn given_name(random: &mut Random) -> String {
    word(random, 2)
}

/// A made-up family name.
pub(crate) fn family_name(random: &mut Random) -> String {
    let stem = word(random, 2);
    let tail = random.pick(&["", "", "ino", "sen", "akis", "ova", "ström", "ez"]);
    format!("{stem}{tail}")
}

/// `text` in decomposed Unicode: each marked letter of this module as letter and mark.
pub(crate) fn decomposed(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 4);
    for letter in text.chars() {
        match letter {
            'ä' => out.push_str("a\u{308}"),
            'ö' => out.push_str("o\u{308}"),
            'ü' => out.push_str("u\u{308}"),
            'é' => out.push_str("e\u{301}"),
            'É' => out.push_str("E\u{301}"),
            plain => out.push(plain),
        }
    }
    out
}
