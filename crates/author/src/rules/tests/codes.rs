//! Rules about code sets.

use silversmith_plan::{OperationKind, Step};
use silversmith_types::evidence::ColumnEvidence;

use super::bronze::{codes, column, only, steps, table, values};

/// What the map of the first folding makes of each spelling; `None` where it knows none of it.
fn folded<const N: usize>(steps: &[Step], spellings: [&str; N]) -> [Option<String>; N] {
    let map = steps.iter().find_map(|step| match &step.operation {
        OperationKind::MapValues(map) => Some(&map.map),
        _ => None,
    });
    spellings.map(|spelling| map.and_then(|map| map.get(&spelling.to_lowercase()).cloned()))
}

fn some<const N: usize>(labels: [&str; N]) -> [Option<String>; N] {
    labels.map(|label| Some(label.to_owned()))
}

#[test]
fn countries_become_the_name_that_most_cells_have() {
    let list = [
        ("Australia", 3591),
        ("United States", 3391),
        ("USA", 2591),
        ("US", 1500),
        ("Germany", 1214),
        ("DE", 566),
    ];
    let rare = ColumnEvidence {
        rare_cells: 3,
        ..codes("CNTRY", &list)
    };
    let steps = steps(table(12_856, vec![rare]));
    let labels = folded(
        &steps,
        [
            "us",
            "usa",
            "U.S.A.",
            "United States of America",
            "Deutschland",
            "au",
        ],
    );
    let states = "United States";
    assert_eq!(
        labels,
        some([states, states, states, states, "Germany", "Australia"])
    );
    // Where nothing is rare, aliases that do not occur are not in the map: a reviewer reads it all.
    let common = super::bronze::steps(table(12_853, vec![codes("CNTRY", &list)]));
    assert_eq!(
        folded(&common, ["US", "United States of America"]),
        some([states, states])
    );
    assert_eq!(folded(&common, ["U.S.A.", "Deutschland"]), [None, None]);
    // Countries that do not occur are not in the map: a reviewer reads all of it.
    assert_eq!(folded(&steps, ["France"]), [None]);
    assert_eq!(
        steps[0].why,
        "4,657 values of countries in CNTRY are written in 3 other ways; 3 more cells hold a value too rare to be named"
    );
}

#[test]
fn the_proper_name_in_use_stays_and_namibia_is_a_country() {
    let list = [
        ("Turkey", 50),
        ("TR", 20),
        ("Namibia", 40),
        ("NA", 10),
        ("Germany", 900),
    ];
    let with_na = ColumnEvidence {
        null_tokens: values(&[("NA", 10)]),
        ..codes("country", &list)
    };
    let steps = steps(table(1_020, vec![with_na]));
    assert_eq!(
        folded(&steps, ["NA", "TUR", "Türkiye"]),
        some(["Namibia", "Turkey", "Turkey"])
    );
    assert!(only(&steps, &["null_if"]).is_empty());
}

#[test]
fn codes_stay_codes_where_codes_prevail() {
    let list = [("DE", 900), ("FR", 300), ("Germany", 20), ("Narnia", 10)];
    let steps = steps(table(1_230, vec![codes("ship_country", &list)]));
    assert_eq!(
        folded(&steps, ["Germany", "DEU", "narnia"]),
        [Some("DE".to_owned()), Some("DE".to_owned()), None]
    );
}

#[test]
fn short_codes_are_no_countries_by_chance() {
    let departments = codes(
        "department",
        &[("IT", 50), ("HR", 30), ("PR", 20), ("it", 10)],
    );
    let languages = codes("language", &[("DE", 50), ("FR", 30), ("EN", 20)]);
    let steps = steps(table(110, vec![departments, languages]));
    // `it` is folded as a spelling of `IT`, if at all, and not as Italy.
    assert_eq!(folded(&steps, ["Italy", "Germany"]), [None, None]);
}

#[test]
fn genders_become_the_words_that_most_cells_have_and_rare_ones_are_met() {
    let list = [("Male", 8608), ("Female", 8391)];
    let gender = ColumnEvidence {
        rare_cells: 9,
        nulls: 1472,
        blanks: 4,
        ..codes("GEN", &list)
    };
    let steps = steps(table(18_484, vec![gender]));
    assert_eq!(
        folded(&steps, ["F", "m", "male", "weiblich", "diverse"]),
        [
            Some("Female".into()),
            Some("Male".into()),
            Some("Male".into()),
            Some("Female".into()),
            None
        ]
    );
}

#[test]
fn letters_of_another_code_set_are_no_genders() {
    let marital = ColumnEvidence {
        rare_cells: 3,
        ..codes("marital_status", &[("M", 50), ("S", 47)])
    };
    let line = ColumnEvidence {
        rare_cells: 3,
        ..codes("line", &[("R", 50), ("M", 47)])
    };
    assert!(only(&steps(table(100, vec![marital, line])), &["map_values"]).is_empty());
    let letters = ColumnEvidence {
        rare_cells: 3,
        ..codes("cst_gndr", &[("M", 50), ("F", 47)])
    };
    let steps = steps(table(100, vec![letters]));
    assert_eq!(folded(&steps, ["female", "W"]), some(["F", "F"]));
    // Without a name that says so, a rare `W` may be anything.
    let unnamed = ColumnEvidence {
        rare_cells: 3,
        ..codes("kind", &[("M", 50), ("F", 47)])
    };
    let steps = super::bronze::steps(table(100, vec![unnamed]));
    assert_eq!(folded(&steps, ["female", "W"]), [Some("F".into()), None]);
}

#[test]
fn yes_and_no_become_truth_where_every_value_is_known() {
    let all = codes("MAINTENANCE", &[("Yes", 20), ("No", 17)]);
    let digits = codes("flag", &[("1", 20), ("0", 17)]);
    let rare = ColumnEvidence {
        rare_cells: 2,
        ..codes("active", &[("Y", 20), ("N", 15)])
    };
    let steps = steps(table(37, vec![all, digits, rare]));
    assert_eq!(
        only(&steps, &["parse_boolean"]),
        [
            r#"{"op":"parse_boolean","columns":["MAINTENANCE"],"true":["yes"],"false":["no"],"on_error":"null"}"#
        ]
    );
    // A rare `T` beside `Y` and `N` may be a third code.
    assert_eq!(folded(&steps, ["T", "1"]), [None, None]);
    assert_eq!(folded(&steps, ["yes", "No", "true"]), some(["Y", "N", "Y"]));
}

#[test]
fn one_word_that_means_nothing_else_is_enough() {
    let with_rare = |list| ColumnEvidence {
        rare_cells: 13,
        ..codes("needs_service", list)
    };
    let clear = steps(table(30, vec![with_rare(&[("Yes", 17)])]));
    assert_eq!(
        folded(&clear, ["y", "no", "t"]),
        [Some("Yes".into()), Some("No".into()), None]
    );
    let no = steps(table(30, vec![with_rare(&[("No", 17)])]));
    assert_eq!(folded(&no, ["YES", "n"]), some(["Yes", "No"]));
    let norway = steps(table(30, vec![with_rare(&[("NO", 17)])]));
    assert_eq!(folded(&norway, ["y", "n"]), [None, None]);
}

#[test]
fn variants_of_case_become_the_most_frequent_unless_they_may_be_two_codes() {
    let colour = ColumnEvidence {
        variants: vec![values(&[("Red", 80), ("RED", 10), ("red ", 10)])],
        ..codes("colour", &[("Red", 80), ("RED", 10), ("red ", 10)])
    };
    let unit = ColumnEvidence {
        variants: vec![values(&[("m", 50), ("M", 40)])],
        ..codes("unit", &[("m", 50), ("M", 40), ("k", 10)])
    };
    let key = ColumnEvidence {
        variants: vec![values(&[("a1", 80), ("A1", 10)])],
        ..codes("product_key", &[("a1", 80), ("A1", 10), ("b2", 10)])
    };
    let steps = steps(table(100, vec![colour, unit, key]));
    assert_eq!(
        only(&steps, &["map_values"]),
        [
            r#"{"op":"map_values","columns":["colour"],"map":{"red":"Red"},"match":["trim","casefold"],"default":"keep"}"#
        ]
    );
}

#[test]
fn whole_code_sets_are_stated_after_folding() {
    let status = codes("status", &[("open", 80), ("closed", 30), ("Open", 10)]);
    let status = ColumnEvidence {
        variants: vec![values(&[("open", 80), ("Open", 10)])],
        ..status
    };
    let rare = ColumnEvidence {
        rare_cells: 1,
        ..codes("line", &[("R", 100), ("S", 19)])
    };
    let steps = steps(table(120, vec![status, rare, column("free")]));
    assert!(
        only(&steps, &["expect"]).is_empty(),
        "three codes in 120 cells are too few to be sure"
    );
    let many = codes("status", &[("open", 800), ("closed", 300), ("Open", 100)]);
    let many = ColumnEvidence {
        variants: vec![values(&[("open", 800), ("Open", 100)])],
        ..many
    };
    let steps = super::bronze::steps(table(1_200, vec![many]));
    assert_eq!(
        only(&steps, &["expect"]),
        [
            r#"{"op":"expect","name":"domain-status","that":{"value_domain":{"column":"status","allowed":[{"text":"closed"},{"text":"open"}]}},"on_fail":"warn","threshold":0}"#
        ]
    );
}
