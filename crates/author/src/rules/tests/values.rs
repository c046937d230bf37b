//! Rules that look at one column.

use silversmith_types::evidence::{
    ColumnEvidence, Notation, NotationCount, NumberEvidence, PersonalKind,
};

use super::bronze::{codes, column, dates, decimals, integers, only, steps, table, values};

#[test]
fn text_is_normalised_then_trimmed_and_free_text_keeps_its_layout() {
    let decomposed = ColumnEvidence {
        not_nfc: 3,
        outer_space: 5,
        inner_space: 2,
        ..column("note")
    };
    let blank = ColumnEvidence {
        blanks: 4,
        ..column("remark")
    };
    let named = ColumnEvidence {
        inner_space: 2,
        personal: Some(PersonalKind::Name),
        ..column("surname")
    };
    let steps = steps(table(100, vec![decomposed, blank, named, column("clean")]));
    assert_eq!(
        only(&steps, &["normalize_unicode", "trim"]),
        [
            r#"{"op":"normalize_unicode","columns":["note"],"form":"nfc","strip_marks":false,"unescape_html":false}"#,
            r#"{"op":"trim","columns":["note","remark"],"side":"both","collapse_inner":false}"#,
            r#"{"op":"trim","columns":["surname"],"side":"both","collapse_inner":true}"#,
        ]
    );
    assert_eq!(
        steps[1].why,
        "note and remark: 5 values with outer white space, 4 cells of white space alone"
    );
    assert_eq!(
        steps[1].evidence,
        ["t.csv/note outer_space=5", "t.csv/remark blanks=4"]
    );
}

#[test]
fn na_is_a_value_among_texts_and_none_among_numbers() {
    let tokens = |list: &[(&str, u64)], base: ColumnEvidence| ColumnEvidence {
        null_tokens: values(list),
        ..base
    };
    let region = tokens(
        &[("NA", 20), ("n/a", 11)],
        codes("region", &[("EU", 60), ("NA", 20), ("n/a", 11)]),
    );
    let amount = tokens(&[("NA", 20), ("-", 10)], integers("amount", 70));
    let surname = ColumnEvidence {
        personal: Some(PersonalKind::Name),
        ..tokens(&[("Null", 12), ("n/a", 10)], column("surname"))
    };
    let grade = tokens(
        &[("-", 10)],
        codes("grade", &[("+", 50), ("-", 10), ("++", 40)]),
    );
    let steps = steps(table(100, vec![region, amount, surname, grade]));
    assert_eq!(
        only(&steps, &["null_if", "cast"]),
        [
            r#"{"op":"null_if","columns":["region","surname"],"tokens":["n/a"],"ignore_case":false}"#,
            r#"{"op":"null_if","columns":["amount"],"tokens":["-","NA"],"ignore_case":false}"#,
            r#"{"op":"cast","columns":["amount"],"to":"integer","on_error":"null"}"#,
        ]
    );
}

#[test]
fn integers_stay_integers_and_codes_stay_text() {
    let with = |text: &str, numbers: NumberEvidence| ColumnEvidence {
        numbers,
        ..column(text)
    };
    let zeros = with(
        "article",
        NumberEvidence {
            integers: 100,
            leading_zeros: 1,
            ..Default::default()
        },
    );
    let long = with(
        "serial",
        NumberEvidence {
            integers: 99,
            oversized: 1,
            ..Default::default()
        },
    );
    let zip = with(
        "zip",
        NumberEvidence {
            integers: 100,
            ..Default::default()
        },
    );
    let words = with(
        "size",
        NumberEvidence {
            integers: 98,
            ..Default::default()
        },
    );
    let some = ColumnEvidence {
        nulls: 40,
        ..integers("quantity", 60)
    };
    let steps = steps(table(100, vec![zeros, long, zip, words, some]));
    assert_eq!(
        only(&steps, &["cast", "expect"]),
        [
            r#"{"op":"cast","columns":["quantity"],"to":"integer","on_error":"null"}"#,
            r#"{"op":"expect","name":"numeric-size","that":{"predicate":{"fn":"matches","args":[{"column":"size"},{"literal":{"text":"^\\s*[-+]?[0-9]+(\\.[0-9]+)?\\s*$"}}]}},"on_fail":"warn","threshold":0}"#,
        ]
    );
}

#[test]
fn decimals_have_the_digits_of_the_longest_value_and_are_no_floats() {
    let price = decimals("price", 100, 2);
    let mut share = decimals("share", 100, 17);
    share.numbers.max_digits = 3;
    let mut endless = decimals("endless", 100, 30);
    endless.numbers.max_digits = 9;
    let steps = steps(table(100, vec![price, share, endless]));
    assert_eq!(
        only(&steps, &["cast"]),
        [
            r#"{"op":"cast","columns":["price"],"to":{"decimal":{"precision":18,"scale":2}},"on_error":"null"}"#,
            r#"{"op":"cast","columns":["share"],"to":{"decimal":{"precision":20,"scale":17}},"on_error":"null"}"#,
        ]
    );
}

fn noted(
    text: &str,
    plain: NumberEvidence,
    notations: &[(char, Option<char>, u64)],
) -> ColumnEvidence {
    let notations = notations
        .iter()
        .map(|(decimal, group, count)| NotationCount {
            notation: Notation {
                decimal: *decimal,
                group: *group,
                currency: None,
                percent: false,
            },
            count: *count,
        });
    let numbers = NumberEvidence {
        notations: notations.collect(),
        ..plain
    };
    ColumnEvidence {
        numbers,
        ..column(text)
    }
}

#[test]
fn a_notation_is_read_where_it_explains_every_value_that_is_not_plain() {
    let plain = |integers, decimals| NumberEvidence {
        integers,
        decimals,
        max_digits: 3,
        max_scale: if decimals > 0 { 2 } else { 0 },
        ..Default::default()
    };
    let english = noted("english", plain(10, 50), &[('.', Some(','), 40)]);
    let german = noted(
        "german",
        plain(10, 0),
        &[(',', Some('.'), 90), (',', None, 70)],
    );
    let either = noted(
        "either",
        plain(0, 0),
        &[('.', Some(','), 100), (',', None, 100)],
    );
    // A plain `1.50` says that the comma in `1,234` is a group mark.
    let decided = noted(
        "decided",
        plain(0, 60),
        &[('.', Some(','), 40), (',', None, 40)],
    );
    let steps = steps(table(100, vec![english, german, either, decided]));
    let parse = |column: &str, scale: u8, decimal: char, group: char| {
        format!(
            r#"{{"op":"parse_number","columns":["{column}"],"to":{{"decimal":{{"precision":18,"scale":{scale}}}}},"decimal":"{decimal}","group":"{group}","percent":false,"parens_negative":false,"on_error":"null"}}"#
        )
    };
    assert_eq!(
        only(&steps, &["parse_number"]),
        [
            parse("english", 2, '.', ','),
            parse("german", 4, ',', '.'),
            parse("decided", 2, '.', ',')
        ]
    );
    let doubts = only(&steps, &["expect"]);
    assert!(
        doubts.len() == 1 && doubts[0].contains("point-or-group-either"),
        "{doubts:?}"
    );
}

#[test]
fn dates_are_read_by_the_formats_that_explain_them() {
    let mixed = dates("changed", &[("%Y-%m-%d", 97, 97), ("%d.%m.%Y", 3, 3)]);
    let compact = dates("ordered", &[("%Y%m%d", 96, 96)]);
    let stamps = dates("seen", &[("%Y-%m-%d %H:%M:%S", 100, 100)]);
    let few = dates("comment", &[("%Y-%m-%d", 60, 60)]);
    let number = dates("order_no", &[("%Y%m%d", 100, 100)]);
    let steps = steps(table(100, vec![mixed, compact, stamps, few, number]));
    assert_eq!(
        only(&steps, &["parse_date", "parse_timestamp"]),
        [
            r#"{"op":"parse_date","columns":["changed"],"formats":["%Y-%m-%d","%d.%m.%Y"],"on_error":"null"}"#,
            r#"{"op":"parse_date","columns":["ordered"],"formats":["%Y%m%d"],"on_error":"null"}"#,
            r#"{"op":"parse_timestamp","columns":["seen"],"formats":["%Y-%m-%d %H:%M:%S"],"on_error":"null"}"#,
        ]
    );
    let compact = steps
        .iter()
        .find(|step| step.evidence[0].contains("ordered"))
        .unwrap();
    assert_eq!(
        compact.why,
        "All but 4 of 100 values of ordered are explained by 1 format; the rest become null and are counted"
    );
}

#[test]
fn day_and_month_are_told_apart_by_the_values_or_not_at_all() {
    let both = |text: &str, only: (u64, u64)| {
        dates(text, &[("%d/%m/%Y", 90, only.0), ("%m/%d/%Y", 80, only.1)])
    };
    let padded = dates(
        "padded",
        &[
            ("%-d/%-m/%Y", 100, 20),
            ("%d/%m/%Y", 60, 10),
            ("%-m/%-d/%Y", 80, 0),
            ("%m/%d/%Y", 50, 0),
        ],
    );
    let day_first = ColumnEvidence {
        nulls: 10,
        ..both("day_first", (10, 0))
    };
    let neither = ColumnEvidence {
        nulls: 10,
        ..both("neither", (0, 0))
    };
    let contradiction = ColumnEvidence {
        nulls: 10,
        ..both("contradiction", (10, 3))
    };
    let steps = steps(table(100, vec![day_first, neither, contradiction, padded]));
    assert_eq!(
        only(&steps, &["parse_date"]),
        [
            r#"{"op":"parse_date","columns":["day_first"],"formats":["%d/%m/%Y"],"on_error":"null"}"#,
            r#"{"op":"parse_date","columns":["padded"],"formats":["%-d/%-m/%Y","%d/%m/%Y"],"on_error":"null"}"#,
        ]
    );
    let findings = only(&steps, &["expect"]);
    assert_eq!(findings.len(), 2);
    assert!(
        findings[0].contains("day-or-month-neither"),
        "{}",
        findings[0]
    );
    assert!(
        findings[1].contains("day-or-month-contradiction"),
        "{}",
        findings[1]
    );
}

#[test]
fn births_are_bounded_and_no_other_date_is() {
    let mut born = dates("date_of_birth", &[("%Y-%m-%d", 100, 100)]);
    born.formats[0].future = 3;
    let mut old = dates("client_dob", &[("%Y-%m-%d", 100, 100)]);
    old.formats[0].ancient = 2;
    let mut created = dates("created", &[("%Y-%m-%d", 100, 100)]);
    (created.formats[0].future, created.formats[0].ancient) = (50, 2);
    let steps = steps(table(100, vec![born, old, created]));
    assert_eq!(
        only(&steps, &["null_out_of_range"]),
        [
            r#"{"op":"null_out_of_range","columns":["date_of_birth"],"max":"as_of"}"#,
            r#"{"op":"null_out_of_range","columns":["client_dob"],"min":{"literal":{"date":"1900-01-01"}},"max":"as_of"}"#,
        ]
    );
}

#[test]
fn personal_text_is_neither_number_nor_date() {
    let mut phone = integers("contact", 100);
    phone.personal = Some(PersonalKind::Phone);
    let mut born = dates("bdate", &[("%Y-%m-%d", 100, 100)]);
    born.personal = Some(PersonalKind::BirthDate);
    let steps = steps(table(100, vec![phone, born]));
    let operations: Vec<&str> = steps.iter().map(|step| step.operation.name()).collect();
    assert_eq!(operations, ["parse_date", "null_out_of_range", "publish"]);
}
