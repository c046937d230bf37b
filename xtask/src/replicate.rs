//! `cargo xtask replicate`: a Bronze folder with its rows repeated under new keys, for benchmarks.
//!
//! Every replica gets keys of its own, made by the same rule in every table, so joins hold inside
//! a replica and never across two. A table without any of the key columns is copied once: it is a
//! dimension that all replicas share.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;

use crate::Outcome;
use crate::arguments::Arguments;
use crate::shell::at;

/// How a key of a replica is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// Add to the longest run of digits, and keep at least its width.
    Number,
    /// Append a suffix: for keys of which the head means something.
    Suffix,
}

/// What one replica adds to the numbers of the one before it: more than any number of the data
/// sets below has, so that replicas do not meet.
const STEP: u64 = 1_000_000;

/// The key columns of the AdventureWorks CRM/ERP files and of the example shop.
const KEYS: [(&str, Rule); 20] = [
    ("cst_id", Rule::Number),
    ("cst_key", Rule::Number),
    ("CID", Rule::Number),
    ("sls_cust_id", Rule::Number),
    ("sls_ord_num", Rule::Number),
    ("prd_id", Rule::Number),
    ("prd_key", Rule::Suffix),
    ("sls_prd_key", Rule::Suffix),
    ("transaction_id", Rule::Number),
    ("customer_id", Rule::Number),
    ("product_id", Rule::Number),
    ("customer_no", Rule::Number),
    ("client_ref", Rule::Number),
    ("client", Rule::Number),
    ("loyalty_card", Rule::Number),
    ("product_version_id", Rule::Number),
    ("article_no", Rule::Suffix),
    ("article", Rule::Suffix),
    ("order_no", Rule::Number),
    ("campaign_code", Rule::Number),
];

pub(crate) fn command(mut arguments: Arguments) -> Outcome {
    let bronze = arguments.require_path("--bronze")?;
    let times: u64 = arguments.take("--times")?.ok_or("--times is missing")?;
    let out = arguments.require_path("--out")?;
    arguments.finish()?;
    replicate(&bronze, times, &out)
}

/// Writes every CSV file of `bronze` to `out`, its rows repeated `times` times.
pub(crate) fn replicate(bronze: &Path, times: u64, out: &Path) -> Outcome {
    fs::create_dir_all(out).map_err(at("create", out))?;
    let mut names: Vec<_> = fs::read_dir(bronze)
        .map_err(at("read", bronze))?
        .filter_map(|entry| Some(entry.ok()?.file_name()))
        .filter(|name| name.to_string_lossy().ends_with(".csv"))
        .collect();
    names.sort();
    for name in names {
        let (from, to) = (bronze.join(&name), out.join(&name));
        let bytes = fs::read(&from).map_err(at("read", &from))?;
        let file = fs::File::create(&to).map_err(at("create", &to))?;
        let mut writer = BufWriter::with_capacity(1 << 20, file);
        write_replicas(&bytes, times, &mut writer)
            .and_then(|()| writer.flush())
            .map_err(at("write", &to))?;
    }
    Ok(())
}

/// A place in the body where replicas differ.
#[derive(Debug, PartialEq, Eq)]
enum Edit {
    Number {
        start: usize,
        end: usize,
        value: u64,
    },
    Suffix {
        at: usize,
    },
}

fn write_replicas(table: &[u8], times: u64, out: &mut impl Write) -> std::io::Result<()> {
    let (rules, body_start) = key_columns(table);
    let body = &table[body_start..];
    out.write_all(&table[..body_start])?;
    let times = if rules.iter().all(Option::is_none) {
        1
    } else {
        times
    };
    let edits = edits(body, &rules);
    for replica in 0..times {
        if replica == 0 {
            out.write_all(body)?;
        } else {
            write_replica(body, &edits, replica, out)?;
        }
        // The last record may come without a line end, but not in the middle of a file.
        if !body.ends_with(b"\n") && replica + 1 < times {
            out.write_all(b"\n")?;
        }
    }
    Ok(())
}

fn write_replica(
    body: &[u8],
    edits: &[Edit],
    replica: u64,
    out: &mut impl Write,
) -> std::io::Result<()> {
    let mut done = 0;
    for edit in edits {
        match edit {
            Edit::Number { start, end, value } => {
                out.write_all(&body[done..*start])?;
                write!(
                    out,
                    "{:0width$}",
                    value + replica * STEP,
                    width = end - start
                )?;
                done = *end;
            }
            Edit::Suffix { at } => {
                out.write_all(&body[done..*at])?;
                write!(out, "-{replica:03}")?;
                done = *at;
            }
        }
    }
    out.write_all(&body[done..])
}

/// For each column its rule, if it is a key, and where the body begins.
fn key_columns(table: &[u8]) -> (Vec<Option<Rule>>, usize) {
    let end = table
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(table.len(), |at| at + 1);
    let header = String::from_utf8_lossy(&table[..end]);
    let names = header.trim_start_matches('\u{feff}').trim_end().split(',');
    let rule = |name: &str| {
        KEYS.iter()
            .find(|(key, _)| *key == name)
            .map(|(_, rule)| *rule)
    };
    (
        names.map(|name| rule(name.trim_matches('"'))).collect(),
        end,
    )
}

/// The places of all key cells, in order. Quotes are followed, so a comma or line end inside of
/// a cell ends nothing.
fn edits(body: &[u8], rules: &[Option<Rule>]) -> Vec<Edit> {
    let mut edits = Vec::new();
    let (mut column, mut start, mut quoted) = (0, 0, false);
    for (at, byte) in body.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b',' | b'\n' if !quoted => {
                edits.extend(edit(body, start, at, rules.get(column).copied().flatten()));
                start = at + 1;
                column = if *byte == b',' { column + 1 } else { 0 };
            }
            _ => {}
        }
    }
    edits.extend(edit(
        body,
        start,
        body.len(),
        rules.get(column).copied().flatten(),
    ));
    edits
}

/// The edit of the cell between two places. An empty cell is null and stays it.
fn edit(body: &[u8], start: usize, end: usize, rule: Option<Rule>) -> Option<Edit> {
    let rule = rule?;
    let is_frame = |byte: &u8| matches!(byte, b'"' | b'\r');
    let start = start
        + body[start..end]
            .iter()
            .take_while(|byte| is_frame(byte))
            .count();
    let end = end
        - body[start..end]
            .iter()
            .rev()
            .take_while(|byte| is_frame(byte))
            .count();
    if start == end {
        return None;
    }
    let suffix = Edit::Suffix { at: end };
    if rule == Rule::Suffix {
        return Some(suffix);
    }
    let (from, to) = longest_digits(&body[start..end]);
    let (from, to) = (start + from, start + to);
    // Text without digits, or with more than a number holds, still needs a key of its own.
    let number = std::str::from_utf8(&body[from..to])
        .ok()
        .and_then(|text| text.parse().ok());
    Some(number.map_or(suffix, |value| Edit::Number {
        start: from,
        end: to,
        value,
    }))
}

/// The bounds of the longest run of digits; of two, the first.
fn longest_digits(text: &[u8]) -> (usize, usize) {
    let mut longest = (0, 0);
    let mut start = 0;
    for (at, byte) in text.iter().enumerate() {
        if !byte.is_ascii_digit() {
            start = at + 1;
        } else if at + 1 - start > longest.1 - longest.0 {
            longest = (start, at + 1);
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replicas(table: &str, times: u64) -> String {
        let mut out = Vec::new();
        write_replicas(table.as_bytes(), times, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn keys_of_a_replica_join_as_those_of_the_original() {
        let customers = replicas("cst_id,cst_key,name\n11000,AW00011000,Jo\n", 2);
        assert_eq!(
            customers,
            "cst_id,cst_key,name\n11000,AW00011000,Jo\n1011000,AW01011000,Jo\n"
        );
        assert!(replicas("CID,x\nNASAW00011000,1\n", 2).contains("\nNASAW01011000,1\n"));
        assert!(replicas("CID,x\nAW-00011000,1\n", 2).contains("\nAW-01011000,1\n"));
        assert!(replicas("sls_cust_id\n11000\n", 2).ends_with("\n1011000\n"));
    }

    #[test]
    fn a_meaningful_head_stays_and_the_tail_gets_the_suffix() {
        let products = replicas("prd_key,prd_nm\nCO-RF-FR-R92B,Frame\n", 3);
        assert!(products.ends_with("\nCO-RF-FR-R92B-001,Frame\nCO-RF-FR-R92B-002,Frame\n"));
        assert!(replicas("sls_prd_key\nFR-R92B\n", 2).ends_with("\nFR-R92B-001\n"));
    }

    #[test]
    fn nulls_quotes_line_ends_and_a_missing_last_one_are_kept() {
        let table = "\u{feff}client,note\r\n\"KD-00000007\",\"a, \"\"b\"\"\nc\"\r\n,x";
        let expected = "\u{feff}client,note\r\n\"KD-00000007\",\"a, \"\"b\"\"\nc\"\r\n,x\n\
                        \"KD-01000007\",\"a, \"\"b\"\"\nc\"\r\n,x";
        assert_eq!(replicas(table, 2), expected);
    }

    #[test]
    fn a_table_without_keys_is_shared() {
        let table = "ID,CAT\nAC_BR,Accessories\n";
        assert_eq!(replicas(table, 100), table);
    }

    #[test]
    fn files_are_written_under_their_names_and_others_are_left_out() {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(from.path().join("a.csv"), "cst_id\n1\n").unwrap();
        fs::write(from.path().join("metadata.yaml"), "run:\n").unwrap();
        replicate(from.path(), 2, to.path()).unwrap();
        let written = fs::read_to_string(to.path().join("a.csv")).unwrap();
        assert_eq!(written, "cst_id\n1\n1000001\n");
        assert!(!to.path().join("metadata.yaml").exists());
    }
}
