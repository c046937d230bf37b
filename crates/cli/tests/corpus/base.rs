//! A run that nothing is wrong with, and ways to change it.

use serde_json::{Map, Value, json};

pub(crate) const RUN: &str = "20260301_101500_#00c0ffee";

pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) inputs: Inputs,
    pub(crate) expected: Expected,
}

pub(crate) enum Expected {
    /// Rejected with this code.
    Rejected(&'static str),
    /// Admitted; something was neutralised with this code, and the text is not in the brief.
    Neutralised(&'static str, &'static str),
    /// Admitted; something was masked with this code, and the value is nowhere.
    Masked(&'static str, &'static str),
    /// Admitted, and every name is in the brief.
    Admitted,
}

pub(crate) struct Inputs {
    pub(crate) context: Vec<u8>,
    pub(crate) report: Vec<u8>,
    pub(crate) contract: Option<String>,
}

pub(crate) fn base() -> Inputs {
    Inputs {
        context: to_bytes(&document()),
        report: format!("# Silver report\n\nBronze run {RUN}. Two tables were read.\n").into(),
        contract: None,
    }
}

fn to_bytes(document: &Value) -> Vec<u8> {
    serde_json::to_vec_pretty(document).unwrap()
}

fn table(name: &str, rows: u64, columns: &[&str]) -> Value {
    let each = |value: Value| -> Map<String, Value> {
        let pairs = columns.iter().map(|c| ((*c).to_owned(), value.clone()));
        pairs.collect()
    };
    json!({
        "table": name, "row_count": rows, "column_count": columns.len(), "columns": columns,
        "inferred_types": each(json!("string")), "null_counts": each(json!(0)), "duplicate_rows": 0,
        "key_candidates": [{"column": columns[0], "reason": "unique_non_null"}],
        "suggested_silver_transforms": ["No obvious Silver transformations detected."],
    })
}

/// The context of two tables, customers and orders.
pub(crate) fn document() -> Value {
    let read = json!({"status": "SUCCESS", "rows_in": 0, "rows_out": 0, "schema_in": [], "schema_out": []});
    let overview = json!({"table_count": 2, "tables": [
        {"table": "customers.csv", "row_count": 20, "column_count": 3},
        {"table": "orders.csv", "row_count": 40, "column_count": 3},
    ]});
    json!({
        "run_id": RUN, "silver_run_id": "20260301_101501_#00c0ffee",
        "layer": "silver", "source_layer": "bronze", "bronze_run_id": RUN,
        "generated_at_utc": "2026-03-01T10:15:02.264226+00:00",
        "files_total": 2, "files_success": 2, "files_failed": 0,
        "bronze_tables": {"customers.csv": read, "orders.csv": read},
        "profile": {
            "schema_overview": overview,
            "tables": {
                "customers.csv": table("customers.csv", 20, &["customer_id", "country", "created_on"]),
                "orders.csv": table("orders.csv", 40, &["order_id", "customer_id", "amount"]),
            },
            "errors": [],
        },
        "schema_overview": overview,
        "has_errors": false, "error_count": 0,
        "performance_metrics": {"total_rows_processed": 60, "total_columns_processed": 6,
            "tables_processed": 2, "tables_failed": 0},
    })
}

impl Inputs {
    fn changed(mut self, change: impl FnOnce(&mut Value)) -> Self {
        let mut document = serde_json::from_slice(&self.context).unwrap();
        change(&mut document);
        self.context = to_bytes(&document);
        self
    }

    /// Sets the value at a pointer that exists.
    pub(crate) fn set(self, pointer: &str, value: Value) -> Self {
        self.changed(|document| {
            *document
                .pointer_mut(pointer)
                .unwrap_or_else(|| panic!("{pointer}")) = value;
        })
    }

    /// Adds a member to the object at a pointer.
    pub(crate) fn add(self, pointer: &str, key: &str, value: Value) -> Self {
        self.changed(|document| {
            let object = document.pointer_mut(pointer).unwrap();
            object
                .as_object_mut()
                .unwrap()
                .insert(key.to_owned(), value);
        })
    }

    /// Takes a member out of the object at a pointer.
    pub(crate) fn remove(self, pointer: &str, key: &str) -> Self {
        self.changed(|document| {
            let object = document.pointer_mut(pointer).unwrap();
            object.as_object_mut().unwrap().remove(key).unwrap();
        })
    }

    /// Replaces a part of the context's text, which must be there.
    pub(crate) fn replace(mut self, from: &str, to: &str) -> Self {
        let text = String::from_utf8(self.context).unwrap();
        assert!(text.contains(from), "{from}");
        self.context = text.replacen(from, to, 1).into_bytes();
        self
    }

    /// Takes the place of the context.
    pub(crate) fn context(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.context = bytes.into();
        self
    }

    /// Changes the context's bytes.
    pub(crate) fn bytes(mut self, change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Self {
        self.context = change(self.context);
        self
    }

    /// Adds a paragraph to the report.
    pub(crate) fn report(mut self, text: &str) -> Self {
        self.report.extend(format!("\n{text}\n").bytes());
        self
    }

    /// Takes the place of the report.
    pub(crate) fn report_bytes(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.report = bytes.into();
        self
    }

    /// Adds a data contract.
    pub(crate) fn contract(mut self, text: &str) -> Self {
        self.contract = Some(text.to_owned());
        self
    }

    /// Adds a suggested transform to the orders.
    pub(crate) fn suggestion(self, text: &str) -> Self {
        self.changed(|document| {
            let list =
                document.pointer_mut("/profile/tables/orders.csv/suggested_silver_transforms");
            list.unwrap().as_array_mut().unwrap().push(json!(text));
        })
    }

    /// Adds an error message of the profiler.
    pub(crate) fn error(self, text: &str) -> Self {
        self.changed(|document| {
            let list = document.pointer_mut("/profile/errors").unwrap();
            list.as_array_mut().unwrap().push(json!(text));
        })
    }

    /// Gives the column `amount` of the orders another name, everywhere.
    pub(crate) fn column(self, name: &str) -> Self {
        self.changed(|document| {
            let orders = document.pointer_mut("/profile/tables/orders.csv").unwrap();
            orders["columns"][2] = json!(name);
            for key in ["inferred_types", "null_counts"] {
                let object = orders[key].as_object_mut().unwrap();
                let value = object.remove("amount").unwrap();
                object.insert(name.to_owned(), value);
            }
        })
    }

    /// Gives the table `orders.csv` another name, everywhere.
    pub(crate) fn table(self, name: &str) -> Self {
        self.changed(|document| {
            for place in ["/bronze_tables", "/profile/tables"] {
                let tables = document
                    .pointer_mut(place)
                    .unwrap()
                    .as_object_mut()
                    .unwrap();
                let table = tables.remove("orders.csv").unwrap();
                tables.insert(name.to_owned(), table);
            }
            document["profile"]["tables"][name]["table"] = json!(name);
            for overview in ["/schema_overview", "/profile/schema_overview"] {
                document.pointer_mut(overview).unwrap()["tables"][1]["table"] = json!(name);
            }
        })
    }
}
