//! The columns of one table, before and after.

use std::collections::BTreeMap;

use maud::{Markup, html};
use silversmith_types::evidence::{ColumnEvidence, PersonalKind, ValueCount};

use super::charts::pair;
use super::{TablePage, code, number_cell};
use crate::lineage::ColumnStory;
use crate::shown::{grouped, percent, quoted, share};

/// Values of a code set that are shown; the rest is counted.
const MAX_VALUES: usize = 14;
/// Width of the small plots in pixels.
const PLOT: u32 = 84;

pub(super) fn columns(table: &TablePage<'_>) -> Markup {
    let measured = table.trial.is_some();
    html! {
        table {
            thead { tr {
                th scope="col" { "Column" } th scope="col" { "Type" }
                @if measured {
                    th scope="col" { "Empty cells" } th scope="col" { "Distinct values" } th scope="col" { "Range in Silver" }
                    th.n scope="col" { "Cells" br; "changed" } th.n scope="col" { "Not" br; "convertible" }
                }
            } }
            tbody { @for story in &table.columns { (row(table, story, measured)) } }
        }
    }
}

fn row(table: &TablePage<'_>, story: &ColumnStory<'_>, measured: bool) -> Markup {
    let rows = |of: fn(&silversmith_types::trial::TableTrial) -> u64| table.trial.map_or(0, of);
    let (rows_in, rows_out) = (
        rows(|trial| trial.before.rows),
        rows(|trial| trial.after.rows),
    );
    html! {
        tr {
            th scope="row" { (name(story)) }
            td { (types(story)) }
            @if measured {
                td { (plotted(story, rows_in, rows_out, |column| column.nulls, Figures::Shares)) }
                td { (plotted(story, rows_in, rows_out, |column| column.distinct.count, Figures::Numbers)) }
                td { (range(story)) }
                (number_cell(Some(story.changed)))
                (number_cell(Some(story.invalid)))
            }
        }
    }
}

fn name(story: &ColumnStory<'_>) -> Markup {
    let silver = story.silver.as_ref().map(|(name, _)| name);
    html! {
        @match (&story.bronze, silver) {
            (Some(bronze), Some(silver)) if bronze != silver => { (code(bronze.as_str())) span.arrow { " → " } (code(silver.as_str())) },
            (Some(name), Some(_)) => (code(name.as_str())),
            (Some(name), None) => { (code(name.as_str())) " " span.tag { "dropped" } },
            (None, Some(name)) => { (code(name.as_str())) " " span.tag { "new" } },
            (None, None) => {},
        }
        @if story.personal { " " span.tag { (personal_kind(story)) } }
    }
}

fn personal_kind(story: &ColumnStory<'_>) -> &'static str {
    let kind = [story.before, story.after]
        .into_iter()
        .flatten()
        .find_map(|column| column.personal);
    match kind {
        None => "from personal data",
        Some(PersonalKind::Name) => "personal: name",
        Some(PersonalKind::Email) => "personal: e-mail",
        Some(PersonalKind::Phone) => "personal: phone",
        Some(PersonalKind::Address) => "personal: address",
        Some(PersonalKind::BirthDate) => "personal: birth date",
        Some(PersonalKind::Identifier) => "personal: identifier",
        Some(PersonalKind::BankAccount) => "personal: bank account",
        Some(PersonalKind::PaymentCard) => "personal: payment card",
        Some(PersonalKind::Network) => "personal: network address",
        Some(PersonalKind::Secret) => "personal: secret",
        Some(PersonalKind::Special) => "personal: special category",
        Some(PersonalKind::FreeText) => "personal: free text",
    }
}

fn types(story: &ColumnStory<'_>) -> Markup {
    let silver = story.silver.as_ref().map(|(_, ty)| ty.to_string());
    html! {
        @match (&story.bronze, silver) {
            (Some(_), Some(ty)) if ty == "text" => span.soft { "text" },
            (Some(_), Some(ty)) => { span.soft { "text → " } (ty) },
            (None, Some(ty)) => (ty),
            (_, None) => span.zero { "–" },
        }
    }
}

/// What stands beside a plot.
#[derive(Clone, Copy)]
enum Figures {
    Shares,
    Numbers,
}

fn plotted(
    story: &ColumnStory<'_>,
    rows_in: u64,
    rows_out: u64,
    of: fn(&ColumnEvidence) -> u64,
    figures: Figures,
) -> Markup {
    let (before, after) = (story.before.map(of), story.after.map(of));
    let figure = |number: Option<u64>, rows: u64| match (number, figures) {
        (None, _) => "–".to_owned(),
        (Some(number), Figures::Shares) => percent(number, rows),
        (Some(number), Figures::Numbers) => grouped(number),
    };
    let (old, new) = (figure(before, rows_in), figure(after, rows_out));
    let label = format!("before {old}, after {new}");
    let shares = |number: Option<u64>, rows| number.map(|number| share(number, rows));
    html! {
        div.plotted {
            (pair(shares(before, rows_in), shares(after, rows_out), PLOT, &label))
            span.figures {
                @if old == new { (old) }
                @else { (old) span.arrow { " → " } (new) }
            }
        }
    }
}

/// Smallest and largest value in Silver; never of personal data.
fn range(story: &ColumnStory<'_>) -> Markup {
    let Some(after) = story.after.filter(|_| !story.personal) else {
        return html! { span.zero { "–" } };
    };
    let dates = after
        .formats
        .first()
        .and_then(|format| format.range.as_ref());
    html! {
        @if let Some(range) = dates { (code(&range.min)) " to " (code(&range.max)) }
        @else if let Some(range) = after.numbers.range { (number(range.min)) " to " (number(range.max)) }
        @else { span.zero { "–" } }
    }
}

/// A number with groups of three digits before its point; very large and very small ones as they
/// come.
fn number(number: f64) -> String {
    let text = number.abs().to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let Ok(whole) = whole.parse::<u64>() else {
        return number.to_string();
    };
    let sign = if number < 0.0 { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{fraction}", grouped(whole))
}

/// The code sets that the plan changed, as bars; those that it left alone are only counted.
pub(super) fn code_sets(table: &TablePage<'_>) -> Markup {
    let sets: Vec<_> = table.columns.iter().filter_map(CodeSet::of).collect();
    let changed: Vec<_> = sets.iter().filter(|set| set.is_changed()).collect();
    let same: Vec<&str> = sets
        .iter()
        .filter(|set| !set.is_changed())
        .map(|set| set.name)
        .collect();
    html! {
        @if !sets.is_empty() { h4 { "Code sets before and after" } }
        @if !changed.is_empty() { div.codes { @for set in changed { (figure(set)) } } }
        @if !same.is_empty() {
            p { "Without change: " span.chips { @for name in same { (code(name)) " " } } }
        }
    }
}

/// The values of a column, where the evidence names them.
struct CodeSet<'a> {
    name: &'a str,
    /// Cells before and after, by value; the most frequent first.
    values: Vec<(&'a str, u64, u64)>,
}

impl<'a> CodeSet<'a> {
    fn of(story: &'a ColumnStory<'a>) -> Option<Self> {
        let codes = |column: Option<&'a ColumnEvidence>| column.and_then(|c| c.codes.as_ref());
        let (before, after) = (codes(story.before), codes(story.after));
        if story.personal || (before.is_none() && after.is_none()) {
            return None;
        }
        let mut cells: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        let each = |codes: Option<&'a Vec<ValueCount>>| codes.into_iter().flatten();
        for code in each(before) {
            cells.entry(&code.value).or_default().0 += code.count;
        }
        for code in each(after) {
            cells.entry(&code.value).or_default().1 += code.count;
        }
        let name = story
            .silver
            .as_ref()
            .map(|(name, _)| name)
            .or(story.bronze.as_ref())?;
        let mut values: Vec<_> = cells
            .into_iter()
            .map(|(value, (a, b))| (value, a, b))
            .collect();
        values
            .sort_by_key(|(value, before, after)| (std::cmp::Reverse(*before.max(after)), *value));
        Some(Self {
            name: name.as_str(),
            values,
        })
    }

    fn is_changed(&self) -> bool {
        self.values.iter().any(|(_, before, after)| before != after)
    }
}

fn figure(set: &CodeSet<'_>) -> Markup {
    let most = set
        .values
        .iter()
        .map(|(_, before, after)| *before.max(after))
        .max()
        .unwrap_or(0);
    let shown = match set.values.len() {
        number if number > MAX_VALUES + 1 => MAX_VALUES,
        number => number,
    };
    html! {
        figure {
            figcaption { (code(set.name)) }
            table {
                thead { tr {
                    th scope="col" { "Value" } th scope="col" style="width:90px" { span.visually-hidden { "Plot" } }
                    th.n scope="col" style="width:3.7rem" { "Before" } th.n scope="col" style="width:3.7rem" { "After" }
                } }
                tbody { @for (value, before, after) in set.values.iter().take(shown) {
                    @let state = match (before, after) { (0, _) => Some("new"), (_, 0) => Some("gone"), _ => None };
                    tr class=[state] {
                        th scope="row" { bdi.value { (quoted(value)) } }
                        td { (pair(Some(share(*before, most)), Some(share(*after, most)), PLOT, &format!("before {before}, after {after}"))) }
                        (number_cell(Some(*before)))
                        (number_cell(Some(*after)))
                    }
                } }
            }
            @if shown < set.values.len() { p { (set.values.len() - shown) " more values" } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_of_a_range_are_grouped_and_keep_their_digits() {
        for (value, shown) in [
            (0.0, "0"),
            (-0.0, "0"),
            (3578.0, "3,578"),
            (-2443.35, "-2,443.35"),
            (0.001, "0.001"),
            (1e30, "1000000000000000000000000000000"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(number(value), shown);
        }
    }
}
