//! What is wrong with the data, worst first, in sentences.

use silversmith_types::evidence::{
    ColumnEvidence, Evidence, JoinEvidence, JoinSide, KeyEvidence, Normalisation, OrderingEvidence,
    ProductEvidence, TableEvidence,
};

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
        found.extend(table.keys.iter().filter_map(|key| of_key(name, key)));
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
    let text = format!(
        "{}: {} rows repeat another in every column.",
        code(name),
        number(rows)
    );
    problem(Weight::Key, rows, text)
}

fn of_key(name: &str, key: &KeyEvidence) -> Option<Problem> {
    let columns: Vec<&str> = key.columns.iter().map(|column| column.as_str()).collect();
    let about = if key.exact { "" } else { "about " };
    let text = format!(
        "{}: {} nearly identifies a row, but is missing in {} rows and repeats in {about}{}.",
        code(name),
        code(&columns.join(" + ")),
        number(key.null_rows),
        number(key.duplicate_rows),
    );
    problem(Weight::Key, key.null_rows + key.duplicate_rows, text)
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
    let text = format!(
        "{}: {} does not hold in {} rows: in {} one number is missing, zero or negative; {} contradict \
         themselves.",
        code(name),
        code(&format!(
            "{} = {} × {}",
            product.product, product.left, product.right
        )),
        number(broken),
        number(unusable),
        number(product.contradictory),
    );
    problem(Weight::Logic, broken, text)
}

fn of_column(table: &str, column: &ColumnEvidence, rows: u64, found: &mut Vec<Problem>) {
    let name = code(&format!("{table}.{}", column.name));
    let cells = rows.saturating_sub(column.nulls + column.blanks);
    of_dates(&name, column, cells, found);
    let missing = column.nulls + column.blanks;
    // Where a tenth is missing, somebody must say what that means.
    if missing * 10 >= rows {
        let text = format!(
            "{name} is empty in {} of {} rows.",
            number(missing),
            number(rows)
        );
        found.extend(problem(Weight::Missing, missing, text));
    }
    let text = format!(
        "{name}: {} cells hold nothing but white space.",
        number(column.blanks)
    );
    found.extend(problem(Weight::Missing, column.blanks, text));
    let tokens: u64 = column.null_tokens.iter().map(|token| token.count).sum();
    let text = format!(
        "{name}: {} cells hold a word for a missing value.",
        number(tokens)
    );
    found.extend(problem(Weight::Missing, tokens, text));
    if column.codes.is_some() {
        let text = format!(
            "{name}: {} cells hold a value too rare to be named.",
            number(column.rare_cells)
        );
        found.extend(problem(Weight::Value, column.rare_cells, text));
    }
    let spaced = column.outer_space + column.inner_space;
    let text = format!(
        "{name}: {} cells hold needless white space.",
        number(spaced)
    );
    found.extend(problem(Weight::Spelling, spaced, text));
    let spellings: u64 = column
        .variants
        .iter()
        .flatten()
        .map(|variant| variant.count)
        .sum();
    let text = format!(
        "{name}: {} values are written in several ways.",
        number(column.variants.len() as u64)
    );
    found.extend(problem(Weight::Spelling, spellings, text));
}

fn of_dates(name: &str, column: &ColumnEvidence, cells: u64, found: &mut Vec<Problem>) {
    let Some(best) = column
        .formats
        .first()
        .filter(|best| best.count * 2 >= cells)
    else {
        return;
    };
    let future = column
        .formats
        .iter()
        .map(|format| format.future)
        .max()
        .unwrap_or_default();
    let text = format!(
        "{name}: {} dates lie after the day of the Bronze run.",
        number(future)
    );
    found.extend(problem(Weight::Value, future, text));
    let ancient = column
        .formats
        .iter()
        .map(|format| format.ancient)
        .max()
        .unwrap_or_default();
    let text = format!("{name}: {} dates lie before 1900.", number(ancient));
    found.extend(problem(Weight::Value, ancient, text));
    let others = cells.saturating_sub(best.count);
    let text = format!(
        "{name}: {} of {} values are no dates of the format {}.",
        number(others),
        number(cells),
        code(&best.format),
    );
    found.extend(problem(Weight::Value, others, text));
}
