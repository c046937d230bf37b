//! The steps of one table while they are collected.

use silversmith_intake::BriefTable;
use silversmith_plan::ops::map_values::MapValues;
use silversmith_plan::{OperationKind, Origins, Schema, Step};
use silversmith_types::evidence::JoinEvidence;
pub(crate) use silversmith_types::grouped as thousands;
use silversmith_types::{ColumnName, TableName, is_invisible};

/// Longest line of `why` or of evidence, in characters, and most lines of evidence: what the check
/// of a plan admits.
const MAX_LINE_CHARS: usize = 240;
const MAX_EVIDENCE: usize = 20;
/// A plan admits 500 steps a table. Findings stop before, so that repairs and `publish` have room.
const MAX_FINDINGS_AT: usize = 440;
const MAX_STEPS: usize = 499;

/// Steps in order, with the schema that they lead to.
pub(crate) struct Steps<'a> {
    table: &'a TableName,
    schema: Schema,
    origins: Origins<'a>,
    steps: Vec<Step>,
    /// Operations that did not fit the table as it stood. Evidence that contradicts itself can cause
    /// that; on evidence that makes sense it is a mistake in a rule, and tests say so.
    #[cfg(test)]
    pub(crate) unfit: Vec<String>,
}

impl<'a> Steps<'a> {
    pub(crate) fn new(
        name: &'a TableName,
        table: &'a BriefTable,
        joins: &'a [JoinEvidence],
    ) -> Self {
        Self {
            table: name,
            schema: Schema::bronze(table.columns.iter().map(|column| &column.name)),
            origins: Origins::new(name, table, joins),
            steps: Vec::new(),
            #[cfg(test)]
            unfit: Vec::new(),
        }
    }

    /// The columns as they are after the steps so far.
    pub(crate) fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Adds a step if it fits the table as it stands and there is room for it; says whether.
    /// A plan without the step is weaker, one with a step that does not fit is refused as a whole.
    pub(crate) fn push(
        &mut self,
        why: impl AsRef<str>,
        evidence: impl IntoIterator<Item = String>,
        operation: OperationKind,
    ) -> bool {
        let finding = matches!(operation, OperationKind::Expect(_));
        if self.steps.len() >= if finding { MAX_FINDINGS_AT } else { MAX_STEPS } {
            return false;
        }
        let mut after = self.schema.clone();
        let checked = operation.as_operation().check(&mut after);
        #[cfg(test)]
        if let Err(problem) = &checked {
            self.unfit
                .push(format!("{}: {}", operation.name(), problem.message));
        }
        if checked.is_err() {
            return false;
        }
        self.origins.follow(&operation, &self.schema, &after);
        self.schema = after;
        let number = self.steps.len() + 1;
        self.steps.push(Step {
            id: format!("{}-{number}", operation.name().replace('_', "-")),
            why: line(why.as_ref()),
            evidence: evidence
                .into_iter()
                .take(MAX_EVIDENCE)
                .map(|text| line(&text))
                .collect(),
            operation,
        });
        true
    }

    /// A line of evidence: a fact about a column of this table.
    pub(crate) fn fact(&self, column: &ColumnName, fact: impl AsRef<str>) -> String {
        // Names may have 128 characters each; what was counted matters more than all of a name.
        let fact = fact.as_ref();
        let room = MAX_LINE_CHARS.saturating_sub(fact.chars().count() + 1);
        format!(
            "{} {fact}",
            shortened(&format!("{}/{column}", self.table), room)
        )
    }

    /// A line of evidence about the table as a whole.
    pub(crate) fn table_fact(&self, fact: impl AsRef<str>) -> String {
        format!("{} {}", self.table, fact.as_ref())
    }

    /// Whether a column still says what Bronze says under that name: no step so far gave it other
    /// values. What the contract lets happen to it ends with that.
    pub(crate) fn is_own(&self, name: &ColumnName) -> bool {
        self.origins.bronze(name) == Some(name)
    }

    /// The last folding of a column's codes.
    pub(crate) fn map_of(&self, column: &ColumnName) -> Option<&MapValues> {
        self.steps
            .iter()
            .rev()
            .find_map(|step| match &step.operation {
                OperationKind::MapValues(map) if map.columns.contains(column) => Some(map),
                _ => None,
            })
    }

    /// Whether any step can remove rows.
    pub(crate) fn removes_rows(&self) -> bool {
        self.steps
            .iter()
            .any(|step| step.operation.as_operation().removal().is_some())
    }

    pub(crate) fn into_steps(self) -> Vec<Step> {
        self.steps
    }
}

/// One line, without control or invisible characters, that a plan admits.
fn line(text: &str) -> String {
    let one_line: String = text
        .chars()
        .map(|c| if is_invisible(c) { ' ' } else { c })
        .collect();
    shortened(&one_line, MAX_LINE_CHARS)
}

fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut kept: String = text.chars().take(most.saturating_sub(1)).collect();
    kept.push('…');
    kept
}

/// `1 value` or `2 values`.
pub(crate) fn counted(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", thousands(number))
}

/// A few names for a sentence, and how many more there are.
pub(crate) fn listed<'n>(names: impl IntoIterator<Item = &'n ColumnName>) -> String {
    let names: Vec<&str> = names.into_iter().map(ColumnName::as_str).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => shortened(one, 80),
        [one, two] => format!("{} and {}", shortened(one, 60), shortened(two, 60)),
        [one, two, rest @ ..] => format!(
            "{}, {} and {} more",
            shortened(one, 50),
            shortened(two, 50),
            thousands(rest.len() as u64)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use silversmith_intake::TableTerms;

    #[test]
    fn nouns_follow_their_count() {
        assert_eq!(
            (counted(1, "row").as_str(), counted(2, "row").as_str()),
            ("1 row", "2 rows")
        );
    }

    #[test]
    fn lines_are_bounded_and_keep_their_counts() {
        assert_eq!(line(&"x".repeat(500)).chars().count(), MAX_LINE_CHARS);
        assert_eq!(line("a\nb\u{7f}c"), "a b c");
        let name = format!("{}.csv", "t".repeat(120)).parse().unwrap();
        let column = "ü".repeat(128).parse().unwrap();
        let table = BriefTable {
            rows: 0,
            columns: Vec::new(),
            evidence: None,
            hints: Vec::new(),
            terms: TableTerms::default(),
        };
        let steps = Steps::new(&name, &table, &[]);
        let fact = steps.fact(&column, "outer_space=15");
        assert!(fact.chars().count() <= MAX_LINE_CHARS && fact.ends_with(" outer_space=15"));
    }
}
