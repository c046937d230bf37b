//! The terms of a data contract in ODCS v3 (Open Data Contract Standard).
//!
//! Read are the tables (`schema`), their columns (`properties`), keys, what is required and unique,
//! and our own custom property `silversmith.quarantine`. The rest of the standard is for people.

use std::collections::{BTreeMap, BTreeSet};

use silversmith_types::{ColumnName, TableName};

use crate::brief::{BriefTable, QuarantineConsent, TableTerms};
use crate::finding::{Code, Findings, Input, Place, child};
use crate::limits::Limits;
use crate::yaml::{self, Node};

/// Our custom properties all begin so; an unknown one is a mistake, not somebody else's.
const OWN_PREFIX: &str = "silversmith.";
const QUARANTINE: &str = "silversmith.quarantine";

/// Parts of the standard that state rules we do not enforce.
const UNREAD: [&str; 2] = ["quality", "logicalTypeOptions"];

/// Reads the contract and puts its terms into the tables.
pub(crate) fn read_contract(
    bytes: &[u8],
    tables: &mut BTreeMap<TableName, BriefTable>,
    limits: &Limits,
    findings: &mut Findings,
) {
    if bytes.len() > limits.contract_bytes {
        let limit = limits.contract_bytes;
        let message = format!("the contract has more than {limit} bytes");
        findings.reject(Code::TooLarge, Input::Contract, "", message);
        return;
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        findings.reject(
            Code::NotYaml,
            Input::Contract,
            "",
            "the contract is not UTF-8 text",
        );
        return;
    };
    let root = match yaml::parse(text, limits) {
        Ok(root) => root,
        Err(error) => {
            let message = format!("the contract {}", error.message);
            findings.reject(Code::NotYaml, Input::Contract, error.at, message);
            return;
        }
    };
    Reader { tables, findings }.contract(&root);
}

struct Reader<'a> {
    tables: &'a mut BTreeMap<TableName, BriefTable>,
    findings: &'a mut Findings,
}

impl Reader<'_> {
    fn contract(&mut self, root: &Node) {
        let text = |key: &str| root.get(key).and_then(Node::as_text);
        if text("kind") != Some("DataContract") {
            self.reject(Code::ContractShape, "/kind", "is not `DataContract`");
        }
        if !text("apiVersion").is_some_and(|version| version.starts_with("v3.")) {
            self.reject(
                Code::ContractShape,
                "/apiVersion",
                "is not a version 3 of ODCS",
            );
        }
        let Some(Node::Sequence(objects)) = root.get("schema") else {
            self.reject(Code::ContractShape, "/schema", "is not a list of tables");
            return;
        };
        let mut seen = BTreeSet::new();
        for (at, object) in objects.iter().enumerate() {
            let pointer = format!("/schema/{at}");
            let Some(table) = self.table(&pointer, object) else {
                continue;
            };
            if !seen.insert(table.clone()) {
                let message = format!(
                    "table {} is described twice",
                    self.findings.naming.table(&table)
                );
                self.reject(Code::ContractTerms, &pointer, message);
                continue;
            }
            let terms = self.terms(&pointer, object, &table);
            if let Some(brief) = self.tables.get_mut(&table) {
                brief.terms = terms;
            }
        }
    }

    /// The table of the run that an object of the schema describes.
    fn table(&mut self, pointer: &str, object: &Node) -> Option<TableName> {
        let mut names = Vec::new();
        for key in ["physicalName", "name"] {
            names.extend(self.name(pointer, object, key)?);
        }
        if names.is_empty() {
            self.reject(Code::ContractShape, pointer, "has no name");
            return None;
        }
        let found = names.iter().find_map(|name| {
            let spellings = [name.clone(), format!("{name}.csv")];
            let parsed = spellings
                .iter()
                .filter_map(|spelling| spelling.parse().ok());
            parsed
                .into_iter()
                .find(|table: &TableName| self.tables.contains_key(table))
        });
        if found.is_none() {
            self.reject(
                Code::ContractTable,
                pointer,
                "the run has no table of this name",
            );
        }
        found
    }

    /// An optional name; `None` when it is there and no text.
    fn name(&mut self, pointer: &str, node: &Node, key: &str) -> Option<Option<String>> {
        match node.get(key) {
            None => Some(None),
            Some(value) if value.is_null() => Some(None),
            Some(value) => match value.as_text() {
                Some(text) => Some(Some(text.to_owned())),
                None => {
                    self.reject(Code::ContractShape, &child(pointer, key), "is not a text");
                    None
                }
            },
        }
    }

    fn terms(&mut self, pointer: &str, object: &Node, table: &TableName) -> TableTerms {
        let mut terms = TableTerms::default();
        let mut key: Vec<(Option<i64>, ColumnName, String)> = Vec::new();
        let mut seen = BTreeSet::new();
        self.note_unread(pointer, object);
        for (at, property) in self.list(pointer, object, "properties").iter().enumerate() {
            let pointer = format!("{pointer}/properties/{at}");
            let Some(column) = self.column(&pointer, property, table) else {
                continue;
            };
            if !seen.insert(column.clone()) {
                let shown = self.findings.naming.column(table, &column);
                let message = format!("column {shown} is described twice");
                self.reject(Code::ContractTerms, &pointer, message);
                continue;
            }
            self.note_unread(&pointer, property);
            if self.flag(&pointer, property, "required") {
                terms.required.push(column.clone());
            }
            if self.flag(&pointer, property, "unique") {
                terms.unique.push(column.clone());
            }
            if self.flag(&pointer, property, "primaryKey") {
                let position = self.position(&pointer, property);
                key.push((position, column, pointer));
            }
        }
        terms.primary_key = self.ordered_key(key);
        terms.quarantine = self.consents(pointer, object);
        terms
    }

    fn column(&mut self, pointer: &str, property: &Node, table: &TableName) -> Option<ColumnName> {
        let mut names = Vec::new();
        for key in ["physicalName", "name"] {
            names.extend(self.name(pointer, property, key)?);
        }
        if names.is_empty() {
            self.reject(Code::ContractShape, pointer, "has no name");
            return None;
        }
        let columns = self.tables.get(table).map(|table| table.columns.as_slice());
        let columns = columns.unwrap_or_default();
        let found = names
            .iter()
            .find_map(|name| columns.iter().find(|column| column.name.as_str() == name));
        let found = found.map(|column| column.name.clone());
        if found.is_none() {
            let shown = self.findings.naming.table(table);
            let message = format!("table {shown} has no column of this name");
            self.reject(Code::ContractColumn, pointer, message);
        }
        found
    }

    /// A list member, empty where it is absent.
    fn list<'n>(&mut self, pointer: &str, node: &'n Node, key: &str) -> &'n [Node] {
        match node.get(key) {
            Some(Node::Sequence(items)) => items,
            None => &[],
            Some(value) if value.is_null() => &[],
            Some(_) => {
                self.reject(Code::ContractShape, &child(pointer, key), "is not a list");
                &[]
            }
        }
    }

    fn flag(&mut self, pointer: &str, node: &Node, key: &str) -> bool {
        let Some(value) = node.get(key).filter(|value| !value.is_null()) else {
            return false;
        };
        value.as_bool().unwrap_or_else(|| {
            self.reject(
                Code::ContractShape,
                &child(pointer, key),
                "is neither true nor false",
            );
            false
        })
    }

    /// The place in the primary key; the standard writes -1 for "not given".
    fn position(&mut self, pointer: &str, node: &Node) -> Option<i64> {
        let value = node
            .get("primaryKeyPosition")
            .filter(|value| !value.is_null())?;
        match value.as_integer() {
            Some(-1) => None,
            Some(place) if place >= 1 => Some(place),
            _ => {
                let message = "is not a place from 1 on";
                self.reject(
                    Code::ContractShape,
                    &child(pointer, "primaryKeyPosition"),
                    message,
                );
                None
            }
        }
    }

    /// The key in the order of its places; without places in the order of the document.
    fn ordered_key(&mut self, mut key: Vec<(Option<i64>, ColumnName, String)>) -> Vec<ColumnName> {
        let placed = key.iter().filter(|(place, ..)| place.is_some()).count();
        if placed != 0 && placed != key.len() {
            let pointer = key
                .iter()
                .find(|(place, ..)| place.is_none())
                .map(|(.., p)| p.clone());
            let message = "has no place in the primary key, and others have one";
            self.reject(Code::ContractTerms, &pointer.unwrap_or_default(), message);
        }
        key.sort_by_key(|(place, ..)| *place);
        for pair in key.windows(2) {
            let [(before, ..), (place, _, pointer)] = pair else {
                continue;
            };
            if place.is_some() && before == place {
                let pointer = child(pointer, "primaryKeyPosition");
                self.reject(
                    Code::ContractTerms,
                    &pointer,
                    "has the place of another column",
                );
            }
        }
        key.into_iter().map(|(_, column, _)| column).collect()
    }

    fn consents(&mut self, pointer: &str, object: &Node) -> Vec<QuarantineConsent> {
        let mut consents = None;
        for (at, custom) in self
            .list(pointer, object, "customProperties")
            .iter()
            .enumerate()
        {
            let pointer = format!("{pointer}/customProperties/{at}");
            let property = custom
                .get("property")
                .and_then(Node::as_text)
                .unwrap_or_default();
            if property == QUARANTINE {
                let pointer = child(&pointer, "value");
                let listed = self.consent_list(&pointer, custom.get("value"));
                if consents.replace(listed).is_some() {
                    self.reject(Code::ContractTerms, &pointer, "is given twice");
                }
            } else if property.starts_with(OWN_PREFIX) {
                let message = "is no custom property that Silversmith knows";
                self.reject(Code::ContractShape, &child(&pointer, "property"), message);
            }
        }
        consents.unwrap_or_default().into_iter().collect()
    }

    fn consent_list(&mut self, pointer: &str, value: Option<&Node>) -> BTreeSet<QuarantineConsent> {
        let Some(Node::Sequence(items)) = value else {
            self.reject(Code::ContractConsent, pointer, "is not a list");
            return BTreeSet::new();
        };
        let mut consents = BTreeSet::new();
        for (at, item) in items.iter().enumerate() {
            match item.as_text().and_then(consent) {
                Some(consent) => _ = consents.insert(consent),
                None => {
                    let message = "is no reason for which rows may be quarantined";
                    self.reject(Code::ContractConsent, &child(pointer, at), message);
                }
            }
        }
        consents
    }

    fn note_unread(&mut self, pointer: &str, node: &Node) {
        for key in UNREAD.into_iter().filter(|key| node.get(key).is_some()) {
            let message = format!("`{key}` states rules that are not read; they are not enforced");
            self.findings.warn(
                Code::ContractUnread,
                Input::Contract,
                child(pointer, key),
                message,
            );
        }
    }

    fn reject(&mut self, code: Code, pointer: &str, message: impl Into<String>) {
        let place = Place::Pointer(pointer.to_owned());
        self.findings.reject(code, Input::Contract, place, message);
    }
}

fn consent(text: &str) -> Option<QuarantineConsent> {
    Some(match text {
        "duplicate_key" => QuarantineConsent::DuplicateKey,
        "null_key" => QuarantineConsent::NullKey,
        "duplicate_row" => QuarantineConsent::DuplicateRow,
        "invalid_value" => QuarantineConsent::InvalidValue,
        _ => return None,
    })
}
