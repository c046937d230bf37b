//! The part of the vocabulary that a brief has a use for. An operation that no fact could call for is
//! not mentioned: it costs tokens, and it tempts.

use silversmith_intake::{Brief, BriefTable};
use silversmith_types::evidence::ColumnEvidence;

/// What an answer may say, a line each. A line that begins with `@word` is for briefs with that fact.
pub(crate) const VOCABULARY: &str = include_str!("vocabulary.txt");

/// Numbers with more digits than this after the point may want rounding; amounts of money have two.
const AMOUNT_SCALE: u32 = 2;

/// The lines for a brief. One without evidence could hold anything, and gets them all.
pub(crate) fn of(brief: &Brief) -> String {
    let lines = VOCABULARY
        .lines()
        .filter_map(|line| match line.strip_prefix('@') {
            Some(tagged) => {
                let (fact, line) = tagged.split_once(' ')?;
                holds(fact, brief).then_some(line)
            }
            None => Some(line),
        });
    lines.fold(String::new(), |text, line| text + line + "\n")
}

fn holds(fact: &str, brief: &Brief) -> bool {
    let tables = || brief.tables().values();
    let any_table = |has: fn(&BriefTable) -> bool| tables().any(has);
    match fact {
        // What a contract or nobody asks for; facts alone do not.
        "leaves" => any_table(|table| !table.terms.quarantine.is_empty()),
        "contract" => brief.contract_digest().is_some(),
        _ => {
            let measured = tables().all(|table| table.evidence.is_some());
            !measured || tables().any(|table| counted(fact, table))
        }
    }
}

fn counted(fact: &str, table: &BriefTable) -> bool {
    let Some(evidence) = &table.evidence else {
        return true;
    };
    let any = |has: fn(&ColumnEvidence) -> bool| evidence.columns.iter().any(has);
    match fact {
        "spellings" => any(|column| !column.variants.is_empty()),
        "unicode" => any(|column| column.not_nfc > 0),
        "notations" => any(|column| !column.numbers.notations.is_empty()),
        "decimals" => any(|column| column.numbers.max_scale > AMOUNT_SCALE),
        "times" => any(|column| {
            column
                .formats
                .iter()
                .any(|found| found.format.contains("%H"))
        }),
        "personal" => any(|column| column.personal.is_some()),
        "versions" => evidence
            .orderings
            .iter()
            .any(|order| order.versions_of.is_some()),
        // A word that nobody knows hides nothing.
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use silversmith_plan::OperationKind;

    use super::*;

    /// `publish` is added to every table, and so it is not for an author to say.
    #[test]
    fn every_operation_is_in_the_vocabulary() {
        let words: Vec<&str> = VOCABULARY.split_whitespace().collect();
        for name in OperationKind::NAMES {
            assert!(words.contains(name) || *name == "publish", "{name}");
        }
    }

    #[test]
    fn every_fact_is_one_that_is_looked_for() {
        const KNOWN: [&str; 9] = [
            "leaves",
            "contract",
            "spellings",
            "unicode",
            "notations",
            "decimals",
            "times",
            "personal",
            "versions",
        ];
        let facts = VOCABULARY.lines().filter_map(|line| line.strip_prefix('@'));
        for fact in facts {
            let (fact, _) = fact.split_once(' ').unwrap();
            assert!(KNOWN.contains(&fact), "{fact}");
        }
    }
}
