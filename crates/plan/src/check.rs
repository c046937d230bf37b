use std::collections::{BTreeMap, BTreeSet};

use silversmith_intake::{Brief, BriefTable, QuarantineConsent};
use silversmith_types::{Digest, TableName};

use crate::document::{PlanDocument, RowRelation, Step, TablePlan, escape_pointer};
use crate::operation::{Class, OperationKind, Problem};
use crate::ops::filter_rows::FilterRows;
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
                    schemas.insert(name.clone(), checked.run());
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
    fn run(mut self) -> Schema {
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
            if let Err(problem) = step.operation.as_operation().check(&mut schema) {
                self.step_error(at, step, problem);
                // What comes after would only repeat the same problem.
                return schema;
            }
            self.check_removal(at, step, &schema);
        }
        self.check_publish();
        self.check_grain(&schema);
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
        let texts = std::iter::once(&step.why).chain(&step.evidence);
        let one_line = |text: &String| {
            text.chars().count() <= MAX_WHY_CHARS && !text.chars().any(char::is_control)
        };
        if !texts.into_iter().all(one_line) || step.evidence.len() > MAX_EVIDENCE {
            let rule = format!(
                "`why` and `evidence` are single lines of at most {MAX_WHY_CHARS} characters, and at most {MAX_EVIDENCE}"
            );
            self.error("SS-PLAN-004", &format!("/steps/{at}"), rule);
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

    fn check_removal(&mut self, at: usize, step: &Step, schema: &Schema) {
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
        if !self.table.terms.quarantine.contains(&needed)
            || !self.is_within_consent(step, needed, schema)
        {
            let message = format!(
                "step `{}` removes rows ({}), and nobody consented to that",
                step.id,
                consent_name(needed)
            );
            self.error("SS-PLAN-005", &below, message);
        }
    }

    /// Consent to quarantine null keys is no consent to quarantine nulls of any other column, and
    /// rows that agree in some columns do not repeat each other.
    fn is_within_consent(&self, step: &Step, needed: QuarantineConsent, schema: &Schema) -> bool {
        match (&step.operation, needed) {
            (OperationKind::FilterRows(filter), QuarantineConsent::NullKey) => {
                filter.columns_required().is_some_and(|names| {
                    names
                        .iter()
                        .all(|n| self.table.terms.primary_key.contains(n))
                })
            }
            (OperationKind::DedupeLatest(dedupe), QuarantineConsent::DuplicateKey) => {
                dedupe.keys == self.table.terms.primary_key
            }
            (OperationKind::DedupeExact(dedupe), QuarantineConsent::DuplicateRow) => {
                let compared = dedupe.compared(schema);
                let mut bronze = self.table.columns.iter();
                bronze.all(|column| compared.contains(&column.name))
            }
            (
                OperationKind::Expect(expect),
                QuarantineConsent::NullKey | QuarantineConsent::DuplicateKey,
            ) => expect.concerns_key(&self.table.terms.primary_key),
            _ => true,
        }
    }

    /// Keys are proved by a deduplication, by exact evidence, or stated to be checked by `expect`.
    fn check_grain(&mut self, schema: &Schema) {
        let keys = &self.plan.grain.keys;
        if let Some(missing) = keys.iter().find(|key| schema.position(key).is_none()) {
            let message = format!("key column `{missing}` is not in the result");
            self.error("SS-PLAN-006", "/grain/keys", message);
            return;
        }
        let stated = self.plan.steps.iter().any(|step| match &step.operation {
            OperationKind::DedupeLatest(dedupe) => dedupe.keys == *keys,
            OperationKind::Expect(expect) => expect.states_unique(keys),
            _ => false,
        });
        let evident = self.table.evidence.as_ref().is_some_and(|evidence| {
            evidence
                .keys
                .iter()
                .any(|key| key.exact && key.duplicate_keys == 0 && key.columns == *keys)
        });
        if !keys.is_empty() && !stated && !evident {
            let message = "nothing shows that the key columns identify a row";
            self.error("SS-PLAN-006", "/grain/keys", message);
        }
    }
}

fn consent_name(consent: QuarantineConsent) -> &'static str {
    match consent {
        QuarantineConsent::DuplicateKey => "duplicate_key",
        QuarantineConsent::NullKey => "null_key",
        QuarantineConsent::DuplicateRow => "duplicate_row",
        QuarantineConsent::InvalidValue => "invalid_value",
    }
}

impl FilterRows {
    /// The columns, where the predicate says no more than that they are not null.
    fn columns_required(&self) -> Option<Vec<&silversmith_types::ColumnName>> {
        self.predicate.as_not_null_test()
    }
}
