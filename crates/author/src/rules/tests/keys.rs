//! Rules about keys of two tables.

use silversmith_types::evidence::{JoinEvidence, JoinSide, Normalisation, TableEvidence};

use super::bronze::{brief, column, integers, join, normalised, only, planned, table};

fn tables() -> Vec<(&'static str, TableEvidence)> {
    vec![
        (
            "clients.csv",
            table(100, vec![column("client_no"), column("category")]),
        ),
        (
            "places.csv",
            table(100, vec![column("CID"), column("place")]),
        ),
        (
            "sales.csv",
            table(100, vec![column("sls_item"), integers("amount", 100)]),
        ),
    ]
}

fn plan_of(joins: Vec<JoinEvidence>, of: &str) -> Vec<String> {
    let brief = brief(tables(), joins, None);
    let mut plan = planned(&brief);
    let steps = plan.tables.remove(&of.parse().unwrap()).unwrap().steps;
    only(
        &steps,
        &[
            "strip_affix",
            "replace_text",
            "change_case",
            "slice_text",
            "derive",
            "cast",
        ],
    )
}

#[test]
fn a_change_that_loses_nothing_is_made_in_place() {
    let places = || join("places.csv/CID", "clients.csv/client_no", 100, 0);
    let strip = Normalisation::StripPrefix {
        prefix: "NAS".to_owned(),
    };
    assert_eq!(
        plan_of(
            vec![normalised(places(), JoinSide::From, strip, 100, true)],
            "places.csv"
        ),
        [r#"{"op":"strip_affix","columns":["CID"],"prefix":"NAS","if_present":true}"#]
    );
    let drop = || Normalisation::DropChar { character: '-' };
    assert_eq!(
        plan_of(
            vec![normalised(places(), JoinSide::From, drop(), 95, true)],
            "places.csv"
        ),
        [r#"{"op":"replace_text","columns":["CID"],"find":"-","with":"","match":"literal"}"#]
    );
    assert_eq!(
        plan_of(
            vec![normalised(
                places(),
                JoinSide::To,
                Normalisation::UpperCase,
                100,
                true
            )],
            "clients.csv"
        ),
        [r#"{"op":"change_case","columns":["client_no"],"case":"upper"}"#]
    );
    // Too few match, too few in all, no more than before: nothing is changed.
    for poor in [
        normalised(places(), JoinSide::From, drop(), 89, true),
        normalised(
            join("places.csv/CID", "clients.csv/client_no", 9, 0),
            JoinSide::From,
            drop(),
            9,
            true,
        ),
        normalised(
            join("places.csv/CID", "clients.csv/client_no", 100, 95),
            JoinSide::From,
            drop(),
            95,
            true,
        ),
    ] {
        assert_eq!(plan_of(vec![poor], "places.csv"), [""; 0]);
    }
}

#[test]
fn a_change_that_loses_something_goes_to_a_new_column() {
    let places = join("places.csv/CID", "clients.csv/client_no", 100, 0);
    let drop = Normalisation::DropChar { character: '-' };
    assert_eq!(
        plan_of(
            vec![normalised(places, JoinSide::From, drop, 100, false)],
            "places.csv"
        ),
        [
            r#"{"op":"derive","into":"CID_key","expression":{"column":"CID"}}"#,
            r#"{"op":"replace_text","columns":["CID_key"],"find":"-","with":"","match":"literal"}"#,
        ]
    );
}

#[test]
fn what_is_cut_off_may_mean_something() {
    let tail = normalised(
        join("sales.csv/sls_item", "clients.csv/client_no", 100, 0),
        JoinSide::To,
        Normalisation::CutHead { length: 6 },
        100,
        true,
    );
    let head = Normalisation::KeepHead {
        length: 5,
        replace: Some('-'),
        with: Some('_'),
    };
    let head = normalised(
        join("clients.csv/client_no", "places.csv/place", 100, 0),
        JoinSide::From,
        head,
        95,
        false,
    );
    assert_eq!(
        plan_of(vec![head, tail], "clients.csv"),
        [
            r#"{"op":"slice_text","column":"client_no","into":"client_no_tail","start":6}"#,
            r#"{"op":"slice_text","column":"client_no","into":"place","start":0,"length":5}"#,
            r#"{"op":"replace_text","columns":["place"],"find":"-","with":"_","match":"literal"}"#,
        ]
    );
}

#[test]
fn a_derived_column_is_named_after_its_counterpart_where_the_name_is_free_and_says_something() {
    let cut = |from: &str| {
        normalised(
            join(from, "clients.csv/client_no", 100, 0),
            JoinSide::To,
            Normalisation::CutHead { length: 6 },
            100,
            true,
        )
    };
    let into = |joins| plan_of(joins, "clients.csv")[0].clone();
    assert!(into(vec![cut("places.csv/place")]).contains(r#""into":"place""#));
    // `CID` says no more than that it is a key, and `sls` is the prefix of another table.
    assert!(into(vec![cut("places.csv/CID")]).contains(r#""into":"client_no_tail""#));
    assert!(into(vec![cut("sales.csv/sls_item")]).contains(r#""into":"client_no_tail""#));
    // Two counterparts do not agree.
    let both = vec![cut("places.csv/place"), cut("sales.csv/sls_item")];
    assert!(into(both).contains(r#""into":"client_no_tail""#));
}

#[test]
fn a_key_that_matches_another_table_as_it_is_stays() {
    let as_is = join("places.csv/CID", "sales.csv/sls_item", 100, 100);
    let drop = Normalisation::DropChar { character: '-' };
    let dash = normalised(
        join("places.csv/CID", "clients.csv/client_no", 100, 0),
        JoinSide::From,
        drop,
        100,
        true,
    );
    assert_eq!(
        plan_of(vec![dash, as_is], "places.csv")[0],
        r#"{"op":"derive","into":"CID_key","expression":{"column":"CID"}}"#
    );
}

#[test]
fn both_sides_of_a_join_have_one_type() {
    let matched = join("sales.csv/amount", "clients.csv/client_no", 100, 95);
    assert_eq!(plan_of(vec![matched], "sales.csv"), [""; 0]);
    let unmatched = join("sales.csv/amount", "clients.csv/client_no", 100, 20);
    assert_eq!(
        plan_of(vec![unmatched], "sales.csv"),
        [r#"{"op":"cast","columns":["amount"],"to":"integer","on_error":"null"}"#]
    );
}

#[test]
fn the_case_of_words_is_theirs() {
    let upper = normalised(
        join("places.csv/place", "clients.csv/category", 100, 20),
        JoinSide::From,
        Normalisation::UpperCase,
        100,
        true,
    );
    assert_eq!(plan_of(vec![upper], "places.csv"), [""; 0]);
}

#[test]
fn two_keys_that_match_each_other_are_changed_alike() {
    let drop = || Normalisation::DropChar { character: '-' };
    let dash = |from: &str| {
        let as_is = join(from, "clients.csv/client_no", 100, 0);
        normalised(as_is, JoinSide::From, drop(), 100, true)
    };
    let joins = || {
        vec![
            join("places.csv/CID", "sales.csv/sls_item", 100, 100),
            dash("places.csv/CID"),
            dash("sales.csv/sls_item"),
        ]
    };
    for (of, column) in [("places.csv", "CID"), ("sales.csv", "sls_item")] {
        let expected = format!(
            r#"{{"op":"replace_text","columns":["{column}"],"find":"-","with":"","match":"literal"}}"#
        );
        assert_eq!(plan_of(joins(), of)[0], expected);
    }
}
