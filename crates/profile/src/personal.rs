//! Which columns hold personal data, by name and by what the values look like.
//!
//! What a name and what a value say is for `silversmith-personal` to know; here the cells are
//! counted.

use silversmith_personal::{column_kind, value_kind};
use silversmith_types::evidence::PersonalKind;

use crate::names::words;

/// How many cells look like something that belongs to a person.
#[derive(Debug, Clone, Default)]
pub(crate) struct PersonalCounts {
    emails: u64,
    phones: u64,
    accounts: u64,
    networks: u64,
    identifiers: u64,
    cards: u64,
    secrets: u64,
    /// Cells of at least six words.
    prose: u64,
}

impl PersonalCounts {
    /// Counts `weight` cells with this trimmed text.
    pub(crate) fn add(&mut self, text: &str, weight: u64) {
        match value_kind(text) {
            None => {}
            Some(PersonalKind::Email) => self.emails += weight,
            Some(PersonalKind::Phone) => self.phones += weight,
            Some(PersonalKind::BankAccount) => self.accounts += weight,
            Some(PersonalKind::Network) => self.networks += weight,
            Some(PersonalKind::PaymentCard) => self.cards += weight,
            Some(PersonalKind::Secret) => self.secrets += weight,
            Some(_) => self.identifiers += weight,
        }
        if text.len() > 24 && text.split_whitespace().nth(5).is_some() {
            self.prose += weight;
        }
    }

    /// Adds what another part of the file gave.
    pub(crate) fn absorb(&mut self, other: &PersonalCounts) {
        self.emails += other.emails;
        self.phones += other.phones;
        self.accounts += other.accounts;
        self.networks += other.networks;
        self.identifiers += other.identifiers;
        self.cards += other.cards;
        self.secrets += other.secrets;
        self.prose += other.prose;
    }

    /// The kind that a tenth of the cells look like.
    fn kind(&self, cells: u64) -> Option<PersonalKind> {
        let by_value = [
            (self.secrets, PersonalKind::Secret),
            (self.emails, PersonalKind::Email),
            (self.accounts, PersonalKind::BankAccount),
            (self.cards, PersonalKind::PaymentCard),
            (self.identifiers, PersonalKind::Identifier),
            (self.networks, PersonalKind::Network),
            (self.phones, PersonalKind::Phone),
        ];
        let found = by_value
            .into_iter()
            .find(|(count, _)| *count > 0 && count * 10 >= cells);
        found.map(|(_, kind)| kind)
    }
}

/// Why the column is personal, if it is. `cells` is the number of cells with text, `distinct` that
/// of different ones.
pub(crate) fn classify(
    table: &str,
    column: &str,
    counts: &PersonalCounts,
    cells: u64,
    distinct: u64,
) -> Option<PersonalKind> {
    if let Some(kind) = counts.kind(cells).or_else(|| column_kind(table, column)) {
        return Some(kind);
    }
    // Sentences that hardly repeat are somebody's words.
    let prose = counts.prose * 2 >= cells && cells > 0 && distinct * 2 >= cells;
    let is_comment = |word: &String| COMMENT.split_ascii_whitespace().any(|one| one == word);
    let asked_for = counts.prose > 0 && words(column).iter().any(is_comment);
    (prose || asked_for).then_some(PersonalKind::FreeText)
}

const COMMENT: &str = "comment comments note notes remark remarks feedback message review bemerkung bemerkungen \
    kommentar notiz commentaire remarque comentario observacion observaciones commento nota \
    body memo opmerking opmerkingen uwagi komentarz observacao comentario";

#[cfg(test)]
mod tests {
    use super::*;

    fn valued(texts: &[&str]) -> Option<PersonalKind> {
        let mut counts = PersonalCounts::default();
        for text in texts {
            counts.add(text, 1);
        }
        classify("t", "c", &counts, texts.len() as u64, texts.len() as u64)
    }

    #[test]
    fn names_speak_where_values_say_nothing() {
        let named = |table, column| classify(table, column, &PersonalCounts::default(), 100, 100);
        assert_eq!(named("t", "Vorname"), Some(PersonalKind::Name));
        assert_eq!(named("customers", "city"), Some(PersonalKind::Address));
        assert_eq!(named("px_cat", "category"), None);
    }

    #[test]
    fn personal_by_value() {
        assert_eq!(valued(&["a.b@example.org", "x"]), Some(PersonalKind::Email));
        assert_eq!(
            valued(&["GB82 WEST 1234 5698 7654 32"]),
            Some(PersonalKind::BankAccount)
        );
        assert_eq!(
            valued(&["192.0.2.1", "2001:db8::1"]),
            Some(PersonalKind::Network)
        );
        assert_eq!(valued(&["+49 30 901820"]), Some(PersonalKind::Phone));
        assert_eq!(
            valued(&["756.9217.0769.85"]),
            Some(PersonalKind::Identifier)
        );
        assert_eq!(
            valued(&["4111 1111 1111 1111"]),
            Some(PersonalKind::PaymentCard)
        );
        let words = "she called twice and will come back on Monday morning";
        assert_eq!(valued(&[words]), Some(PersonalKind::FreeText));
        assert_eq!(
            valued(&["GB83WEST12345698765432", "1.2.3", "12:30:00", "a@b"]),
            None
        );
    }
}
