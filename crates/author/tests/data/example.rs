//! The rules on the project's own example data, scored against its truth.

use std::collections::BTreeMap;

use super::bronze::Bronze;
use silversmith_author::rules;
use silversmith_example::{DEFAULT_SEED, Dirt, Example, Score, SilverTable, generate, score};

fn bronze(example: &Example) -> Bronze {
    Bronze {
        run: example.run_id.clone(),
        as_of: example.as_of,
        files: example.bronze.clone(),
        contract: Some(example.contract_yaml.clone()),
    }
}

fn scored(seed: u64) -> Score {
    let example = generate(seed, 1);
    let bronze = bronze(&example);
    let silver = bronze.silver(&bronze.brief());
    let silver: BTreeMap<String, SilverTable> = silver
        .into_iter()
        .map(|(name, silver)| (name.stem().to_owned(), silver.table))
        .collect();
    score(&example.truth, &silver)
}

#[test]
fn everything_decidable_is_repaired_and_no_clean_cell_is_damaged() {
    for seed in [DEFAULT_SEED, 1] {
        let score = scored(seed);
        assert_eq!(score.damaged_in, BTreeMap::new(), "seed {seed}");
        assert_eq!(
            (score.lost, score.rows_lost, score.rows_unexplained),
            (0, 0, 0),
            "seed {seed}"
        );
        assert_eq!(score.quarantined, score.to_quarantine, "seed {seed}");
        let left: Vec<(Dirt, usize)> = score
            .by_dirt
            .iter()
            .filter(|(dirt, _)| **dirt != Dirt::ProductUndecidable)
            .map(|(dirt, found)| (*dirt, found.dirty - found.repaired))
            .filter(|(_, left)| *left > 0)
            .collect();
        assert_eq!(left, [], "seed {seed}");
        for join in &score.joins {
            assert_eq!(join.matched, join.matchable, "seed {seed}, {}", join.name);
        }
    }
}

#[test]
fn the_plan_for_the_example() {
    let brief = bronze(&generate(DEFAULT_SEED, 1)).brief();
    let reply = rules::reply(&brief);
    insta::assert_snapshot!(String::from_utf8(reply.bytes).unwrap());
}
