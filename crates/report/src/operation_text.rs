//! What an operation does, in a few words.

use silversmith_plan::OperationKind;
use silversmith_plan::expression::Expression;
use silversmith_plan::ops::{
    add_metadata::{AddMetadata, Metadata},
    cast::Cast,
    change_case::{Case, ChangeCase},
    close_interval::CloseInterval,
    coalesce_columns::CoalesceColumns,
    dedupe_exact::DedupeExact,
    dedupe_latest::{DedupeLatest, OrderTerm, RowOrder},
    derive::Derive,
    drop_columns::{DropColumns, DropReason},
    ensure_columns::{EnsureColumns, ExtraColumns},
    expect::{Expect, Expectation, OnFail},
    fill_null::FillNull,
    filter_rows::{Disposition, FilterRows},
    hash_key::HashKey,
    keep_chars::{CharClass, KeepChars},
    map_values::{Folding, MapValues, Unmapped},
    normalize_unicode::{NormalForm, NormalizeUnicode},
    null_if::NullIf,
    null_out_of_range::{Bound, NullOutOfRange},
    parse_boolean::ParseBoolean,
    parse_date::ParseDate,
    parse_number::ParseNumber,
    parse_timestamp::ParseTimestamp,
    publish::{Publish, PublishMode},
    rename_columns::RenameColumns,
    replace_text::{Matching, ReplaceText},
    restrict_domain::{Otherwise, RestrictDomain},
    round_number::{RoundMode, RoundNumber},
    select_columns::SelectColumns,
    set_where::SetWhere,
    slice_text::SliceText,
    strip_affix::StripAffix,
    trim::{Side, Trim},
};
use silversmith_plan::{Literal, OnError, Value};
use silversmith_types::ColumnName;

use crate::shown::{counted, grouped, quoted, visible};

/// An operation for people.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OperationText<'a> {
    /// The columns that it reads in order to change them; none where it concerns the whole table.
    pub(crate) columns: Vec<&'a ColumnName>,
    /// What it does to them, as a fragment of a sentence. Safe for a terminal.
    pub(crate) what: String,
}

/// How many entries of a list (tokens, map entries, formats) are named before the rest is counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit(pub(crate) usize);

impl Limit {
    /// Everything.
    pub(crate) const NONE: Self = Self(usize::MAX);
}

/// The operation in words.
pub(crate) fn operation_text(operation: &OperationKind, limit: Limit) -> OperationText<'_> {
    let (columns, what) = match operation {
        OperationKind::SelectColumns(op) => select_columns(op),
        OperationKind::DropColumns(op) => drop_columns(op),
        OperationKind::RenameColumns(op) => rename_columns(op, limit),
        OperationKind::EnsureColumns(op) => ensure_columns(op),
        OperationKind::AddMetadata(op) => add_metadata(op),
        OperationKind::Trim(op) => trim(op),
        OperationKind::ChangeCase(op) => change_case(op),
        OperationKind::ReplaceText(op) => replace_text(op),
        OperationKind::StripAffix(op) => strip_affix(op),
        OperationKind::SliceText(op) => slice_text(op),
        OperationKind::KeepChars(op) => keep_chars(op),
        OperationKind::NormalizeUnicode(op) => normalize_unicode(op),
        OperationKind::NullIf(op) => null_if(op, limit),
        OperationKind::FillNull(op) => fill_null(op),
        OperationKind::CoalesceColumns(op) => coalesce_columns(op),
        OperationKind::Cast(op) => cast(op),
        OperationKind::ParseNumber(op) => parse_number(op),
        OperationKind::ParseDate(op) => parse_date(op, limit),
        OperationKind::ParseTimestamp(op) => parse_timestamp(op, limit),
        OperationKind::ParseBoolean(op) => parse_boolean(op, limit),
        OperationKind::MapValues(op) => map_values(op, limit),
        OperationKind::RestrictDomain(op) => restrict_domain(op, limit),
        OperationKind::NullOutOfRange(op) => null_out_of_range(op),
        OperationKind::RoundNumber(op) => round_number(op),
        OperationKind::Derive(op) => derive(op),
        OperationKind::SetWhere(op) => set_where(op),
        OperationKind::HashKey(op) => hash_key(op),
        OperationKind::CloseInterval(op) => close_interval(op),
        OperationKind::FilterRows(op) => filter_rows(op),
        OperationKind::DedupeLatest(op) => dedupe_latest(op),
        OperationKind::DedupeExact(op) => dedupe_exact(op),
        OperationKind::Expect(op) => expect(op, limit),
        OperationKind::Publish(op) => publish(op),
    };
    OperationText { columns, what }
}

type Text<'a> = (Vec<&'a ColumnName>, String);

fn of(columns: &[ColumnName], what: impl Into<String>) -> Text<'_> {
    (columns.iter().collect(), what.into())
}

fn select_columns(op: &SelectColumns) -> Text<'_> {
    of(&op.columns, "keep only these columns, in this order")
}

fn drop_columns(op: &DropColumns) -> Text<'_> {
    let reason = match op.reason {
        DropReason::PersonalData => "drop: personal data",
        DropReason::Unused => "drop: unused",
        DropReason::Rescued => "drop: text that a reader could not place",
    };
    of(&op.columns, reason)
}

fn rename_columns(op: &RenameColumns, limit: Limit) -> Text<'_> {
    if op.style.is_some() {
        return (Vec::new(), "rename every column in snake_case".to_owned());
    }
    let pairs = op
        .map
        .iter()
        .map(|(old, new)| format!("{} → {}", name(old), name(new)));
    (Vec::new(), format!("rename {}", listed(pairs, limit)))
}

fn ensure_columns(op: &EnsureColumns) -> Text<'_> {
    let extra = match op.extra {
        ExtraColumns::Keep => "other columns after them",
        ExtraColumns::Drop => "other columns dropped",
        ExtraColumns::Fail => "no other columns allowed",
    };
    let columns = op.schema.iter().map(|column| &column.name).collect();
    (
        columns,
        format!("these columns in this order, missing ones added empty; {extra}"),
    )
}

fn add_metadata(op: &AddMetadata) -> Text<'_> {
    let names = op.add.iter().map(|which| {
        let base = match which {
            Metadata::LoadId => "load_id",
            Metadata::LoadedAt => "loaded_at",
            Metadata::SourceFile => "source_file",
            Metadata::SourceRow => "source_row",
            Metadata::RowHash => "row_hash",
            Metadata::SourceRelation => "source_relation",
        };
        format!("{}{base}", visible(&op.prefix))
    });
    (Vec::new(), format!("add {}", listed(names, Limit::NONE)))
}

fn trim(op: &Trim) -> Text<'_> {
    let what = match &op.chars {
        None => "trim white space".to_owned(),
        Some(chars) => format!("trim the characters {}", quoted(chars)),
    };
    let side = match op.side {
        Side::Both => "",
        Side::Start => " at the start",
        Side::End => " at the end",
    };
    let inner = if op.collapse_inner {
        ", one space inside"
    } else {
        ""
    };
    of(&op.columns, format!("{what}{side}{inner}"))
}

fn change_case(op: &ChangeCase) -> Text<'_> {
    let case = match op.case {
        Case::Lower => "lower case",
        Case::Upper => "UPPER CASE",
        Case::Title => "Title Case",
        Case::Sentence => "Sentence case",
    };
    of(&op.columns, format!("→ {case}"))
}

fn replace_text(op: &ReplaceText) -> Text<'_> {
    let find = match op.matching {
        Matching::Literal => quoted(&op.find),
        Matching::Re2 => format!("pattern {}", quoted(&op.find)),
    };
    let what = match op.with.as_str() {
        "" => format!("remove every {find}"),
        with => format!("replace every {find} by {}", quoted(with)),
    };
    of(&op.columns, what)
}

fn strip_affix(op: &StripAffix) -> Text<'_> {
    let prefix = op
        .prefix
        .iter()
        .map(|text| format!("prefix {}", quoted(text)));
    let suffix = op
        .suffix
        .iter()
        .map(|text| format!("suffix {}", quoted(text)));
    let affixes: Vec<String> = prefix.chain(suffix).collect();
    let absent = match op.on_error {
        Some(on_error) if !op.if_present => format!(", {}", otherwise(on_error)),
        _ => " where present".to_owned(),
    };
    of(
        &op.columns,
        format!("remove {}{absent}", affixes.join(" and ")),
    )
}

fn slice_text(op: &SliceText) -> Text<'_> {
    let first = u64::from(op.start) + 1;
    let part = match op.length {
        None => format!("from character {first} on"),
        Some(1) => format!("character {first}"),
        Some(length) => format!(
            "characters {first} to {}",
            u64::from(op.start) + u64::from(length)
        ),
    };
    let target = op
        .into
        .as_ref()
        .map(|into| format!(" → {}", name(into)))
        .unwrap_or_default();
    (vec![&op.column], format!("keep {part}{target}"))
}

fn keep_chars(op: &KeepChars) -> Text<'_> {
    let class = match &op.class {
        CharClass::Digits => "digits".to_owned(),
        CharClass::Alnum => "ASCII letters and digits".to_owned(),
        CharClass::Ascii => "ASCII characters".to_owned(),
        CharClass::Set(set) => format!("the characters {}", quoted(set)),
    };
    of(&op.columns, format!("keep {class} only"))
}

fn normalize_unicode(op: &NormalizeUnicode) -> Text<'_> {
    let form = match op.form {
        NormalForm::Nfc => "Unicode form NFC",
        NormalForm::Nfkc => "Unicode form NFKC",
    };
    let marks = if op.strip_marks {
        ", marks removed"
    } else {
        ""
    };
    let html = if op.unescape_html {
        ", HTML entities resolved first"
    } else {
        ""
    };
    of(&op.columns, format!("→ {form}{marks}{html}"))
}

fn null_if(op: &NullIf, limit: Limit) -> Text<'_> {
    let mut conditions = Vec::new();
    if !op.tokens.is_empty() {
        let case = if op.ignore_case { " in any case" } else { "" };
        conditions.push(format!("{}{case}", quotes(&op.tokens, limit)));
    }
    conditions.extend(
        op.when
            .as_ref()
            .map(|when| format!("where {}", formula(when))),
    );
    of(&op.columns, format!("{} → null", conditions.join(", or ")))
}

fn fill_null(op: &FillNull) -> Text<'_> {
    of(&op.columns, format!("null → {}", literal(&op.literal)))
}

fn coalesce_columns(op: &CoalesceColumns) -> Text<'_> {
    of(
        &op.columns,
        format!("the first with a value → {}", name(&op.into)),
    )
}

fn cast(op: &Cast) -> Text<'_> {
    of(
        &op.columns,
        format!("→ {}, {}", op.to, otherwise(op.on_error)),
    )
}

fn parse_number(op: &ParseNumber) -> Text<'_> {
    let mut notation = vec![format!("decimal mark {}", quoted(&op.decimal.to_string()))];
    notation.extend(
        op.group
            .map(|mark| format!("group mark {}", quoted(&mark.to_string()))),
    );
    if !op.currency.is_empty() {
        notation.push(format!("currency {}", quotes(&op.currency, Limit::NONE)));
    }
    notation.extend(op.percent.then(|| "per cent".to_owned()));
    notation.extend(op.parens_negative.then(|| "(1) for -1".to_owned()));
    let notation = notation.join(", ");
    of(
        &op.columns,
        format!(
            "number with {notation} → {}, {}",
            op.to,
            otherwise(op.on_error)
        ),
    )
}

fn parse_date(op: &ParseDate, limit: Limit) -> Text<'_> {
    let formats = listed(op.formats.iter().map(|format| visible(format)), limit);
    let bounds = match (op.min, op.max) {
        (None, None) => String::new(),
        (Some(min), None) => format!(" from {min} on"),
        (None, Some(max)) => format!(" up to {max}"),
        (Some(min), Some(max)) => format!(" from {min} to {max}"),
    };
    of(
        &op.columns,
        format!("{formats} → date{bounds}, {}", otherwise(op.on_error)),
    )
}

fn parse_timestamp(op: &ParseTimestamp, limit: Limit) -> Text<'_> {
    let formats = listed(op.formats.iter().map(|format| visible(format)), limit);
    of(
        &op.columns,
        format!("{formats} → timestamp, {}", otherwise(op.on_error)),
    )
}

fn parse_boolean(op: &ParseBoolean, limit: Limit) -> Text<'_> {
    let (yes, no) = (
        quotes(&op.true_tokens, limit),
        quotes(&op.false_tokens, limit),
    );
    of(
        &op.columns,
        format!("{yes} → true, {no} → false, {}", otherwise(op.on_error)),
    )
}

fn map_values(op: &MapValues, limit: Limit) -> Text<'_> {
    let pairs = op
        .map
        .iter()
        .map(|(code, label)| format!("{} → {}", quoted(code), quoted(label)));
    let folding: Vec<&str> = op
        .matching
        .iter()
        .map(|folding| match folding {
            Folding::Trim => "outer space",
            Folding::Casefold => "case",
        })
        .collect();
    let folding = match folding.is_empty() {
        true => String::new(),
        false => format!(" (whatever the {})", folding.join(" and ")),
    };
    let default = match &op.default {
        Unmapped::Keep => "others kept".to_owned(),
        Unmapped::Null => "others null".to_owned(),
        Unmapped::Literal(text) => format!("others → {}", quoted(text)),
        Unmapped::Quarantine => "rows of others to quarantine".to_owned(),
    };
    of(
        &op.columns,
        format!("{}{folding}; {default}", listed(pairs, limit)),
    )
}

fn restrict_domain(op: &RestrictDomain, limit: Limit) -> Text<'_> {
    let others = match &op.otherwise {
        Otherwise::Null => "others null".to_owned(),
        Otherwise::Literal(text) => format!("others → {}", quoted(text)),
        Otherwise::Quarantine => "rows of others to quarantine".to_owned(),
        Otherwise::Fail => "others stop the run".to_owned(),
    };
    of(
        &op.columns,
        format!("only {}; {others}", quotes(&op.allowed, limit)),
    )
}

fn null_out_of_range(op: &NullOutOfRange) -> Text<'_> {
    let bound = |bound: &Bound| match bound {
        Bound::Literal(value) => literal(value),
        Bound::AsOf => "the day of the run".to_owned(),
    };
    let min = op.min.iter().map(|min| format!("below {}", bound(min)));
    let max = op.max.iter().map(|max| format!("above {}", bound(max)));
    let bounds: Vec<String> = min.chain(max).collect();
    of(&op.columns, format!("{} → null", bounds.join(" or ")))
}

fn round_number(op: &RoundNumber) -> Text<'_> {
    let mode = match op.mode {
        RoundMode::HalfEven => "half to even",
        RoundMode::HalfUp => "half away from zero",
    };
    let digits = counted(u64::from(op.scale), "digit", "digits");
    of(
        &op.columns,
        format!("round to {digits} after the point, {mode}"),
    )
}

fn derive(op: &Derive) -> Text<'_> {
    (vec![&op.into], format!("= {}", formula(&op.expression)))
}

fn set_where(op: &SetWhere) -> Text<'_> {
    (
        vec![&op.column],
        format!("= {} where {}", formula(&op.to), formula(&op.when)),
    )
}

fn hash_key(op: &HashKey) -> Text<'_> {
    let (token, into) = (quoted(&op.null_token), name(&op.into));
    of(&op.columns, format!("SHA-256, null as {token} → {into}"))
}

fn close_interval(op: &CloseInterval) -> Text<'_> {
    let before = match op.minus_days {
        0 => String::new(),
        days => format!("{} before ", counted(u64::from(days), "day", "days")),
    };
    let (start, key) = (name(&op.start), names(&op.key));
    (
        vec![&op.end_into],
        format!("= {before}the next {start} of the same {key}"),
    )
}

fn filter_rows(op: &FilterRows) -> Text<'_> {
    let (kept, reason) = (formula(&op.predicate), visible(&op.reason));
    (
        Vec::new(),
        format!(
            "keep rows where {kept}; others {} ({reason})",
            disposed(op.disposition)
        ),
    )
}

fn dedupe_latest(op: &DedupeLatest) -> Text<'_> {
    let order = op.order_by.iter().map(|term| match term {
        OrderTerm::Ascending(column) => format!("smallest {}", name(column)),
        OrderTerm::Descending(column) => format!("largest {}", name(column)),
        OrderTerm::Row(RowOrder::First) => "first in the file".to_owned(),
        OrderTerm::Row(RowOrder::Last) => "last in the file".to_owned(),
    });
    let order: Vec<String> = order.collect();
    let (order, others) = (order.join(", then "), disposed(op.losers));
    of(&op.keys, format!("one row a key: {order}; others {others}"))
}

fn dedupe_exact(op: &DedupeExact) -> Text<'_> {
    of(
        &op.columns,
        format!("one of several equal rows; others {}", disposed(op.losers)),
    )
}

fn expect(op: &Expect, limit: Limit) -> Text<'_> {
    let OperationText { columns, what } = expected(&op.that, limit);
    let fails = match op.on_fail {
        OnFail::Warn => "else report",
        OnFail::Drop => "else drop the rows",
        OnFail::Quarantine => "else rows to quarantine",
        OnFail::Fail => "else stop",
    };
    let tolerated = match op.threshold {
        0 => String::new(),
        number => format!(
            " (from {} on)",
            counted(number.saturating_add(1), "case", "cases")
        ),
    };
    (columns, format!("{what}, {fails}{tolerated}"))
}

/// What an expectation says of the data, without what happens where it does not hold.
pub(crate) fn expected(that: &Expectation, limit: Limit) -> OperationText<'_> {
    let (columns, what) = match that {
        Expectation::Predicate(predicate) => (Vec::new(), formula(predicate)),
        Expectation::NotNull(column) => (vec![column], "never null".to_owned()),
        Expectation::Unique(columns) => of(columns, "unique"),
        Expectation::ValueDomain { column, allowed } => {
            let allowed = listed(allowed.iter().map(literal), limit);
            (vec![column], format!("one of {allowed}"))
        }
        Expectation::Order { first, second } => (
            vec![first, second],
            "the first not after the second".to_owned(),
        ),
        Expectation::RowCount { min, max: None } => (
            Vec::new(),
            format!("at least {}", counted(*min, "row", "rows")),
        ),
        Expectation::RowCount {
            min,
            max: Some(max),
        } => (
            Vec::new(),
            format!("{} to {}", grouped(*min), counted(*max, "row", "rows")),
        ),
    };
    OperationText { columns, what }
}

fn publish(op: &Publish) -> Text<'_> {
    match op.mode {
        PublishMode::Replace => (Vec::new(), "write the whole table".to_owned()),
    }
}

fn otherwise(on_error: OnError) -> &'static str {
    match on_error {
        OnError::Null => "else null",
        OnError::Quarantine => "else row to quarantine",
        OnError::Fail => "else stop",
    }
}

fn disposed(disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::Drop => "dropped",
        Disposition::Quarantine => "to quarantine",
    }
}

/// A name as it is; names hold nothing invisible.
fn name(column: &ColumnName) -> &str {
    column.as_str()
}

fn names(columns: &[ColumnName]) -> String {
    columns.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn formula(expression: &Expression) -> String {
    visible(&expression.to_string())
}

fn literal(literal: &Literal) -> String {
    match literal.to_value() {
        Some((Value::Text(text), _)) => quoted(&text),
        Some((value, _)) => visible(&value.canonical_text().unwrap_or_default()),
        // A plan that was not checked may hold a constant that is none.
        None => format!("{literal:?}"),
    }
}

fn quotes(texts: &[String], limit: Limit) -> String {
    listed(texts.iter().map(|text| quoted(text)), limit)
}

/// The entries with commas between them; what exceeds the limit is counted.
fn listed(entries: impl Iterator<Item = String>, limit: Limit) -> String {
    let mut entries: Vec<String> = entries.collect();
    // One more entry takes no more space than the note that there is one.
    if entries.len() > limit.0.saturating_add(1) {
        let more = entries.len() - limit.0;
        entries.truncate(limit.0);
        entries.push(format!("{} more", grouped(more as u64)));
    }
    entries.join(", ")
}
