//! Words in column names, and the few that mean something in every field of business.

pub(crate) use silversmith_types::words;

/// Columns that identify something.
pub(crate) const KEY: &[&str] = &[
    "id", "key", "code", "cd", "no", "num", "nr", "nbr", "number", "ref", "pk", "uid", "uuid",
    "guid", "sk", "nummer",
];
/// Digits that are no amounts: adding or averaging them says nothing, and zeros in front count.
pub(crate) const DIGIT_CODES: &[&str] = &[
    "zip",
    "postal",
    "postcode",
    "plz",
    "zipcode",
    "phone",
    "tel",
    "telephone",
    "telefon",
    "mobile",
    "fax",
    "iban",
    "bic",
    "ssn",
    "ean",
    "gtin",
    "upc",
    "isbn",
    "barcode",
    "sku",
    "code",
    "cd",
];
/// Numbers of places and of telephones: they look like keys and are shared.
pub(crate) const SHARED: &[&str] = &[
    "zip",
    "postal",
    "postcode",
    "plz",
    "zipcode",
    "phone",
    "tel",
    "telephone",
    "telefon",
    "mobile",
    "fax",
];
/// Days on which somebody was born.
pub(crate) const BIRTH: &[&str] = &[
    "birth",
    "born",
    "dob",
    "bdate",
    "birthdate",
    "birthday",
    "bday",
];
/// Sexes and genders.
pub(crate) const GENDER: &[&str] = &[
    "gender",
    "gndr",
    "gen",
    "sex",
    "gend",
    "geschlecht",
    "genre",
    "sexo",
];
/// Countries.
pub(crate) const COUNTRY: &[&str] = &[
    "country",
    "cntry",
    "ctry",
    "nation",
    "nationality",
    "land",
    "pays",
    "pais",
    "paese",
];
/// When a row was last written, the best first.
pub(crate) const CHANGED: &[&str] = &[
    "updated",
    "update",
    "modified",
    "modify",
    "changed",
    "change",
    "upd",
    "mod",
    "geaendert",
    "geandert",
];
/// When a row was first written.
pub(crate) const CREATED: &[&str] = &[
    "created", "create", "creation", "inserted", "insert", "loaded", "load", "angelegt",
];
/// Products of a multiplication.
pub(crate) const TOTAL: &[&str] = &[
    "total", "amount", "amt", "sales", "sum", "revenue", "value", "net", "gross", "subtotal",
    "turnover", "betrag", "umsatz", "summe", "extended", "ext",
];
/// How many.
pub(crate) const QUANTITY: &[&str] = &[
    "quantity", "qty", "units", "pieces", "pcs", "count", "menge", "anzahl", "hours", "days",
];
/// How much for one.
pub(crate) const PRICE: &[&str] = &[
    "price",
    "prc",
    "rate",
    "cost",
    "fee",
    "tariff",
    "preis",
    "unitprice",
    "kosten",
];

/// Whether the words say that a column identifies something.
pub(crate) fn is_key(words: &[String]) -> bool {
    let suffixed =
        |word: &String| word.len() > 3 && (word.ends_with("id") || word.ends_with("key"));
    (any(words, KEY) || words.iter().any(suffixed)) && !any(words, SHARED)
}

/// Whether one of the words is in the list.
pub(crate) fn any(words: &[String], list: &[&str]) -> bool {
    words.iter().any(|word| list.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_counts_only_as_a_whole() {
        assert!(any(&words("Date of Birth"), BIRTH) && !any(&words("birthplace"), BIRTH));
    }
}
