//! A brief as lines of text: the same facts as its JSON in a quarter of the tokens, because what is as it
//! should be is not mentioned, and a column is called by its number. Values are quoted as JSON wherever they could be taken for anything else,
//! so that a line stays a line.

use std::fmt::{Display, Write as _};

use serde::Serialize;
use silversmith_types::context::InferredType;
use silversmith_types::evidence::{NotationCount, ShapeCount, ValueCount};

use crate::alias::Alias;

use super::{
    SentBrief, SentColumn, SentEvidence, SentJoin, SentKey, SentNumbers, SentOrdering, SentProduct,
    SentTable,
};

/// Most values of a list that a line names, which says how many more there are; and most lists of
/// spellings.
const NAMED: usize = 12;
/// The format that is meant where a line says `date`.
const ISO_DATE: &str = "%Y-%m-%d";
/// Most shapes that a line names: the ones seen most often.
const SHAPES: usize = 2;

impl SentBrief<'_> {
    /// All of it, a line for each table, column, and relation between columns.
    pub(crate) fn outline(&self) -> String {
        let (day, _) = self.as_of.split_once('T').unwrap_or((&self.as_of, ""));
        let mut text = format!("today {day}\n");
        for table in &self.tables {
            table.outline(&mut text, &self.joins);
        }
        let (complete, others): (Vec<_>, Vec<_>) =
            self.joins.iter().partition(|join| join.is_complete());
        let complete: Vec<String> = complete.iter().map(|join| join.columns()).collect();
        if !complete.is_empty() {
            text.push_str(&format!("joins {}\n", complete.join(" ")));
        }
        for join in others {
            text.push_str(&join.line());
        }
        if let Some(report) = self.untrusted_report {
            text.push_str("report, of unknown origin, as one JSON string:\n");
            text.push_str(&json(&report));
            text.push('\n');
        }
        text
    }
}

impl SentTable<'_> {
    fn outline(&self, text: &mut String, joins: &[SentJoin]) {
        let mut line = Line::of(self.alias);
        // The ending that every table has says nothing.
        line.name(
            self.name
                .map(|name| name.strip_suffix(".csv").unwrap_or(name)),
        );
        line.say(self.rows);
        line.count("duplicate_rows", self.duplicate_rows);
        for hint in self.hints {
            line.say(format_args!("hint:{}", word(hint)));
        }
        let terms = &self.terms;
        line.list("primary_key", &numbers(&terms.primary_key));
        line.list("required", &numbers(&terms.required));
        line.list("unique", &numbers(&terms.unique));
        let consents: Vec<String> = terms.quarantine.iter().map(word).collect();
        line.list("may_quarantine", &consents);
        text.push_str(&line.end());
        for column in &self.columns {
            // How a key must be changed to match says all that its shape could.
            let joined = joins.iter().any(|join| join.has(self.alias, column.alias));
            text.push_str(&column.line(self.rows, joined));
        }
        for key in self.keys.iter().filter(|key| !self.says_unique(key)) {
            let mut line = Line::of("key");
            line.say(join(&numbers(&key.columns), "+"));
            line.count("null", key.null_rows);
            if key.duplicate_keys > 0 {
                line.say(format_args!(
                    "repeated={}/{}",
                    key.duplicate_keys, key.duplicate_rows
                ));
            }
            line.flag("estimated", !key.exact);
            text.push_str(&line.end());
        }
        let (kept, others): (Vec<_>, Vec<_>) =
            self.orderings.iter().partition(|order| order.is_kept());
        let kept: Vec<String> = kept.iter().map(|order| order.columns()).collect();
        if !kept.is_empty() {
            text.push_str(&format!("order {}\n", kept.join(" ")));
        }
        for ordering in others {
            text.push_str(&ordering.line());
        }
        for product in &self.products {
            text.push_str(&product.line());
        }
    }

    /// Whether the line of a key's only column says already that it is one.
    fn says_unique(&self, key: &SentKey) -> bool {
        let [alias] = key.columns.as_slice() else {
            return false;
        };
        let mut columns = self.columns.iter().filter(|column| column.alias == *alias);
        let evidence = columns.next().and_then(|column| column.evidence.as_ref());
        evidence.is_some_and(|found| found.is_unique(found.full(self.rows)))
    }
}

impl SentColumn<'_> {
    fn line(&self, rows: u64, joined: bool) -> String {
        let mut line = Line::of(self.alias.number());
        line.name(self.name);
        let has_format = self
            .evidence
            .as_ref()
            .is_some_and(|found| !found.formats.is_empty());
        let inferred = match self.inferred {
            InferredType::Integer => "int",
            InferredType::Float => "float",
            InferredType::Boolean => "bool",
            // The format says it.
            InferredType::Datetime if has_format => "",
            InferredType::Datetime => "datetime",
            // The most, and so not said; a cell is text anyway.
            InferredType::String => "",
            InferredType::Empty => "empty",
        };
        line.flag(inferred, !inferred.is_empty());
        line.count("null", self.nulls);
        match &self.evidence {
            Some(found) => {
                let shown = Shown {
                    name: self.name.is_some(),
                    joined,
                };
                found.outline(&mut line, self.nulls, found.full(rows), shown);
            }
            // Somebody's guesses; what was counted is better.
            None => {
                for hint in self.hints {
                    line.say(format_args!("hint:{}", word(hint)));
                }
            }
        }
        line.end()
    }
}

/// What else is shown of a column.
#[derive(Clone, Copy)]
struct Shown {
    /// Its name.
    name: bool,
    /// How it joins another.
    joined: bool,
}

impl SentEvidence<'_> {
    /// The cells with something in them.
    fn full(&self, rows: u64) -> u64 {
        rows.saturating_sub(self.empty).saturating_sub(self.blanks)
    }

    /// Whether all values are named in no list and differ.
    fn is_unique(&self, full: u64) -> bool {
        self.codes.is_none() && self.distinct.exact && self.distinct.count == full
    }

    /// `nulls` were said already; `full` cells have something in them.
    fn outline(&self, line: &mut Line, nulls: u64, full: u64, shown: Shown) {
        match self.personal {
            // What a name says already.
            Some(_) if shown.name => line.say("personal"),
            Some(personal) => line.say(format_args!("personal:{}", word(&personal))),
            None => {}
        }
        if self.empty != nulls {
            line.count("empty", self.empty);
        }
        line.count("blank", self.blanks);
        line.values("null_tokens", self.null_tokens);
        line.count("outer_spaces", self.outer_space);
        line.count("inner_spaces", self.inner_space);
        line.count("not_nfc", self.not_nfc);
        self.numbers.outline(line, full);
        for format in self.formats {
            let name = match format.format.as_str() {
                ISO_DATE => "date".to_owned(),
                other => token(other),
            };
            match format.count == full {
                true => line.say(name),
                false => line.say(format_args!("{name}={}", format.count)),
            }
            if format.only != format.count {
                line.count("only", format.only);
            }
            line.count("future", format.future);
            line.count("ancient", format.ancient);
        }
        if let Some(codes) = self.codes {
            line.codes(codes);
        }
        line.flag("unique", self.is_unique(full));
        line.count("rare", self.rare_cells);
        for spellings in self.variants.iter().take(NAMED) {
            line.values("spellings", spellings);
        }
        let is_plain = self.codes.is_none() && self.formats.is_empty() && self.numbers.is_empty();
        if is_plain && !shown.joined && self.personal.is_none() {
            let shape = |found: &ShapeCount| match found.count == full {
                true => token(&found.shape),
                false => format!("{}={}", token(&found.shape), found.count),
            };
            let shapes: Vec<String> = self.shapes.iter().take(SHAPES).map(shape).collect();
            line.list("shapes", &shapes);
        }
    }
}

impl SentNumbers<'_> {
    fn outline(&self, line: &mut Line, full: u64) {
        if self.is_empty() {
            return;
        }
        if self.integers > 0 && self.integers != full {
            line.count("ints", self.integers);
        }
        if self.decimals != full {
            line.count("decimals", self.decimals);
        }
        line.count("scale", u64::from(self.max_scale));
        line.count("leading_zeros", self.leading_zeros);
        line.count("too_large", self.oversized);
        line.count("negative", self.negative);
        line.count("zero", self.zero);
        for NotationCount { notation, count } in self.notations {
            line.say(format_args!("{}={count}", json(notation)));
        }
    }
}

impl SentOrdering {
    fn columns(&self) -> String {
        format!("{}<={}", self.start.number(), self.end.number())
    }

    /// Whether it holds in every row, and there is nothing else to say.
    fn is_kept(&self) -> bool {
        self.violated == 0 && self.open == 0 && self.versions_of.is_none()
    }

    fn line(&self) -> String {
        let mut line = Line::of("order");
        line.say(self.columns());
        if self.violated > 0 {
            line.say(format_args!("violated={}/{}", self.violated, self.both));
        }
        line.count("open", self.open);
        if let Some(versions) = &self.versions_of {
            line.say(format_args!("versions_of={}", versions.key.number()));
            line.say(format_args!(
                "superseded={}/{} last_open={}/{}",
                versions.superseded_with_end,
                versions.superseded,
                versions.last_without_end,
                versions.last
            ));
            line.count("ties", versions.ties);
        }
        line.end()
    }
}

impl SentProduct {
    fn line(&self) -> String {
        let mut line = Line::of("product");
        line.say(format_args!(
            "{}={}*{}",
            self.product.number(),
            self.left.number(),
            self.right.number()
        ));
        line.say(format_args!("holds={}/{}", self.holds, self.checked));
        for (what, count) in [
            ("product_unusable", self.product_unusable),
            ("left_unusable", self.left_unusable),
            ("right_unusable", self.right_unusable),
            ("contradictory", self.contradictory),
            ("product_is_factor", self.product_equals_factor),
        ] {
            line.count(what, count);
        }
        if let Some(found) = &self.corroboration {
            line.say(format_args!("outliers_by={}", found.determinant.number()));
            line.count("product", found.product_outlier);
            line.count("product_as_factor", found.product_outlier_equals_factor);
            line.count("left", found.left_outlier);
            line.count("right", found.right_outlier);
        }
        line.end()
    }
}

impl SentJoin<'_> {
    fn columns(&self) -> String {
        let (from, to) = (&self.from, &self.to);
        format!("{}.{}>{}.{}", from.0, from.1.number(), to.0, to.1.number())
    }

    /// Whether every key of the one column is in the other as it is, and was counted to be.
    fn is_complete(&self) -> bool {
        self.exact && self.matched == self.from_distinct && self.normalised.is_none()
    }

    fn has(&self, table: Alias, column: Alias) -> bool {
        [&self.from, &self.to]
            .into_iter()
            .any(|end| (end.0, end.1) == (table, column))
    }

    fn line(&self) -> String {
        let mut line = Line::of("join");
        line.say(self.columns());
        line.say(format_args!("{}/{}", self.matched, self.from_distinct));
        line.flag("estimated", !self.exact);
        if let Some(by) = self.normalised {
            let matched = match by.matched == self.from_distinct {
                true => "all".to_owned(),
                false => by.matched.to_string(),
            };
            line.say(format_args!(
                "{matched} {} {}",
                word(&by.side),
                change(&by.by)
            ));
        }
        line.end()
    }
}

/// A line of facts between spaces.
struct Line(String);

impl Line {
    fn of(head: impl Display) -> Self {
        Self(head.to_string())
    }

    fn say(&mut self, fact: impl Display) {
        // Writing to a string cannot fail.
        let _ = write!(self.0, " {fact}");
    }

    /// A name that is harmless; one that is not has its alias alone.
    fn name(&mut self, name: Option<&str>) {
        if let Some(name) = name {
            self.say(token(name));
        }
    }

    fn flag(&mut self, what: &str, is_so: bool) {
        if is_so {
            self.say(what);
        }
    }

    fn count(&mut self, what: &str, count: u64) {
        if count > 0 {
            self.say(format_args!("{what}={count}"));
        }
    }

    fn list(&mut self, what: &str, items: &[impl Display]) {
        if !items.is_empty() {
            self.say(format_args!("{what}:{}", join(items, ",")));
        }
    }

    fn values(&mut self, what: &str, values: &[ValueCount]) {
        let named = values.iter().take(NAMED);
        let mut items: Vec<String> = named
            .map(|found| format!("{}={}", token(&found.value), found.count))
            .collect();
        if values.len() > NAMED {
            items.push(format!("+{} more", values.len() - NAMED));
        }
        self.list(what, &items);
    }

    /// The values of a code set, most frequent first; which is all that their counts would say.
    fn codes(&mut self, values: &[ValueCount]) {
        let named = values.iter().take(NAMED);
        let mut items: Vec<String> = named.map(|found| token(&found.value)).collect();
        if values.len() > NAMED {
            items.push(format!("+{} more", values.len() - NAMED));
        }
        self.list("codes", &items);
    }

    fn end(mut self) -> String {
        self.0.push('\n');
        self.0
    }
}

/// A change to the text of a key: its kind, then what it is with.
fn change(by: &impl Serialize) -> String {
    // An object of plain data, as `Normalisation` is.
    let Ok(serde_json::Value::Object(members)) = serde_json::to_value(by) else {
        return json(by);
    };
    let kind = members.get("kind").map(word).unwrap_or_default();
    let with: Vec<_> = members.iter().filter(|(key, _)| *key != "kind").collect();
    match with.as_slice() {
        // A kind with one parameter says what it is.
        [(_, value)] => format!("{kind}:{value}"),
        with => with
            .iter()
            .fold(kind, |text, (key, value)| format!("{text} {key}:{value}")),
    }
}

fn numbers(aliases: &[Alias]) -> Vec<usize> {
    aliases.iter().map(|alias| alias.number()).collect()
}

fn join(items: &[impl Display], between: &str) -> String {
    let items: Vec<String> = items.iter().map(ToString::to_string).collect();
    items.join(between)
}

/// A text as it is where nothing in it has a meaning here, else as a JSON string.
fn token(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '%' | '#');
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => json(&text),
    }
}

/// The name of an alternative, as JSON has it.
fn word(value: &impl Serialize) -> String {
    json(value).trim_matches('"').to_owned()
}

fn json(value: &impl Serialize) -> String {
    // Plain data with string keys: writing it into memory cannot fail.
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_value_that_could_be_taken_for_something_else_is_quoted() {
        for (text, expected) in [
            ("DE", "DE"),
            ("%Y-%m-%d", "%Y-%m-%d"),
            ("Zürich", "Zürich"),
            ("", r#""""#),
            ("R ", r#""R ""#),
            ("a,b=1", r#""a,b=1""#),
            ("x\nT2 orders.csv", r#""x\nT2 orders.csv""#),
            ("say \"yes\"", r#""say \"yes\"""#),
        ] {
            assert_eq!(token(text), expected);
        }
    }

    proptest! {
        /// Whatever a value is, it begins no line and ends no quotation.
        #[test]
        fn a_value_stays_in_its_place(text in any::<String>()) {
            let token = token(&text);
            prop_assert!(!token.contains(['\n', '\r']));
            match token.starts_with('"') {
                true => prop_assert_eq!(serde_json::from_str::<String>(&token).unwrap(), text),
                false => {
                    let is_apart = !token.contains([' ', '"', ',', '=', ':', '{']);
                    prop_assert!(is_apart, "{}", token);
                    prop_assert_eq!(token, text);
                }
            }
        }
    }
}
