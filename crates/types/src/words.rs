//! Words in table and column names.

/// The words of a name in lower case: cut at anything that is no letter, before a capital that follows
/// a small letter or begins a word after capitals (`HTTPServer`), and with the accents of Western
/// European letters removed, so that a list of words needs each only once.
pub fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut previous = ' ';
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        let next_is_lower = chars.peek().is_some_and(|next| next.is_lowercase());
        let new_word = c.is_uppercase()
            && (previous.is_lowercase() || (previous.is_uppercase() && next_is_lower));
        if (!c.is_alphabetic() || new_word) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphabetic() {
            for lower in c.to_lowercase() {
                push_plain(&mut word, lower);
            }
        }
        previous = c;
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

fn push_plain(word: &mut String, c: char) {
    match c {
        'ä' | 'à' | 'á' | 'â' | 'ã' | 'å' => word.push('a'),
        'é' | 'è' | 'ê' | 'ë' => word.push('e'),
        'í' | 'ì' | 'î' | 'ï' => word.push('i'),
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' => word.push('o'),
        'ú' | 'ù' | 'û' | 'ü' => word.push('u'),
        'ñ' => word.push('n'),
        'ç' => word.push('c'),
        'ß' => word.push_str("ss"),
        other => word.push(other),
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn names_are_cut_into_words() {
        for (name, expected) in [
            ("cst_firstName2", &["cst", "first", "name"][..]),
            ("HTTPServer-ID", &["http", "server", "id"]),
            ("CNTRY", &["cntry"]),
            ("Straße", &["strasse"]),
            ("GÜLTIG_BIS", &["gultig", "bis"]),
            ("Größe in cm", &["grosse", "in", "cm"]),
            ("__1__", &[]),
            ("", &[]),
        ] {
            assert_eq!(words(name), expected, "{name}");
        }
    }
}
