//! `data_policy.json`: which columns hold personal data, what becomes of them, and what was kept from
//! the author. It holds no value, and no name that does not travel.

use std::collections::BTreeMap;

use serde::Serialize;
use silversmith_intake::{Brief, Withheld};
use silversmith_plan::{OperationKind, Plan, TablePlan};
use silversmith_types::evidence::PersonalKind;
use silversmith_types::{ColumnName, TableName};

use crate::lineage::{ColumnStory, column_stories, made_from};

/// The format.
const VERSION: &str = "silversmith.data-policy/v0";

/// What is on record about personal data in the making of a module.
#[derive(Debug, Serialize)]
pub struct DataPolicy<'a> {
    version: &'static str,
    bronze_run: &'a str,
    /// SHA-256 of the plan that treats the fields so.
    plan: String,
    /// Columns of Bronze that hold personal data.
    personal_fields: Vec<PersonalField>,
    /// Columns of Silver that steps made from such columns.
    derived_fields: Vec<DerivedField>,
    /// What was kept from the author.
    withheld: &'a Withheld,
}

#[derive(Debug, Serialize)]
struct PersonalField {
    table: String,
    column: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    table_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column_name: Option<String>,
    kind: PersonalKind,
    treatment: Treatment,
    /// Its name in Silver, where it is kept and its name travels.
    #[serde(skip_serializing_if = "Option::is_none")]
    silver: Option<String>,
    /// The steps that take it away or hash it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    steps: Vec<String>,
}

/// What a plan does with a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Treatment {
    /// It is in Silver.
    Kept,
    /// It is not, and nothing of it.
    Dropped,
    /// It is not, but a hash of it is. Whoever has the value can compute the hash: it is still
    /// personal data.
    Pseudonymised,
}

#[derive(Debug, Serialize)]
struct DerivedField {
    table: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    table_name: Option<String>,
    /// Its name in Silver, where the names of its table all travel.
    #[serde(skip_serializing_if = "Option::is_none")]
    silver: Option<String>,
}

impl<'a> DataPolicy<'a> {
    /// The record for a plan that was checked against the brief.
    pub fn of(brief: &'a Brief, plan: &Plan, withheld: &'a Withheld) -> Self {
        let mut personal_fields = Vec::new();
        let mut derived_fields = Vec::new();
        for (name, table) in &plan.document().tables {
            let fields = Fields::of(brief, plan, name, table);
            personal_fields.extend(fields.personal(withheld));
            derived_fields.extend(fields.derived(withheld));
        }
        Self {
            version: VERSION,
            bronze_run: brief.bronze_run().as_str(),
            plan: silversmith_types::Digest::of(&plan.document().to_bytes()).to_hex(),
            personal_fields,
            derived_fields,
            withheld,
        }
    }

    /// The file: pretty, ending in a newline.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Serialising plain data with text keys into memory cannot fail.
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// How many of what, for the statement about the module.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        let mut add = |name: String, count: u64| *counts.entry(name).or_default() += count;
        add(
            "personal_fields".to_owned(),
            self.personal_fields.len() as u64,
        );
        for field in &self.personal_fields {
            add(format!("personal_fields_{}", text(field.treatment)), 1);
        }
        for (category, action, count) in self.withheld.counts() {
            add(format!("{}_{}", text(category), text(action)), count);
        }
        counts
    }
}

/// The name of a variant as JSON has it.
fn text(variant: impl Serialize) -> String {
    let value = serde_json::to_value(variant).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// The columns of one table.
struct Fields<'f> {
    brief: &'f Brief,
    name: &'f TableName,
    alias: String,
    table: &'f TablePlan,
    stories: Vec<ColumnStory<'static>>,
}

impl<'f> Fields<'f> {
    fn of(brief: &'f Brief, plan: &Plan, name: &'f TableName, table: &'f TablePlan) -> Self {
        let columns = brief
            .tables()
            .get(name)
            .map(|table| table.columns.as_slice());
        let bronze: Vec<ColumnName> = columns
            .unwrap_or_default()
            .iter()
            .map(|column| column.name.clone())
            .collect();
        Self {
            brief,
            name,
            alias: brief
                .table_alias(name)
                .map(|alias| alias.to_string())
                .unwrap_or_default(),
            table,
            stories: column_stories(table, &bronze, plan.schemas().get(name), None),
        }
    }

    fn personal(&self, withheld: &Withheld) -> Vec<PersonalField> {
        let of_table = withheld
            .personal_columns
            .iter()
            .filter(|found| found.table == self.alias);
        let fields = of_table.filter_map(|found| {
            let column = self.brief.column_of(self.name, &found.column)?;
            let mut stories = self.stories.iter();
            let silver = stories
                .find(|story| story.bronze.as_ref() == Some(column))
                .and_then(|story| story.silver.as_ref());
            let (dropped, hashed) = self.steps_about(column);
            let treatment = match (silver, hashed.is_empty()) {
                (Some(_), _) => Treatment::Kept,
                (None, true) => Treatment::Dropped,
                (None, false) => Treatment::Pseudonymised,
            };
            let shown = self.brief.shows_column(self.name, column);
            Some(PersonalField {
                table: found.table.clone(),
                column: found.column.clone(),
                table_name: found.table_name.clone(),
                column_name: found.column_name.clone(),
                kind: found.kind,
                treatment,
                silver: silver.filter(|_| shown).map(|(name, _)| name.to_string()),
                steps: dropped.into_iter().chain(hashed).collect(),
            })
        });
        fields.collect()
    }

    /// The steps that drop a column, and those that hash it, by its name in Bronze: a plan that
    /// renames does so at its end.
    fn steps_about(&self, column: &ColumnName) -> (Vec<String>, Vec<String>) {
        let of = |about: fn(&OperationKind, &ColumnName) -> bool| {
            let steps = self.table.steps.iter();
            steps
                .filter(|step| about(&step.operation, column))
                .map(|step| step.id.clone())
                .collect()
        };
        let dropped = of(|operation, column| match operation {
            OperationKind::DropColumns(drop) => drop.columns.contains(column),
            OperationKind::SelectColumns(select) => !select.columns.contains(column),
            _ => false,
        });
        let hashed = of(|operation, column| match operation {
            OperationKind::HashKey(hash) => hash.columns.contains(column),
            _ => false,
        });
        (dropped, hashed)
    }

    fn derived(&self, withheld: &Withheld) -> Vec<DerivedField> {
        let personal: Vec<&ColumnName> = withheld
            .personal_columns
            .iter()
            .filter(|found| found.table == self.alias)
            .filter_map(|found| self.brief.column_of(self.name, &found.column))
            .collect();
        let table = self.brief.tables().get(self.name);
        let columns = table
            .map(|table| table.columns.as_slice())
            .unwrap_or_default();
        let all_shown = columns
            .iter()
            .all(|column| self.brief.shows_column(self.name, &column.name));
        let bronze: Vec<ColumnName> = columns.iter().map(|column| column.name.clone()).collect();
        made_from(self.table, &bronze, &personal)
            .into_iter()
            .map(|silver| DerivedField {
                table: self.alias.clone(),
                table_name: self
                    .brief
                    .shows_table(self.name)
                    .then(|| self.name.to_string()),
                silver: all_shown.then(|| silver.to_string()),
            })
            .collect()
    }
}
