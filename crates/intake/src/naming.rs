//! How tables and columns are called in findings and to an author: by their names where those are
//! harmless, else by their aliases.

use std::collections::BTreeMap;

use silversmith_types::context::RunContext;
use silversmith_types::evidence::Evidence;
use silversmith_types::{ColumnName, TableName};

use crate::screen::{Harm, harm};

/// The tables of a run with their columns. `T1` is the first table in the order of names, `C1` the
/// first column in the order of the file.
#[derive(Debug, Default)]
pub(crate) struct Naming {
    /// The profiled tables in the order of their names, then those that are named elsewhere alone.
    tables: Vec<NamedTable>,
    by_name: BTreeMap<String, usize>,
}

#[derive(Debug)]
struct NamedTable {
    harm: Option<Harm>,
    columns: Vec<(String, Option<Harm>)>,
}

impl Naming {
    /// Judges every name of a context, and of what was measured.
    pub(crate) fn of(context: &RunContext, bronze: Option<&Evidence>) -> Self {
        let mut naming = Self::default();
        let mut judged: BTreeMap<&str, Option<Harm>> = BTreeMap::new();
        for (name, profile) in &context.profile.tables {
            let columns = profile.columns.iter().map(|column| {
                let harm = *judged.entry(column).or_insert_with(|| harm(column));
                (column.clone(), harm)
            });
            naming.add(name, columns.collect());
        }
        let stated = context.silversmith_evidence.as_ref();
        let elsewhere = stated.into_iter().chain(bronze);
        let elsewhere =
            elsewhere.flat_map(|evidence| evidence.tables.keys().map(TableName::as_str));
        for name in (context.bronze_tables.keys().map(String::as_str)).chain(elsewhere) {
            naming.add(name, Vec::new());
        }
        naming
    }

    fn add(&mut self, name: &str, columns: Vec<(String, Option<Harm>)>) {
        if !self.by_name.contains_key(name) {
            self.by_name.insert(name.to_owned(), self.tables.len());
            let harm = harm(name);
            self.tables.push(NamedTable { harm, columns });
        }
    }

    /// Why the table at this place, from 0, goes by its alias, if it does.
    pub(crate) fn harm_of_table(&self, at: usize) -> Option<Harm> {
        self.tables.get(at)?.harm
    }

    /// Why a column goes by its alias, if it does.
    pub(crate) fn harm_of_column(&self, table: usize, column: usize) -> Option<Harm> {
        self.tables.get(table)?.columns.get(column)?.1
    }

    /// A table in a sentence.
    pub(crate) fn table(&self, name: &TableName) -> String {
        match self.table_alias(name.as_str()) {
            Some(alias) => alias,
            None => format!("`{name}`"),
        }
    }

    /// A column in a sentence.
    pub(crate) fn column(&self, table: &TableName, column: &ColumnName) -> String {
        match self.column_alias(self.by_name.get(table.as_str()).copied(), column.as_str()) {
            Some(alias) => alias,
            None => format!("`{column}`"),
        }
    }

    /// The alias of a name that does not travel; `None` where it does.
    fn table_alias(&self, name: &str) -> Option<String> {
        match self.by_name.get(name) {
            Some(at) => self.tables[*at].harm.map(|_| format!("T{}", at + 1)),
            None => harm(name).map(|_| "T?".to_owned()),
        }
    }

    fn column_alias(&self, table: Option<usize>, name: &str) -> Option<String> {
        let columns = table.map_or(&[][..], |at| &self.tables[at].columns);
        match columns.iter().position(|(column, _)| column == name) {
            Some(at) => columns[at].1.map(|_| format!("C{}", at + 1)),
            None => harm(name).map(|_| "C?".to_owned()),
        }
    }

    /// A pointer without the names that do not travel.
    pub(crate) fn pointer(&self, pointer: &str) -> String {
        let mut table = None;
        let mut clean = String::new();
        for segment in pointer.split('/').skip(1) {
            let name = segment.replace("~1", "/").replace("~0", "~");
            clean.push('/');
            if let Some(at) = self.by_name.get(&name) {
                table = Some(*at);
                match self.table_alias(&name) {
                    Some(alias) => clean.push_str(&alias),
                    None => clean.push_str(segment),
                }
            } else {
                match self.column_alias(table, &name) {
                    Some(alias) => clean.push_str(&alias),
                    None => clean.push_str(segment),
                }
            }
        }
        clean
    }
}
