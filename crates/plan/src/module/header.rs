//! The provenance header of a module: TOML in comments, in the form of PEP 723 (`# /// silversmith`).

use std::collections::BTreeMap;

use silversmith_types::{Digest, RunId, TableName, Timestamp};

/// Opens and closes the block.
const OPEN: &str = "# /// silversmith";
const CLOSE: &str = "# ///";

/// Where a module comes from. Every field is also in the signed statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The Bronze run whose description the module was made from.
    pub bronze_run: RunId,
    /// The time of the build: that of the run, or what `--as-of` pinned.
    pub as_of: Timestamp,
    /// Who wrote the plan, with its version: `rules/0.1.0`.
    pub author: String,
    /// The program that compiled it, with its version.
    pub tool: String,
    /// The context file.
    pub context: Digest,
    /// The report file.
    pub report: Digest,
    /// The contract file, where there was one.
    pub contract: Option<Digest>,
    /// The Bronze files, where they were profiled: over lines `<digest>  <table>`, as sha256sum
    /// writes them, sorted by table.
    pub bronze: Option<Digest>,
    /// The plan in its canonical bytes.
    pub plan: Digest,
    /// The skeleton.
    pub skeleton: Digest,
    /// The transforms.
    pub transforms: Digest,
}

/// Why a text holds no header.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// There is no block, or it does not end.
    #[error("the module has no complete `# /// silversmith` block")]
    Missing,
    /// A line that is not `# key = "value"`, or is out of place.
    #[error("line {line} of the header is not what it should be")]
    Line {
        /// Line of the module, from 1.
        line: usize,
    },
}

impl Header {
    /// The format of the module.
    pub const FORMAT: &'static str = "silversmith.module/v0";

    /// Digest over the digests of the Bronze files.
    pub fn digest_of_bronze(files: &BTreeMap<TableName, Digest>) -> Digest {
        let lines: String = files
            .iter()
            .map(|(table, digest)| format!("{digest}  {table}\n"))
            .collect();
        Digest::of(lines.as_bytes())
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = vec![
            ("format", Self::FORMAT.to_owned()),
            ("bronze-run", self.bronze_run.to_string()),
            ("as-of", self.as_of.to_string()),
            ("author", self.author.clone()),
            ("tool", self.tool.clone()),
            ("context-sha256", self.context.to_string()),
            ("report-sha256", self.report.to_string()),
        ];
        fields.extend(
            self.contract
                .map(|digest| ("contract-sha256", digest.to_string())),
        );
        fields.extend(
            self.bronze
                .map(|digest| ("bronze-sha256", digest.to_string())),
        );
        fields.push(("plan-sha256", self.plan.to_string()));
        fields.push(("skeleton-sha256", self.skeleton.to_string()));
        fields.push(("transforms-sha256", self.transforms.to_string()));
        fields
    }

    /// The block, ending in a newline.
    pub fn render(&self) -> String {
        let mut out = format!("{OPEN}\n");
        for (key, value) in self.fields() {
            // Values are digests, times, run ids and names of our own: `render` keeps to characters
            // that need no escaping in TOML, whatever a caller put into `author` or `tool`.
            let plain = |c: &char| c.is_ascii_alphanumeric() || "-_./:#+ ".contains(*c);
            let value: String = value.chars().filter(plain).collect();
            out.push_str(&format!("# {key} = \"{value}\"\n"));
        }
        out.push_str(CLOSE);
        out.push('\n');
        out
    }

    /// Reads the header of a module. Only what `render` writes is accepted.
    pub fn parse(module: &str) -> Result<Self, HeaderError> {
        let open = module
            .lines()
            .position(|line| line == OPEN)
            .ok_or(HeaderError::Missing)?;
        let mut values = BTreeMap::new();
        let mut closed = false;
        for (at, line) in module.lines().enumerate().skip(open + 1) {
            if line == CLOSE {
                closed = true;
                break;
            }
            let wrong = || HeaderError::Line { line: at + 1 };
            let body = line.strip_prefix("# ").ok_or_else(wrong)?;
            let (key, value) = body.split_once(" = ").ok_or_else(wrong)?;
            let value = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
            let value = value.ok_or_else(wrong)?;
            if values.insert(key, value).is_some() {
                return Err(wrong());
            }
        }
        if !closed {
            return Err(HeaderError::Missing);
        }
        let header = Self::from_values(&values).ok_or(HeaderError::Line { line: open + 1 })?;
        let block = header.render();
        // Whatever is not written as `render` writes it is no header of ours.
        if module.contains(&block) {
            Ok(header)
        } else {
            Err(HeaderError::Line { line: open + 1 })
        }
    }

    fn from_values(values: &BTreeMap<&str, &str>) -> Option<Self> {
        let digest = |key| values.get(key)?.parse::<Digest>().ok();
        let text = |key| values.get(key).map(|&value| value.to_owned());
        (values.get("format") == Some(&Self::FORMAT)).then_some(())?;
        Some(Self {
            bronze_run: values.get("bronze-run")?.parse().ok()?,
            as_of: values.get("as-of")?.parse().ok()?,
            author: text("author")?,
            tool: text("tool")?,
            context: digest("context-sha256")?,
            report: digest("report-sha256")?,
            contract: digest("contract-sha256"),
            bronze: digest("bronze-sha256"),
            plan: digest("plan-sha256")?,
            skeleton: digest("skeleton-sha256")?,
            transforms: digest("transforms-sha256")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        let digest = Digest::of(b"x");
        Header {
            bronze_run: "20260125_214726_#013410d7".parse().unwrap(),
            as_of: "2026-01-25T21:47:26Z".parse().unwrap(),
            author: "rules/0.1.0".to_owned(),
            tool: "silversmith/0.1.0".to_owned(),
            context: digest,
            report: digest,
            contract: None,
            bronze: Some(digest),
            plan: digest,
            skeleton: digest,
            transforms: digest,
        }
    }

    #[test]
    fn a_header_reads_back_the_same() {
        let module = format!(
            "#!/usr/bin/env python3\n{}\"\"\"x\"\"\"\n",
            header().render()
        );
        assert_eq!(Header::parse(&module), Ok(header()));
    }

    #[test]
    fn nothing_but_the_rendered_form_is_accepted() {
        let block = header().render();
        for (from, to) in [
            ("# as-of", "#  as-of"),
            ("# as-of", "as-of"),
            (
                "# author = \"rules/0.1.0\"",
                "# author = \"rules/0.1.0\"\n# author = \"me\"",
            ),
            (
                "# author = \"rules/0.1.0\"",
                "# author = \"rules/0.1.0\"\n# extra = \"me\"",
            ),
            ("v0\"", "v1\""),
            ("# ///\n", "# //\n"),
            ("# /// silversmith", "# /// script"),
            ("Z\"", "\""),
        ] {
            assert!(Header::parse(&block.replacen(from, to, 1)).is_err(), "{to}");
        }
    }

    #[test]
    fn an_author_cannot_leave_its_line() {
        let mut forged = header();
        forged.author = "me\"\nimport os\n# \"".to_owned();
        assert!(!forged.render().contains("\nimport"));
    }
}
