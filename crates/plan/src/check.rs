use std::collections::{BTreeMap, BTreeSet};

use silversmith_intake::{Brief, BriefTable, QuarantineConsent};
use silversmith_types::{ColumnName, Digest, TableName, is_invisible};

use crate::document::{PlanDocument, RowRelation, Step, TablePlan, escape_pointer};
use crate::operation::{Class, OperationKind, Problem};
use crate::ops::expect::Expectation;
use crate::origins::Origins;
use crate::schema::Schema;

/// Most steps of one table, and longest texts of a step. A reviewer reads every one.
const MAX_STEPS: usize = 500;
const MAX_WHY_CHARS: usize = 240;
const MAX_EVIDENCE: usize = 20;

/// A plan that fits a brief: every table and column exists, every step is defined on the types it
/// meets, and the grain that is claimed follows from the steps.
///
/// Only [`Plan::check`] makes one.
#[derive(Debug)]
pub struct Plan {
    document: PlanDocument,
    digest: Digest,
    schemas: BTreeMap<TableName, Schema>,
}

/// Why a plan is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} (at {pointer})")]
pub struct PlanError {
    code: &'static str,
    /// Where in the plan: a JSON pointer.
    pub pointer: String,
    /// What is wrong, in one sentence.
    pub message: String,
}

impl PlanError {
    fn new(code: &'static str, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code,
            pointer: pointer.into(),
            message: message.into(),
        }
    }

    /// The document is no plan: not JSON, or not of the plan's shape.
    pub(crate) fn malformed(pointer: &str, message: impl Into<String>) -> Self {
        let pointer = if pointer.is_empty() { "/" } else { pointer };
        Self::new("SS-PLAN-001", pointer, message)
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// What to do about it, in one line.
    pub fn help(&self) -> Option<String> {
        Some(match self.code {
            "SS-PLAN-001" => "see docs/schema/plan.schema.json for the shape of a plan".to_owned(),
            "SS-PLAN-002" => "a plan has exactly the tables of the run it was made for".to_owned(),
            "SS-PLAN-003" => "every table ends with one `publish` step".to_owned(),
            "SS-PLAN-005" => {
                "send the rows to quarantine, and allow that in the contract: customProperties \
                 `silversmith.quarantine`"
                    .to_owned()
            }
            "SS-PLAN-006" => {
                "name keys that are unique in Bronze, or add `dedupe_latest` or `expect` unique"
                    .to_owned()
            }
            "SS-PLAN-004" => {
                "write what a reviewer can read: plain ids, single short lines, few steps"
                    .to_owned()
            }
            "SS-PLAN-007" => {
                "see docs/schema/plan.schema.json for the operations, and `plan show` for the \
                 columns that a step meets"
                    .to_owned()
            }
            _ => return None,
        })
    }
}

impl Plan {
    /// Checks a document against the brief it was made for; every problem found is reported.
    pub fn check(document: PlanDocument, brief: &Brief) -> Result<Self, Vec<PlanError>> {
        let mut errors = Vec::new();
        for name in brief
            .tables()
            .keys()
            .filter(|name| !document.tables.contains_key(name))
        {
            let message = format!("table `{name}` of the run has no plan");
            errors.push(PlanError::new("SS-PLAN-002", "/tables", message));
        }
        let mut schemas = BTreeMap::new();
        for (name, plan) in &document.tables {
            let pointer = format!("/tables/{}", escape_pointer(name.as_str()));
            match brief.tables().get(name) {
                None => {
                    let message = format!("table `{name}` is not in the run");
                    errors.push(PlanError::new("SS-PLAN-002", pointer, message));
                }
                Some(table) => {
                    let checked = TableCheck {
                        pointer: &pointer,
                        plan,
                        table,
                        errors: &mut errors,
                    };
                    let origins = Origins::new(name, table, brief.joins());
                    schemas.insert(name.clone(), checked.run(origins));
                }
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let digest = Digest::of(&document.to_bytes());
        Ok(Self {
            document,
            digest,
            schemas,
        })
    }

    /// The plan as it is written.
    pub fn document(&self) -> &PlanDocument {
        &self.document
    }

    /// Digest of the canonical bytes.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The columns of each Silver table.
    pub fn schemas(&self) -> &BTreeMap<TableName, Schema> {
        &self.schemas
    }
}

struct TableCheck<'a> {
    pointer: &'a str,
    plan: &'a TablePlan,
    table: &'a BriefTable,
    errors: &'a mut Vec<PlanError>,
}

impl TableCheck<'_> {
    fn run(mut self, mut origins: Origins<'_>) -> Schema {
        let mut schema = Schema::bronze(self.table.columns.iter().map(|column| &column.name));
        let mut ids = BTreeSet::new();
        if self.plan.steps.len() > MAX_STEPS {
            self.error(
                "SS-PLAN-004",
                "/steps",
                format!("has more than {MAX_STEPS} steps"),
            );
        }
        for (at, step) in self.plan.steps.iter().enumerate() {
            self.check_texts(at, step, ids.insert(&step.id));
            let before = schema.clone();
            if let Err(problem) = step.operation.as_operation().check(&mut schema) {
                self.step_error(at, step, problem);
                // What comes after would only repeat the same problem.
                return schema;
            }
            self.check_removal(at, step, &before, &origins);
            origins.follow(&step.operation, &before, &schema);
        }
        self.check_relation();
        self.check_publish();
        self.check_grain(&schema, &origins);
        schema
    }

    fn error(&mut self, code: &'static str, below: &str, message: impl Into<String>) {
        self.errors.push(PlanError::new(
            code,
            format!("{}{below}", self.pointer),
            message,
        ));
    }

    fn step_error(&mut self, at: usize, step: &Step, problem: Problem) {
        let message = format!("step `{}`: {}", step.id, problem.message);
        self.error(
            "SS-PLAN-007",
            &format!("/steps/{at}{}", problem.pointer),
            message,
        );
    }

    fn check_texts(&mut self, at: usize, step: &Step, id_is_new: bool) {
        let id_fits = (1..=40).contains(&step.id.len())
            && step
                .id
                .bytes()
                .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        if !id_fits || !id_is_new {
            let rule = "is not unique, or not 1 to 40 lower-case letters, digits and dashes";
            self.error(
                "SS-PLAN-004",
                &format!("/steps/{at}/id"),
                format!("the id {rule}"),
            );
        }
        let mut texts = std::iter::once(&step.why).chain(&step.evidence);
        if !texts.all(|text| is_line(text, MAX_WHY_CHARS)) || step.evidence.len() > MAX_EVIDENCE {
            let rule = format!(
                "`why` and `evidence` are single lines of at most {MAX_WHY_CHARS} characters, and at most {MAX_EVIDENCE}"
            );
            self.error("SS-PLAN-004", &format!("/steps/{at}"), rule);
        }
    }

    fn check_relation(&mut self) {
        if let RowRelation::Subset(reason) = &self.plan.grain.rows
            && !is_line(reason, MAX_WHY_CHARS)
        {
            let rule =
                format!("the reason is not a single line of at most {MAX_WHY_CHARS} characters");
            self.error("SS-PLAN-004", "/grain/rows/subset", rule);
        }
    }

    fn check_publish(&mut self) {
        let publishes = |step: &Step| step.operation.as_operation().class() == Class::Publish;
        let last_publishes = self.plan.steps.last().is_some_and(publishes);
        if !last_publishes
            || self
                .plan
                .steps
                .iter()
                .filter(|step| publishes(step))
                .count()
                != 1
        {
            self.error(
                "SS-PLAN-003",
                "/steps",
                "does not end with its one `publish` step",
            );
        }
    }

    fn check_removal(&mut self, at: usize, step: &Step, schema: &Schema, origins: &Origins<'_>) {
        let Some(needed) = step.operation.as_operation().removal() else {
            return;
        };
        let below = format!("/steps/{at}");
        if self.plan.grain.rows == RowRelation::Equal {
            let message = format!(
                "step `{}` can remove rows, and the grain says that rows are equal to Bronze",
                step.id
            );
            self.error("SS-PLAN-005", &below, message);
        }
        if step.operation.as_operation().loses_rows() {
            let message = format!(
                "step `{}` drops rows for good, and a contract can consent to quarantine alone",
                step.id
            );
            self.error("SS-PLAN-005", &below, message);
        }
        let consent = consent_name(needed);
        if !self.table.terms.quarantine.contains(&needed) {
            let message = format!(
                "step `{}` removes rows ({consent}), and nobody consented to that",
                step.id
            );
            self.error("SS-PLAN-005", &below, message);
        } else if !self.is_within_consent(step, needed, schema, origins) {
            let message = format!(
                "step `{}` removes rows ({consent}), and the consent to that is for the values of \
                 Bronze: for {}, before a step gives it other values",
                step.id,
                self.consented_columns(needed)
            );
            self.error("SS-PLAN-005", &below, message);
        }
    }

    fn consented_columns(&self, consent: QuarantineConsent) -> String {
        let key = &self.table.terms.primary_key;
        match consent {
            QuarantineConsent::DuplicateRow => "all columns".to_owned(),
            _ if key.is_empty() => "a key that the contract does not name".to_owned(),
            _ => {
                let names = key.iter().map(|name| format!("`{name}`"));
                format!("the key {}", names.collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// Consent to quarantine null keys is no consent to quarantine nulls of any other column, and
    /// rows that agree in some columns do not repeat each other. What was consented to is said of
    /// Bronze's own values: not of those that a step puts in their place.
    fn is_within_consent(
        &self,
        step: &Step,
        needed: QuarantineConsent,
        schema: &Schema,
        origins: &Origins<'_>,
    ) -> bool {
        let key = &self.table.terms.primary_key;
        let is_missing_key = |name: &ColumnName| {
            let bronze = origins.bronze_with_its_nulls(name);
            bronze.is_some_and(|bronze| key.contains(bronze))
        };
        let are_the_key = |names: &[ColumnName]| {
            !key.is_empty()
                && names
                    .iter()
                    .map(|name| origins.bronze(name))
                    .eq(key.iter().map(Some))
        };
        match (&step.operation, needed) {
            (OperationKind::FilterRows(filter), QuarantineConsent::NullKey) => filter
                .predicate
                .as_not_null_test()
                .is_some_and(|names| names.into_iter().all(is_missing_key)),
            (OperationKind::DedupeLatest(dedupe), QuarantineConsent::DuplicateKey) => {
                are_the_key(&dedupe.keys)
            }
            (OperationKind::DedupeExact(dedupe), QuarantineConsent::DuplicateRow) => {
                let compared = dedupe.compared(schema);
                let shown: BTreeSet<_> =
                    compared.iter().filter_map(|n| origins.bronze(n)).collect();
                let mut bronze = self.table.columns.iter();
                bronze.all(|column| shown.contains(&column.name))
            }
            (OperationKind::Expect(expect), _) => match &expect.that {
                Expectation::NotNull(name) => is_missing_key(name),
                Expectation::Unique(names) => are_the_key(names),
                _ => true,
            },
            _ => true,
        }
    }

    /// Keys are proved by a deduplication, by exact evidence, or stated to be checked by `expect`;
    /// after that no step gives them other values.
    fn check_grain(&mut self, schema: &Schema, origins: &Origins<'_>) {
        let keys = &self.plan.grain.keys;
        if let Some(missing) = keys.iter().find(|key| schema.position(key).is_none()) {
            let message = format!("key column `{missing}` is not in the result");
            self.error("SS-PLAN-006", "/grain/keys", message);
            return;
        }
        if !keys.is_empty() && !origins.are_unique(keys) {
            let message =
                "nothing shows that the key columns, as the steps leave them, identify a row";
            self.error("SS-PLAN-006", "/grain/keys", message);
        }
    }
}

/// One line that a reviewer sees as it is: no control character, nothing invisible, nothing that
/// turns the direction of the text.
pub(crate) fn is_line(text: &str, max_chars: usize) -> bool {
    text.chars().count() <= max_chars && !text.chars().any(is_invisible)
}

fn consent_name(consent: QuarantineConsent) -> &'static str {
    match consent {
        QuarantineConsent::DuplicateKey => "duplicate_key",
        QuarantineConsent::NullKey => "null_key",
        QuarantineConsent::DuplicateRow => "duplicate_row",
        QuarantineConsent::InvalidValue => "invalid_value",
    }
}
