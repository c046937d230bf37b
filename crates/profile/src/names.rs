//! Words in table and column names.

pub(crate) use silversmith_types::words;

/// Words that say that a column identifies something, not what.
const KEY_WORDS: [&str; 22] = [
    "id",
    "ids",
    "key",
    "code",
    "cd",
    "no",
    "num",
    "nr",
    "nbr",
    "number",
    "ref",
    "pk",
    "fk",
    "uid",
    "uuid",
    "guid",
    "sk",
    "bk",
    "nummer",
    "schlussel",
    "codigo",
    "codice",
];

/// Words of table names that say nothing about what is in them.
const FILLER: [&str; 26] = [
    "info",
    "details",
    "detail",
    "data",
    "table",
    "tbl",
    "dim",
    "fact",
    "raw",
    "stg",
    "src",
    "master",
    "list",
    "transactions",
    "transaction",
    "history",
    "hist",
    "the",
    "of",
    "stammdaten",
    "erp",
    "crm",
    "loc",
    "export",
    "extract",
    "dump",
];

/// Words that end like a key and are none.
const NOT_KEYS: [&str; 5] = ["paid", "unpaid", "prepaid", "valid", "invalid"];

/// Words of codes that belong to a place and not to the row.
const PLACES: [&str; 6] = ["postal", "post", "zip", "country", "region", "state"];

/// Whether a name looks like that of a key.
pub(crate) fn is_key_like(name: &str) -> bool {
    let words = words(name);
    if words.iter().any(|word| PLACES.contains(&word.as_str())) {
        return false;
    }
    words.iter().any(|word| {
        let ends_like_one = word.len() > 3 && (word.ends_with("id") || word.ends_with("key"));
        KEY_WORDS.contains(&word.as_str()) || (ends_like_one && !NOT_KEYS.contains(&word.as_str()))
    })
}

/// Words that say that a column counts or measures something.
const MEASURES: [&str; 30] = [
    "count", "quantity", "qty", "units", "amount", "amt", "total", "sum", "price", "cost", "rate",
    "score", "rank", "age", "days", "hours", "percent", "pct", "weight", "size", "level", "anzahl",
    "menge", "betrag", "preis", "prix", "precio", "prezzo", "cantidad", "quantite",
];

/// What the names of a column and of its table speak of.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    name: String,
    column: Vec<Term>,
    table: Vec<Term>,
    is_measure: bool,
}

/// A word and what is left of it in abbreviations.
#[derive(Debug, Clone)]
struct Term {
    word: String,
    skeleton: String,
}

impl Subject {
    /// Of this column of this table.
    pub(crate) fn new(table: &str, column: &str) -> Self {
        let measured = words(column)
            .iter()
            .any(|word| MEASURES.contains(&word.as_str()));
        Self {
            name: column.to_lowercase(),
            column: terms(column),
            table: terms(table),
            is_measure: measured,
        }
    }

    /// Whether the column counts or measures something, by its name.
    pub(crate) fn is_measure(&self) -> bool {
        self.is_measure
    }

    /// Whether this column and the one that it may refer to speak of the same thing: they share a
    /// word that is not just *id*, or this one names the other table. Abbreviations count: `cust` is
    /// `customer` and so is `cst`.
    pub(crate) fn may_refer_to(&self, to: &Subject) -> bool {
        let same_name = self.name == to.name && !self.column.is_empty();
        let named = |left: &Term| {
            to.column
                .iter()
                .chain(&to.table)
                .any(|right| left.is_same(right))
        };
        same_name || self.column.iter().any(named)
    }
}

impl Term {
    /// Whether one word is the other, its plural, or an abbreviation of it by leaving out vowels and
    /// the end.
    fn is_same(&self, other: &Term) -> bool {
        let (left, right) = (self.skeleton.as_str(), other.skeleton.as_str());
        let (short, long) = if left.len() <= right.len() {
            (left, right)
        } else {
            (right, left)
        };
        self.word == other.word || (short.len() >= 3 && long.starts_with(short))
    }
}

/// The words of a name that say what it is about.
fn terms(name: &str) -> Vec<Term> {
    let is_telling = |word: &String| {
        word.len() > 1 && !KEY_WORDS.contains(&word.as_str()) && !FILLER.contains(&word.as_str())
    };
    let telling = words(name).into_iter().filter(is_telling);
    telling
        .map(|word| Term {
            skeleton: skeleton(&word),
            word,
        })
        .collect()
}

fn skeleton(word: &str) -> String {
    let mut out = String::new();
    for (at, c) in word.trim_end_matches('s').chars().enumerate() {
        let is_vowel = matches!(c, 'a' | 'e' | 'i' | 'o' | 'u');
        if (at == 0 || !is_vowel) && !out.ends_with(c) {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn related_names_share_more_than_the_word_id() {
        let related = |from: (&str, &str), to: (&str, &str)| {
            Subject::new(from.0, from.1).may_refer_to(&Subject::new(to.0, to.1))
        };
        assert!(related(
            ("sales", "customer_id"),
            ("customer_info", "customer_id")
        ));
        assert!(related(("sales", "cust_id"), ("customers", "id")));
        assert!(related(("x", "prd_key"), ("products", "product_id")));
        assert!(!related(
            ("orders", "order_id"),
            ("customers", "customer_id")
        ));
        assert!(!related(("a", "id"), ("b", "id")));
        assert!(!related(
            ("sales", "quantity"),
            ("customers", "customer_id")
        ));
    }

    #[test]
    fn key_like() {
        assert!(is_key_like("cst_id") && is_key_like("CustomerKey") && is_key_like("orderid"));
        assert!(!is_key_like("price") && !is_key_like("paid") && !is_key_like("zip_code"));
    }
}
