//! A brief as lines of text: the same facts as its JSON in a quarter of the tokens, because what is as it
//! should be is not mentioned. Values are quoted as JSON wherever they could be taken for anything else,
//! so that a line stays a line.

use std::fmt::{Display, Write as _};

use serde::Serialize;
use silversmith_types::context::InferredType;
use silversmith_types::evidence::{NotationCount, ShapeCount, ValueCount};

use super::{
    SentBrief, SentColumn, SentEvidence, SentJoin, SentKey, SentNumbers, SentOrdering, SentProduct,
    SentTable,
};

/// Most values of a list that a line names, which says how many more there are; and most lists of
/// spellings.
const NAMED: usize = 12;
/// Most shapes that a line names: the ones seen most often.
const SHAPES: usize = 2;

impl SentBrief<'_> {
    /// All of it, a line for each table, column, and relation between columns.
    pub(crate) fn outline(&self) -> String {
        let mut text = format!("now {}\n", self.as_of);
        for table in &self.tables {
            table.outline(&mut text);
        }
        for join in &self.joins {
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
    fn outline(&self, text: &mut String) {
        let mut line = Line::of(self.alias);
        line.name(self.name);
        line.say(format_args!("{} rows", self.rows));
        line.count("duplicate_rows", self.duplicate_rows);
        for hint in self.hints {
            line.say(format_args!("hint:{}", word(hint)));
        }
        let terms = &self.terms;
        line.list("primary_key", &terms.primary_key);
        line.list("required", &terms.required);
        line.list("unique", &terms.unique);
        let consents: Vec<String> = terms.quarantine.iter().map(word).collect();
        line.list("may_quarantine", &consents);
        text.push_str(&line.end());
        for column in &self.columns {
            text.push_str(&column.line(self.rows));
        }
        for key in self.keys.iter().filter(|key| !self.says_unique(key)) {
            let mut line = Line::of("key");
            line.say(join(&key.columns, "+"));
            line.count("null", key.null_rows);
            line.count("repeated_keys", key.duplicate_keys);
            line.count("repeated_rows", key.duplicate_rows);
            line.flag("estimated", !key.exact);
            text.push_str(&line.end());
        }
        for ordering in &self.orderings {
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
    fn line(&self, rows: u64) -> String {
        let mut line = Line::of(self.alias);
        line.name(self.name);
        let inferred = match self.inferred {
            InferredType::Integer => "int",
            InferredType::Float => "float",
            InferredType::Boolean => "bool",
            InferredType::Datetime => "date",
            // The most, and so not said; a cell is text anyway.
            InferredType::String => "",
            InferredType::Empty => "empty",
        };
        line.flag(inferred, !inferred.is_empty());
        line.count("null", self.nulls);
        match &self.evidence {
            Some(found) => found.outline(&mut line, self.nulls, found.full(rows)),
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
    fn outline(&self, line: &mut Line, nulls: u64, full: u64) {
        if let Some(personal) = self.personal {
            line.say(format_args!("personal:{}", word(&personal)));
        }
        if self.empty != nulls {
            line.count("empty", self.empty);
        }
        line.count("blank", self.blanks);
        line.values("null_tokens", self.null_tokens);
        line.count("outer_space", self.outer_space);
        line.count("inner_space", self.inner_space);
        line.count("not_nfc", self.not_nfc);
        self.numbers.outline(line, full);
        for format in self.formats {
            match format.count == full {
                true => line.say(token(&format.format)),
                false => line.say(format_args!("{}={}", token(&format.format), format.count)),
            }
            if format.only != format.count {
                line.count("only", format.only);
            }
            line.count("future", format.future);
            line.count("ancient", format.ancient);
        }
        if let Some(codes) = self.codes {
            line.values("codes", codes);
        }
        line.flag("unique", self.is_unique(full));
        line.count("rare", self.rare_cells);
        for spellings in self.variants.iter().take(NAMED) {
            line.values("spellings", spellings);
        }
        let is_plain = self.codes.is_none() && self.formats.is_empty() && self.numbers.is_empty();
        if is_plain && self.personal.is_none() {
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
        if let (Some(range), true) = (&self.range, self.negative > 0 || self.decimals > 0) {
            line.say(format_args!("{}..{}", range.min, range.max));
        }
    }
}

impl SentOrdering {
    fn line(&self) -> String {
        let mut line = Line::of("order");
        line.say(format_args!("{}<={}", self.start, self.end));
        if self.violated > 0 {
            line.say(format_args!("of={}", self.both));
        }
        line.count("violated", self.violated);
        line.count("open", self.open);
        if let Some(versions) = &self.versions_of {
            line.say(format_args!("versions_of={}", versions.key));
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
            self.product, self.left, self.right
        ));
        line.say(format_args!("holds={}/{}", self.holds, self.checked));
        for (what, count) in [
            ("product_unusable", self.product_unusable),
            ("left_unusable", self.left_unusable),
            ("right_unusable", self.right_unusable),
            ("contradictory", self.contradictory),
            ("product_equals_factor", self.product_equals_factor),
        ] {
            line.count(what, count);
        }
        if let Some(found) = &self.corroboration {
            line.say(format_args!("outliers_by={}", found.determinant));
            line.count("product", found.product_outlier);
            line.count("product_as_factor", found.product_outlier_equals_factor);
            line.count("left", found.left_outlier);
            line.count("right", found.right_outlier);
        }
        line.end()
    }
}

impl SentJoin<'_> {
    fn line(&self) -> String {
        let mut line = Line::of("join");
        let (from, to) = (&self.from, &self.to);
        line.say(format_args!("{}.{}>{}.{}", from.0, from.1, to.0, to.1));
        line.say(format_args!("{}/{}", self.matched, self.from_distinct));
        line.flag("estimated", !self.exact);
        if let Some(by) = self.normalised {
            line.count("normalised", by.matched);
            line.say(word(&by.side));
            line.say(change(&by.by));
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

    fn end(mut self) -> String {
        self.0.push('\n');
        self.0
    }
}

/// A change to the text of a key: its kind, then what it is with.
fn change(by: &impl Serialize) -> String {
    // An object of plain data, as `Normalisation` is.
    let Ok(serde_json::Value::Object(mut members)) = serde_json::to_value(by) else {
        return json(by);
    };
    let kind = members.remove("kind").unwrap_or_default();
    let with = members.iter().map(|(key, value)| format!(" {key}:{value}"));
    word(&kind) + &with.collect::<String>()
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
