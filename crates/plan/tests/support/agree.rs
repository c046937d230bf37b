//! Generated steps on generated cells: does Polars agree with the interpreter?

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use silversmith_plan::{ColumnType, Value};

use super::{Oracle, interpret, operation, schema};

/// Compares generated steps over a table of two columns of one type, `a` and `b`. The steps need no
/// `columns`: they get one of the two or both. A step that `check` refuses does not count as a case.
pub fn agree(
    ty: ColumnType,
    step: impl Strategy<Value = Json> + 'static,
    cell: impl Strategy<Value = Value> + Clone + 'static,
) {
    // Without an oracle there is nothing to shrink.
    drop(Oracle::shared());
    let table = schema(&[("a", ty), ("b", ty)]);
    let cell = prop_oneof![1 => Just(Value::Null), 9 => cell];
    let rows = prop::collection::vec(prop::collection::vec(cell, 2), 0..24);
    let columns = prop::sample::select(vec![json!(["a"]), json!(["b"]), json!(["b", "a"])]);
    let config = ProptestConfig {
        cases: 96,
        failure_persistence: None,
        max_global_rejects: 4_000,
        ..Default::default()
    };
    proptest!(config, |(mut step in step, columns in columns, rows in rows)| {
        if step.get("column").is_none() {
            step["columns"] = columns;
        }
        let operations = [operation(&step)];
        prop_assume!(operations[0].as_operation().check(&mut table.clone()).is_ok());
        let outcome = Oracle::shared().compare(&operations, &table, &rows);
        prop_assert_eq!(outcome, Ok(()), "{}", step);
        if operations[0].as_operation().is_idempotent() {
            let once = interpret(&operations, &table, &rows).expect("a step that accepts all");
            let [operation] = operations;
            let twice = [operation.clone(), operation];
            let twice = interpret(&twice, &table, &rows).expect("a step that accepts all");
            prop_assert_eq!(once.rows(), twice.rows(), "{}", step);
        }
    });
}

/// Compares one step over the cells of one column `a`: for regressions and whole ranges.
pub fn agree_on(ty: ColumnType, step: &Json, cells: impl IntoIterator<Item = Value>) {
    let mut step = step.clone();
    if step.get("column").is_none() {
        step["columns"] = json!(["a"]);
    }
    let rows: Vec<Vec<Value>> = cells.into_iter().map(|cell| vec![cell]).collect();
    let outcome = Oracle::shared().compare(&[operation(&step)], &schema(&[("a", ty)]), &rows);
    if let Err(difference) = outcome {
        let shown: String = difference.chars().take(4_000).collect();
        panic!("{step}: {shown}");
    }
}

/// [`agree_on`] texts.
pub fn agree_on_texts<'t>(step: &Json, texts: impl IntoIterator<Item = &'t str>) {
    let cells = texts.into_iter().map(|text| Value::Text(text.to_owned()));
    agree_on(ColumnType::Text, step, cells);
}

/// A text that is almost one of these: as it is, or with characters replaced, removed or added.
pub fn nearly(texts: BoxedStrategy<String>) -> BoxedStrategy<String> {
    let odd = prop::sample::select(
        "0123456789+-/.: TZzaſK１٣,e%_\n\t\u{a0}()"
            .chars()
            .collect::<Vec<_>>(),
    );
    let change = (any::<prop::sample::Index>(), 0..3_u8, odd);
    let changed =
        (texts.clone(), prop::collection::vec(change, 1..3)).prop_map(|(text, changes)| {
            let mut chars: Vec<char> = text.chars().collect();
            for (at, kind, odd) in changes {
                let at = at.index(chars.len() + 1);
                match kind {
                    0 if at < chars.len() => chars[at] = odd,
                    1 if at < chars.len() => _ = chars.remove(at),
                    _ => chars.insert(at, odd),
                }
            }
            chars.into_iter().collect::<String>()
        });
    let some = prop_oneof![2 => texts, 3 => changed];
    some.prop_filter("a cell is never an empty text", |text| !text.is_empty())
        .boxed()
}

/// Compares one step over texts that are made of every character of Unicode in some context, and
/// says of which characters the outcome differs.
pub fn agree_on_every_character(step: &Json, context: fn(char) -> String) {
    let mut step = step.clone();
    step["columns"] = json!(["a"]);
    let operations = [operation(&step)];
    let schema = schema(&[("a", ColumnType::Text)]);
    let chars: Vec<char> = ('\0'..=char::MAX).collect();
    let mut halves = vec![chars.as_slice()];
    let mut different = Vec::new();
    while let Some(chars) = halves.pop() {
        let cell = |chars: &[char]| vec![Value::Text(chars.iter().map(|c| context(*c)).collect())];
        let rows: Vec<_> = chars.chunks(2_000).map(cell).collect();
        if Oracle::shared()
            .compare(&operations, &schema, &rows)
            .is_ok()
        {
            continue;
        }
        match chars {
            [one] => different.push(*one),
            more => halves.extend([&more[..more.len() / 2], &more[more.len() / 2..]]),
        }
    }
    different.sort_unstable();
    assert!(
        different.is_empty(),
        "{step} in {:?}: {different:?}",
        context('_')
    );
}
