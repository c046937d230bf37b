use serde::{Deserialize, Serialize};
use silversmith_types::strict_json::Bounds;

/// How strict intake is, and what an author may see beside evidence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// Bounds on what is read.
    pub limits: Limits,
    /// What becomes of keys of the context that its format does not have.
    pub unknown_keys: UnknownKeys,
    /// What becomes of the report.
    pub report: ReportRule,
}

/// What becomes of a key that the format does not have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownKeys {
    /// It is left out, and a finding says so.
    #[default]
    Note,
    /// The context is rejected.
    Refuse,
}

/// What becomes of the report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportRule {
    /// Nothing of it is sent.
    #[default]
    Withhold,
    /// Its plain text is sent, without markup and without what was found in it, marked as data.
    Sanitised,
}

macro_rules! limits {
    ($($(#[doc = $reason:literal])+ $name:ident = $value:expr;)+) => {
        /// Bounds on what is read. They are checked before the work they bound is done, and a
        /// project may lower them and never raise them: the largest input that they admit is decoded
        /// within 64 MiB and 200 ms (`crates/cli/tests/bounds.rs` holds the memory).
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Limits {
            $($(#[doc = $reason])+ pub $name: usize,)+
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($name: $value,)+ }
            }
        }

        /// Bounds that a project sets lower; see [`Limits`].
        #[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct LowerLimits {
            $(
                #[doc = concat!("Instead of [`Limits::", stringify!($name), "`].")]
                pub $name: Option<usize>,
            )+
        }

        #[cfg(test)]
        impl Limits {
            fn named(&self) -> Vec<(&'static str, usize)> {
                vec![$((stringify!($name), self.$name)),+]
            }
        }

        impl Limits {
            /// These bounds with those that are lower.
            pub fn lowered(mut self, lower: &LowerLimits) -> Result<Self, LimitError> {
                $(
                    if let Some(given) = lower.$name {
                        let limit = self.$name;
                        if given == 0 || given > limit {
                            return Err(LimitError { name: stringify!($name), given, limit });
                        }
                        self.$name = given;
                    }
                )+
                Ok(self)
            }
        }
    };
}

/// A bound was set to nothing, or higher than it is.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{name}` is {given}, and a project can set it to 1 up to {limit}")]
pub struct LimitError {
    /// The bound.
    pub name: &'static str,
    /// What it was set to.
    pub given: usize,
    /// What it is.
    pub limit: usize,
}

limits! {
    /// Bytes of the context. A table of 50 columns with full value evidence has about 100 kB, so
    /// 8 MiB hold more than 80 such tables; the example run has 14 kB without evidence.
    context_bytes = 8 << 20;
    /// JSON values in the context. A column with full value evidence has about 60, so this is room
    /// for 5,000 of them; a value takes up to some 100 bytes when it is decoded, 30 MB at most.
    context_nodes = 300_000;
    /// Lists and objects around a value of the context, itself included: the format needs 10, and
    /// what is nested deeper than 32 is made to exhaust somebody's stack.
    context_depth = 32;
    /// Characters of one text in the context. The longest that the tooling writes are sentences
    /// and error messages of a few hundred.
    text_chars = 4_096;
    /// Tables of a run. Larger runs are split by source system long before.
    tables = 1_000;
    /// Columns of a table, and members of any object of the context. No warehouse we know of admits
    /// more than 4,096 in a plain table.
    columns = 4_096;
    /// Columns of all tables. A brief of so many takes some 300,000 tokens, more than most models
    /// read, and a person reviews a plan of a few hundred.
    columns_of_run = 20_000;
    /// Joins of a run, and keys, orderings and products of a table. The profiler reports at most
    /// 1,000 joins and a dozen of each of the others.
    relations = 1_000;
    /// Bytes of the report, which a person is meant to read: 256 KiB are some eighty pages, and the
    /// example run has 16 kB. The search for orders and persons takes up to a second a megabyte.
    report_bytes = 256 << 10;
    /// Lines of the report.
    report_lines = 50_000;
    /// Bytes of one line of the report; a longer one is data, not prose.
    report_line_bytes = 64 << 10;
    /// Bytes of the contract: people write and review it.
    contract_bytes = 2 << 20;
    /// YAML nodes of the contract.
    contract_nodes = 200_000;
    /// Nesting of the contract. ODCS itself needs about 8 levels.
    contract_depth = 32;
    /// Findings listed one by one, so that a hostile input cannot make the answer huge; what comes
    /// after is counted in a last finding.
    findings = 200;
}

impl Limits {
    pub(crate) fn context_bounds(&self) -> Bounds {
        Bounds {
            bytes: self.context_bytes,
            nodes: self.context_nodes,
            depth: self.context_depth,
            members: self.columns.max(self.tables),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_can_be_lowered_and_never_raised() {
        let with = |tables| LowerLimits {
            tables: Some(tables),
            ..LowerLimits::default()
        };
        let lowered = Limits::default().lowered(&with(10)).unwrap();
        assert_eq!(lowered.tables, 10);
        assert_eq!(lowered.columns, Limits::default().columns);
        for wrong in [0, 1_001] {
            let error = Limits::default().lowered(&with(wrong)).unwrap_err();
            assert_eq!(
                (error.name, error.given, error.limit),
                ("tables", wrong, 1_000)
            );
        }
    }

    #[test]
    fn every_bound_is_documented_with_its_value() {
        let page = include_str!("../../../docs/untrusted-input.md");
        for (name, value) in Limits::default().named() {
            let row = format!("| `{name}` | {value} | ");
            assert!(
                page.contains(&row),
                "docs/untrusted-input.md has no row {row}"
            );
        }
    }
}
