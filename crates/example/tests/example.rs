//! The example is the same bytes for a seed, has every kind of dirt, and scores what it should.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests and examples read files and start programs"
)]
#![allow(clippy::unwrap_used, reason = "in tests a failed unwrap is the report")]

use std::collections::BTreeMap;

use silversmith_example::{
    DEFAULT_SEED, Dirt, DirtScore, Example, Label, SilverTable, Truth, generate, score,
};
use silversmith_types::Digest;

fn example() -> Example {
    generate(DEFAULT_SEED, 1)
}

fn bronze(example: &Example) -> BTreeMap<String, SilverTable> {
    let files = example.bronze.iter();
    files
        .map(|(name, bytes)| (stem(name), SilverTable::parse(bytes).unwrap()))
        .collect()
}

fn silver(truth: &Truth) -> BTreeMap<String, SilverTable> {
    let files = truth.files().into_iter();
    files
        .filter_map(|(name, bytes)| {
            let table = stem(name.strip_prefix("silver/")?);
            Some((table, SilverTable::parse(&bytes).unwrap()))
        })
        .collect()
}

fn stem(file: &str) -> String {
    file.trim_end_matches(".csv").to_owned()
}

fn file(example: &Example, name: &str) -> String {
    let (_, bytes) = example
        .bronze
        .iter()
        .find(|(file, _)| file == name)
        .unwrap();
    String::from_utf8(bytes.clone()).unwrap()
}

fn column<'a>(tables: &'a BTreeMap<String, SilverTable>, table: &str, name: &str) -> Vec<&'a str> {
    let table = &tables[table];
    let at = table
        .columns
        .iter()
        .position(|column| column == name)
        .unwrap();
    table
        .rows
        .iter()
        .map(|row| row[at].as_deref().unwrap_or(""))
        .collect()
}

/// The cell of a Silver table with the given column and, in its first column, the given key.
fn cell_mut<'a>(table: &'a mut SilverTable, row: usize, name: &str) -> &'a mut Option<String> {
    let at = table
        .columns
        .iter()
        .position(|column| column == name)
        .unwrap();
    &mut table.rows[row][at]
}

#[test]
fn a_seed_means_the_same_bytes_forever() {
    let example = example();
    let mut listing = format!("run {}\n", example.run_id);
    for (path, bytes) in example.files() {
        listing += &format!("{} {:>7} {path}\n", Digest::of(bytes), bytes.len());
    }
    for (path, bytes) in example.truth_files() {
        listing += &format!("{} {:>7} {path}\n", Digest::of(&bytes), bytes.len());
    }
    insta::assert_snapshot!(listing);
}

#[test]
fn another_seed_means_other_bytes() {
    let (one, two) = (generate(1, 1), generate(2, 1));
    for ((name, one), (_, two)) in one.bronze.iter().zip(&two.bronze) {
        assert_ne!(one, two, "{name}");
    }
    assert_ne!(one.run_id, two.run_id);
}

#[test]
fn scale_multiplies_the_rows() {
    let rows = |example: &Example| example.truth.tables["erp_order_lines"].rows.len();
    assert_eq!(rows(&generate(7, 1)), 8_000);
    assert_eq!(rows(&generate(7, 3)), 24_000);
}

#[test]
fn every_kind_of_dirt_is_there_whatever_the_seed() {
    for seed in [0, 1, 99, DEFAULT_SEED, u64::MAX] {
        let truth = generate(seed, 1).truth;
        let counts = truth.dirt();
        for dirt in Dirt::ALL {
            assert!(
                counts.get(&dirt).is_some_and(|count| *count >= 2),
                "{dirt} of seed {seed}"
            );
        }
    }
    insta::assert_debug_snapshot!(example().truth.dirt());
}

#[test]
fn a_label_says_what_bronze_has_and_never_labels_a_right_cell() {
    let example = example();
    let bronze = bronze(&example);
    for (name, table) in &example.truth.tables {
        for ((row, at), Label { dirt, raw, .. }) in &table.labels {
            let found = &bronze[*name].rows[*row][*at];
            assert_eq!(found, raw, "{name} row {row} {dirt}");
            assert_ne!(
                found, &table.rows[*row].cells[*at],
                "{name} row {row} {dirt}"
            );
        }
    }
}

#[test]
fn clean_cells_that_are_easily_damaged_are_there() {
    let example = example();
    let bronze = bronze(&example);
    let count = |table, name, test: fn(&str) -> bool| {
        column(&bronze, table, name)
            .into_iter()
            .filter(|cell| test(cell))
            .count()
    };
    // Integers beside nulls, which a float column would turn into 3.0.
    assert!(count("crm_customers", "household_size", str::is_empty) > 100);
    assert!(count("erp_customer_master", "credit_limit", str::is_empty) > 100);
    // Codes that look like missing values and like numbers.
    assert!(count("crm_campaign_codes", "region_code", |cell| cell == "NA") >= 10);
    assert!(count("erp_addresses", "country", |cell| cell == "NA") >= 5);
    assert!(
        count("crm_campaign_codes", "campaign_code", |cell| cell
            .starts_with('0'))
            == 160
    );
    assert!(count("erp_addresses", "postal_code", |cell| cell.starts_with('0')) > 100);
    // Integers beyond what a 64-bit float holds.
    let beyond = |cell: &str| {
        cell.parse::<u64>()
            .is_ok_and(|number| number as f64 as u64 != number)
    };
    assert!(count("crm_customers", "loyalty_card", beyond) > 1_000);
    // Quotes, commas, line breaks and marked letters inside of cells.
    assert!(count("erp_addresses", "delivery_note", |cell| cell.contains('\n')) > 10);
    assert!(count("erp_addresses", "delivery_note", |cell| cell.contains('"')) > 10);
    assert!(count("erp_addresses", "street", |cell| cell.contains(',')) > 100);
    assert!(count("crm_customers", "family_name", |cell| cell.contains('ü')) > 10);
}

#[test]
fn one_file_comes_from_a_desktop_program_and_the_others_do_not() {
    let example = example();
    for (name, _) in &example.bronze {
        let text = file(&example, name);
        let desktop = name == "erp_addresses.csv";
        assert_eq!(text.starts_with('\u{feff}'), desktop, "{name}");
        assert_eq!(text.contains("\r\n"), desktop, "{name}");
    }
}

#[test]
fn the_truth_scores_perfect() {
    let truth = example().truth;
    let score = score(&truth, &silver(&truth));
    assert!(score.is_perfect(), "{score:#?}");
    assert_eq!(score.repaired, score.dirty);
    assert_eq!(
        score.damaged + score.still_dirty + score.lost + score.rows_lost,
        0
    );
    assert!(
        score.joins.iter().all(|join| join.matchable > 100),
        "{:#?}",
        score.joins
    );
}

#[test]
fn raw_bronze_scores_as_labelled() {
    let example = example();
    let labelled = example.truth.dirt();
    let score = score(&example.truth, &bronze(&example));
    // An undecidable cell that is left alone is no fault of the plan.
    let left_open = labelled[&Dirt::ProductUndecidable];
    assert_eq!(score.dirty, labelled.values().sum::<usize>());
    assert_eq!(score.repaired, left_open);
    assert_eq!(score.damaged, 0, "{:#?}", score.damaged_in);
    assert_eq!(
        (score.quarantined, score.rows_lost, score.rows_unexplained),
        (0, 0, 0)
    );
    assert_eq!(score.to_quarantine, 12);
    for (dirt, count) in labelled {
        let repaired = if dirt == Dirt::ProductUndecidable {
            count
        } else {
            0
        };
        assert_eq!(
            score.by_dirt[&dirt],
            DirtScore {
                dirty: count,
                repaired
            },
            "{dirt}"
        );
    }
    let matched: Vec<(&str, usize)> = score
        .joins
        .iter()
        .map(|join| (join.name.as_str(), join.matched))
        .collect();
    insta::assert_debug_snapshot!(matched);
}

#[test]
fn damage_is_counted_where_it_is_done() {
    let truth = example().truth;
    let mut tables = silver(&truth);
    let customers = tables.get_mut("crm_customers").unwrap();
    let before = cell_mut(customers, 4, "loyalty_card").replace("9007199254740992".to_owned());
    assert_ne!(before.as_deref(), Some("9007199254740992"));
    let sizes = column(&tables, "crm_customers", "household_size");
    let sized = sizes.iter().position(|cell| !cell.is_empty()).unwrap();
    let floated = format!("{}.0", sizes[sized]);
    let customers = tables.get_mut("crm_customers").unwrap();
    *cell_mut(customers, sized, "household_size") = Some(floated);
    let campaigns = tables.get_mut("crm_campaign_codes").unwrap();
    let american = column_of(campaigns, "region_code")
        .iter()
        .position(|c| c == "NA")
        .unwrap();
    *cell_mut(campaigns, american, "region_code") = None;
    let score = score(&truth, &tables);
    let expected = [
        "crm_campaign_codes.region_code",
        "crm_customers.household_size",
        "crm_customers.loyalty_card",
    ];
    assert_eq!(score.damaged_in.keys().collect::<Vec<_>>(), expected);
    assert_eq!(score.damaged, 3);
    assert!(!score.is_perfect());
}

fn column_of(table: &SilverTable, name: &str) -> Vec<String> {
    let at = table
        .columns
        .iter()
        .position(|column| column == name)
        .unwrap();
    table
        .rows
        .iter()
        .map(|row| row[at].clone().unwrap_or_default())
        .collect()
}

#[test]
fn a_code_column_may_settle_on_any_accepted_spelling_but_only_on_one() {
    let truth = example().truth;
    let mut tables = silver(&truth);
    let master = tables.get_mut("erp_customer_master").unwrap();
    for row in 0..master.rows.len() {
        let cell = cell_mut(master, row, "sex");
        *cell = cell.as_deref().map(|sex| sex[..1].to_owned());
    }
    assert!(score(&truth, &tables).is_perfect());
    let master = tables.get_mut("erp_customer_master").unwrap();
    let women = column_of(master, "sex")
        .iter()
        .position(|sex| sex == "F")
        .unwrap();
    *cell_mut(master, women, "sex") = Some("Female".to_owned());
    assert_eq!(
        score(&truth, &tables).cells - score(&truth, &tables).right,
        1
    );
}

#[test]
fn damaged_keys_lose_no_rows_while_their_order_is_kept() {
    let truth = example().truth;
    let mut tables = silver(&truth);
    let campaigns = tables.get_mut("crm_campaign_codes").unwrap();
    for row in 0..campaigns.rows.len() {
        let cell = cell_mut(campaigns, row, "campaign_code");
        *cell = cell
            .as_deref()
            .map(|code| code.trim_start_matches('0').to_owned());
    }
    let score = score(&truth, &tables);
    assert_eq!(score.damaged, 160);
    assert_eq!(score.damaged_in["crm_campaign_codes.campaign_code"], 160);
    assert_eq!(score.rows_lost, 0);
}

#[test]
fn the_wrong_twin_in_silver_is_a_row_in_the_wrong_place() {
    let example = example();
    let tables = bronze(&example);
    let raw = score(&example.truth, &tables);
    let mut tables = tables;
    // "Keep the first" throws out the recent row wherever the stale one comes first.
    let mut seen = std::collections::BTreeSet::new();
    let customers = tables.get_mut("crm_customers").unwrap();
    customers.rows.retain(|row| seen.insert(row[1].clone()));
    let first = score(&example.truth, &tables);
    assert_eq!(
        first.rows_lost, 0,
        "a stale row stands in the recent one's place"
    );
    assert!(first.damaged > raw.damaged, "and its cells are wrong there");
}

#[test]
fn a_missing_table_is_lost_and_not_an_error() {
    let truth = example().truth;
    let mut tables = silver(&truth);
    tables.remove("erp_price_list");
    let score = score(&truth, &tables);
    assert_eq!(score.rows_lost, truth.tables["erp_price_list"].rows.len());
    assert_eq!(score.lost, 4 * score.rows_lost);
    assert!(!score.is_perfect());
}

#[test]
fn the_contract_consents_to_quarantine_where_rows_belong_there_and_nowhere_else() {
    let example = example();
    let (before, after) = example
        .contract_yaml
        .split_once("  - name: crm_products\n")
        .unwrap();
    assert!(before.contains("property: silversmith.quarantine"));
    assert!(before.contains("value: [duplicate_key, null_key]"));
    assert!(!after.contains("silversmith.quarantine"));
    insta::assert_snapshot!(example.contract_yaml);
}

#[test]
fn the_run_record_matches_the_files() {
    let example = example();
    for (name, bytes) in &example.bronze {
        let entry = format!("  {name}:\n    source_system: ");
        let at = example.metadata_yaml.find(&entry).unwrap();
        let rest = &example.metadata_yaml[at..];
        let rows = example.truth.tables[stem(name).as_str()].rows.len();
        let digest = Digest::of(bytes);
        assert!(rest.contains(&format!("    rows: {rows}\n")), "{name}");
        assert!(rest.contains(&format!("    sha256: {digest}\n")), "{name}");
    }
}
