use silversmith_types::strict_json::Bounds;

/// Bounds on what is read. They are checked before the work they bound is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the context. A table of 50 columns with full value evidence has about 100 kB, so
    /// 32 MiB hold more than 300 such tables; the example run has 14 kB without evidence.
    pub context_bytes: usize,
    /// JSON values in the context. Decoded, a value takes up to some 100 bytes: 200 MB at most.
    pub context_nodes: usize,
    /// Characters of one text in the context. The longest that the tooling writes are sentences
    /// and error messages of a few hundred.
    pub text_chars: usize,
    /// Tables of a run. Larger runs are split by source system long before.
    pub tables: usize,
    /// Columns of a table. No warehouse we know of admits more than 4,096 in a plain table.
    pub columns: usize,
    /// Bytes of the report, which a person is meant to read: 4 MiB are over a thousand pages.
    pub report_bytes: usize,
    /// Lines of the report.
    pub report_lines: usize,
    /// Bytes of one line of the report; a longer one is data, not prose.
    pub report_line_bytes: usize,
    /// Bytes of the contract: people write and review it.
    pub contract_bytes: usize,
    /// YAML nodes of the contract.
    pub contract_nodes: usize,
    /// Nesting of the contract. ODCS itself needs about 8 levels.
    pub contract_depth: usize,
    /// Findings listed one by one, so that a hostile input cannot make the answer huge; what comes
    /// after is counted in a last finding.
    pub findings: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            context_bytes: 32 << 20,
            context_nodes: 2_000_000,
            text_chars: 4_096,
            tables: 1_000,
            columns: 4_096,
            report_bytes: 4 << 20,
            report_lines: 100_000,
            report_line_bytes: 64 << 10,
            contract_bytes: 2 << 20,
            contract_nodes: 200_000,
            contract_depth: 32,
            findings: 200,
        }
    }
}

impl Limits {
    pub(crate) fn context_bounds(&self) -> Bounds {
        Bounds {
            bytes: self.context_bytes,
            nodes: self.context_nodes,
        }
    }
}
