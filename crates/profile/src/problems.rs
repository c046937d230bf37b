//! What is wrong with the data, worst first, in sentences.

use silversmith_types::evidence::{
    ColumnEvidence, Evidence, JoinEvidence, JoinSide, KeyEvidence, Normalisation, OrderingEvidence,
    ProductEvidence, TableEvidence,
};

use crate::limits::MAX_DISTINCT;
use crate::names::is_key_like;
use crate::report::{code, number};

/// Something wrong, and how bad it is.
pub(crate) struct Problem {
    /// Worst first: what it spoils for everybody before what it spoils in a cell.
    weight: Weight,
    /// Cells or values affected.
    affected: u64,
    /// The sentence.
    pub(crate) text: String,
}

/// What a problem spoils.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// Tables do not come together.
    Join,
    /// Rows cannot be told apart, or are there twice.
    Key,
    /// Values contradict one another.
    Logic,
    /// Values are not what the column holds.
    Value,
    /// Values are missing.
    Missing,
    /// Values are written in several ways.
    Spelling,
}

/// Everything wrong that the evidence knows of, worst first.
pub(crate) fn problems(evidence: &Evidence) -> Vec<Problem> {
    let mut found: Vec<Problem> = evidence.joins.iter().filter_map(of_join).collect();
    for (name, table) in &evidence.tables {
        let name = name.stem();
        found.extend(of_table(name, table));
        found.extend(near_keys(table).filter_map(|key| of_key(name, key)));
        found.extend(
            table
                .orderings
                .iter()
                .filter_map(|ordering| of_ordering(name, ordering)),
        );
        found.extend(
            table
                .products
                .iter()
                .filter_map(|product| of_product(name, product)),
        );
        for column in &table.columns {
            of_column(name, column, table.rows, &mut found);
        }
    }
    found.sort_by(|a, b| (a.weight, b.affected, &a.text).cmp(&(b.weight, a.affected, &b.text)));
    found
}

fn problem(weight: Weight, affected: u64, text: String) -> Option<Problem> {
    (affected > 0).then_some(Problem {
        weight,
        affected,
        text,
    })
}

fn of_join(join: &JoinEvidence) -> Option<Problem> {
    let (from, to) = (&join.from, &join.to);
    let from_name = code(&format!("{}.{}", from.table.stem(), from.column));
    let to_name = code(&format!("{}.{}", to.table.stem(), to.column));
    let total = number(join.from_distinct);
    let of = if join.exact {
        "values"
    } else {
        "sampled values"
    };
    let missed = join.from_distinct - join.matched;
    let mut text = format!(
        "{from_name} matches {to_name} in {} of {total} {of}",
        number(join.matched)
    );
    if let Some(normalised) = &join.normalised {
        let side = if normalised.side == JoinSide::From {
            &from_name
        } else {
            &to_name
        };
        let how = change(&normalised.by);
        text += &format!("; in {} after {how} {side}", number(normalised.matched));
    }
    problem(Weight::Join, missed, text + ".")
}

fn change(by: &Normalisation) -> String {
    match by {
        Normalisation::Trim => "trimming".to_owned(),
        Normalisation::UpperCase => "raising to upper case".to_owned(),
        Normalisation::StripPrefix { prefix } => format!("removing the prefix {} of", code(prefix)),
        Normalisation::DropChar { character } => {
            format!("removing every {} from", code(&character.to_string()))
        }
        Normalisation::CutHead { length } => {
            format!("cutting off the first {length} characters of")
        }
        Normalisation::KeepHead {
            length,
            replace,
            with,
        } => {
            let replaced = match (replace, with) {
                (Some(from), Some(to)) => {
                    let (from, to) = (code(&from.to_string()), code(&to.to_string()));
                    format!(", with {to} for {from},")
                }
                _ => String::new(),
            };
            format!("keeping the first {length} characters{replaced} of")
        }
    }
}

fn of_table(name: &str, table: &TableEvidence) -> Option<Problem> {
    let rows = table.duplicate_rows;
    let is_exact = table.rows.saturating_sub(rows) <= MAX_DISTINCT as u64;
    let about = if is_exact { "" } else { "about " };
    let same = verb(rows, "row is", "rows are");
    let text = format!("{}: {about}{same} the same as another.", code(name));
    problem(Weight::Key, rows, text)
}

/// The keys that ought to be unique: where a table has a whole key, those that are called one.
fn near_keys(table: &TableEvidence) -> impl Iterator<Item = &KeyEvidence> {
    let is_whole = |key: &KeyEvidence| key.null_rows + key.duplicate_rows == 0;
    let has_whole = table.keys.iter().any(is_whole);
    let is_called = |key: &KeyEvidence| key.columns.iter().all(|name| is_key_like(name.as_str()));
    table
        .keys
        .iter()
        .filter(move |key| !has_whole || is_called(key))
}

fn of_key(name: &str, key: &KeyEvidence) -> Option<Problem> {
    let columns: Vec<&str> = key.columns.iter().map(|column| column.as_str()).collect();
    let about = if key.exact { "" } else { "about " };
    let (nulls, repeated) = (key.null_rows, key.duplicate_rows);
    let mut faults = Vec::new();
    if nulls > 0 {
        faults.push(format!("is missing in {}", verb(nulls, "row", "rows")));
    }
    if repeated > 0 {
        faults.push(format!(
            "repeats in {about}{}",
            verb(repeated, "row", "rows")
        ));
    }
    let text = format!(
        "{}: {} nearly identifies a row, but {}.",
        code(name),
        code(&columns.join(" + ")),
        faults.join(" and "),
    );
    problem(Weight::Key, nulls + repeated, text)
}

fn of_ordering(name: &str, ordering: &OrderingEvidence) -> Option<Problem> {
    let mut text = format!(
        "{}: {} is before {} in {} of {} rows",
        code(name),
        code(ordering.end.as_str()),
        code(ordering.start.as_str()),
        number(ordering.violated),
        number(ordering.both),
    );
    if let Some(versions) = &ordering.versions_of {
        text += &format!("; the rows are versions of {}", code(versions.key.as_str()));
    }
    problem(Weight::Logic, ordering.violated, text + ".")
}

fn of_product(name: &str, product: &ProductEvidence) -> Option<Problem> {
    let unusable = product.product_unusable + product.left_unusable + product.right_unusable;
    let broken = unusable + product.contradictory;
    let formula = format!("{} = {} × {}", product.product, product.left, product.right);
    let rows = verb(broken, "row", "rows");
    let mut text = format!("{}: {} does not hold in {rows}", code(name), code(&formula));
    if unusable > 0 {
        let unusable = number(unusable);
        text += &format!("; one number is missing, zero or negative in {unusable} of them");
    }
    if let Some(found) = &product.corroboration {
        let by = code(found.determinant.as_str());
        let outliers = [
            (&product.product, found.product_outlier),
            (&product.left, found.left_outlier),
            (&product.right, found.right_outlier),
        ];
        let wrong: Vec<String> = outliers
            .into_iter()
            .filter(|(_, rows)| *rows > 0)
            .map(|(column, rows)| format!("{} in {}", code(column.as_str()), number(rows)))
            .collect();
        let wrong = wrong.join(", ");
        text += &format!("; by other rows of the same {by} the wrong number is {wrong}");
    }
    text.push('.');
    problem(Weight::Logic, broken, text)
}

fn of_column(table: &str, column: &ColumnEvidence, rows: u64, found: &mut Vec<Problem>) {
    let name = code(&format!("{table}.{}", column.name));
    let mut add = |weight, affected, what: String| {
        found.extend(problem(weight, affected, format!("{name}: {what}.")));
    };
    let hold = |cells| verb(cells, "cell holds", "cells hold");
    let cells = rows.saturating_sub(column.nulls + column.blanks);
    of_dates(column, cells, &mut add);
    let missing = column.nulls + column.blanks;
    // Where a tenth is missing, somebody must say what that means.
    if missing * 10 >= rows {
        let what = format!("empty in {} of {} rows", number(missing), number(rows));
        add(Weight::Missing, missing, what);
    }
    let blanks = format!("{} nothing but white space", hold(column.blanks));
    add(Weight::Missing, column.blanks, blanks);
    let tokens: u64 = column.null_tokens.iter().map(|token| token.count).sum();
    add(
        Weight::Missing,
        tokens,
        format!("{} a word for a missing value", hold(tokens)),
    );
    let rare = format!("{} a code too rare to be named", hold(column.rare_cells));
    add(Weight::Value, column.rare_cells, rare);
    let spaced = column.outer_space + column.inner_space;
    add(
        Weight::Spelling,
        spaced,
        format!("{} needless white space", hold(spaced)),
    );
    let spellings: u64 = column
        .variants
        .iter()
        .flatten()
        .map(|variant| variant.count)
        .sum();
    let variants = verb(column.variants.len() as u64, "value is", "values are");
    add(
        Weight::Spelling,
        spellings,
        format!("{variants} written in several ways"),
    );
}

fn of_dates(column: &ColumnEvidence, cells: u64, add: &mut impl FnMut(Weight, u64, String)) {
    let Some(best) = column
        .formats
        .first()
        .filter(|best| best.count * 2 >= cells)
    else {
        return;
    };
    let lie = |dates| verb(dates, "date lies", "dates lie");
    let future = column
        .formats
        .iter()
        .map(|format| format.future)
        .max()
        .unwrap_or_default();
    add(
        Weight::Value,
        future,
        format!("{} after the day of the Bronze run", lie(future)),
    );
    let ancient = column
        .formats
        .iter()
        .map(|format| format.ancient)
        .max()
        .unwrap_or_default();
    add(
        Weight::Value,
        ancient,
        format!("{} before 1900", lie(ancient)),
    );
    let others = cells.saturating_sub(best.count);
    let (many, all) = (number(others), number(cells));
    let format = code(&best.format);
    add(
        Weight::Value,
        others,
        format!("{many} of {all} values are not written as {format}"),
    );
}

/// How many, with the word for one or for several.
fn verb(count: u64, one: &str, several: &str) -> String {
    format!(
        "{} {}",
        number(count),
        if count == 1 { one } else { several }
    )
}
