//! Whatever the evidence says, the plan passes the check, and the same evidence gives the same plan.

use proptest::prelude::*;
use silversmith_plan::{Plan, PlanDocument};
use silversmith_types::dates::DateFormat;
use silversmith_types::evidence::{
    ColumnEvidence, CorroborationEvidence, FormatEvidence, JoinEvidence, JoinSide, KeyEvidence,
    Normalisation, Notation, NotationCount, NumberEvidence, OrderingEvidence, PersonalKind,
    ProductEvidence, TableEvidence, ValueCount, VersionEvidence,
};

use super::bronze::{
    MIN_COUNT, codes, column, dates, decimals, integers, join, key, name, normalised, table,
    try_brief,
};

/// Numbers that look random (SplitMix64), so that one seed makes a whole run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.roll() % bound.max(1)
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn pick<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u64) as usize].clone()
    }

    /// Nothing, everything, or something between.
    fn share(&mut self, of: u64) -> u64 {
        match self.below(5) {
            0 | 1 => 0,
            2 => of,
            3 => of - of / 50,
            _ => self.below(of + 1),
        }
    }
}

const NAMES: [&str; 18] = [
    "id",
    "customer_id",
    "country",
    "gender",
    "total",
    "quantity",
    "unit_price",
    "birth_date",
    "changed_on",
    "created",
    "code",
    "Straße",
    "a'b,c",
    "x=drop",
    "price",
    "end",
    "start",
    "zip",
];

const WORDS: [&str; 22] = [
    "DE", "Germany", "USA", "NA", "n/a", "-", "F", "m", "Female", "yes", "No", "y", "1", "0",
    "Red", "red ", " RED", "\u{0}\n", "x\"'\\", "ſ", "İ", "open",
];

fn run(
    seed: u64,
) -> (
    Vec<(String, TableEvidence)>,
    Vec<JoinEvidence>,
    Option<String>,
) {
    let dice = &mut Dice(seed);
    let tables: Vec<(String, TableEvidence)> = (0..1 + dice.below(3))
        .map(|at| (format!("t{at}.csv"), any_table(dice)))
        .collect();
    let sides: Vec<(String, u64)> = tables
        .iter()
        .flat_map(|(name, table)| {
            table
                .columns
                .iter()
                .map(move |column| (format!("{name}/{}", column.name), table.rows))
        })
        .collect();
    let joins = (0..dice.below(6)).map(|_| any_join(dice, &sides)).collect();
    let contract = dice.one_in(2).then(|| contract(dice, &tables));
    (tables, joins, contract)
}

fn any_table(dice: &mut Dice) -> TableEvidence {
    let rows = dice.pick(&[0, 1, 5, 100, 20_000, 6_000_000]);
    let most = if dice.one_in(100) { 700 } else { 12 };
    let count = 1 + dice.below(most);
    let mut columns: Vec<ColumnEvidence> =
        (0..count).map(|at| any_column(dice, at, rows)).collect();
    let tidy = dice.one_in(2);
    if tidy {
        columns.extend(tidy_columns(dice, rows));
    }
    let names: Vec<String> = columns.iter().map(|c| c.name.as_str().to_owned()).collect();
    let keys = (0..dice.below(4))
        .map(|_| any_key(dice, &names, rows))
        .collect();
    let mut orderings: Vec<_> = (0..dice.below(3))
        .map(|_| any_ordering(dice, &names, rows))
        .collect();
    let mut products: Vec<_> = (0..dice.below(4))
        .map(|_| any_product(dice, &names, rows))
        .collect();
    if tidy {
        let days = ["start".to_owned(), "end".to_owned()];
        orderings.push(any_ordering(dice, &days, rows));
        let parts = ["total", "quantity", "unit_price"].map(str::to_owned);
        products.push(product_of(dice, parts, &names, rows));
    }
    TableEvidence {
        duplicate_rows: dice.share(rows),
        keys,
        orderings,
        products,
        ..table(rows, columns)
    }
}

/// Columns that the rules about several columns can do something with.
fn tidy_columns(dice: &mut Dice, rows: u64) -> Vec<ColumnEvidence> {
    let mut day = |text: &str| dates(text, &[("%Y-%m-%d", rows, dice.share(rows))]);
    let mut columns = vec![day("start"), day("end"), integers("quantity", rows)];
    for text in ["total", "unit_price"] {
        let mut number = decimals(text, rows, 2);
        (number.numbers.negative, number.numbers.zero) = (dice.share(rows), dice.share(rows));
        columns.push(number);
    }
    if rows >= 2 * MIN_COUNT {
        columns.push(codes("flag", &[("Y", MIN_COUNT), ("N", rows - MIN_COUNT)]));
    }
    columns
}

fn any_column(dice: &mut Dice, at: u64, rows: u64) -> ColumnEvidence {
    let text = match dice.below(3) {
        0 => format!("{}{at}", "ü".repeat(120)),
        _ => format!("{}_{at}", dice.pick(&NAMES)),
    };
    let nulls = dice.share(rows);
    let blanks = dice.share(rows - nulls);
    let cells = rows - nulls - blanks;
    let kinds = [
        PersonalKind::Name,
        PersonalKind::BirthDate,
        PersonalKind::FreeText,
    ];
    let personal = dice.one_in(4).then(|| dice.pick(&kinds));
    let formats: Vec<DateFormat> = DateFormat::all().collect();
    let formats = (0..if dice.one_in(2) { 1 + dice.below(4) } else { 0 }).map(|_| {
        let format = dice.pick(&formats);
        let count = dice.share(cells);
        FormatEvidence {
            format: format.pattern().to_owned(),
            kind: format.kind(),
            count,
            only: dice.share(count),
            future: dice.share(count),
            ancient: dice.share(count),
            range: None,
        }
    });
    let formats = formats.collect();
    let value = |dice: &mut Dice, most: u64| ValueCount {
        value: dice.pick(&WORDS).to_owned(),
        count: MIN_COUNT + dice.below(most.max(1)),
    };
    let mut named = Vec::new();
    let mut left = cells;
    while left >= MIN_COUNT * 2 && named.len() < 12 && !dice.one_in(8) {
        let found = value(dice, left - MIN_COUNT);
        if named
            .iter()
            .all(|known: &ValueCount| known.value != found.value)
        {
            left -= found.count.min(left);
            named.push(found);
        }
    }
    let has_codes = personal.is_none() && dice.one_in(2);
    ColumnEvidence {
        personal,
        nulls,
        blanks,
        null_tokens: named
            .iter()
            .filter(|v| ["NA", "n/a", "-"].contains(&v.value.as_str()))
            .cloned()
            .collect(),
        outer_space: dice.share(cells),
        inner_space: dice.share(cells),
        not_nfc: dice.share(cells),
        numbers: any_numbers(dice, cells),
        formats,
        rare_cells: if has_codes { dice.share(left) } else { 0 },
        variants: match has_codes {
            true => vec![
                named
                    .iter()
                    .filter(|v| v.value.trim().eq_ignore_ascii_case("red"))
                    .cloned()
                    .collect(),
            ],
            false => Vec::new(),
        },
        codes: has_codes.then_some(named),
        ..column(&text)
    }
}

fn any_numbers(dice: &mut Dice, cells: u64) -> NumberEvidence {
    let integers = dice.share(cells);
    let decimals = dice.share(cells - integers);
    let notation = |dice: &mut Dice| NotationCount {
        notation: Notation {
            decimal: dice.pick(&['.', ',']),
            group: dice.pick(&[None, Some(','), Some('.'), Some(' '), Some('\'')]),
            currency: dice.pick(&[None, None, Some("EUR".to_owned()), Some("$".to_owned())]),
            percent: dice.one_in(5),
        },
        count: dice.share(cells - integers - decimals),
    };
    let notations = (0..dice.below(4)).map(|_| notation(dice)).collect();
    NumberEvidence {
        integers,
        decimals,
        max_scale: dice.pick(&[0, 2, 6, 17, 40, u32::MAX]),
        max_digits: dice.pick(&[1, 5, 18, 40, u32::MAX]),
        leading_zeros: if dice.one_in(3) {
            dice.share(integers)
        } else {
            0
        },
        oversized: 0,
        negative: dice.share(cells),
        zero: dice.share(cells),
        notations,
        range: None,
    }
}

fn any_key(dice: &mut Dice, names: &[String], rows: u64) -> KeyEvidence {
    let first = dice.pick(names);
    let second = dice.pick(names);
    let columns = if dice.one_in(2) || first == second {
        vec![&*first]
    } else {
        vec![&*first, &*second]
    };
    let (nulls, duplicates) = (dice.share(rows / 200), dice.share(rows / 200));
    KeyEvidence {
        exact: dice.one_in(2),
        ..key(&columns, nulls, duplicates)
    }
}

fn any_ordering(dice: &mut Dice, names: &[String], rows: u64) -> OrderingEvidence {
    let both = dice.share(rows);
    let versions_of = dice.one_in(2).then(|| {
        let superseded = dice.share(rows);
        let last = dice.share(rows - superseded);
        VersionEvidence {
            key: name(&dice.pick(names)),
            superseded,
            superseded_with_end: dice.share(superseded),
            last_without_end: dice.share(last),
            last,
            ties: dice.below(2),
        }
    });
    OrderingEvidence {
        start: name(&names[0]),
        end: name(&dice.pick(names)),
        both,
        violated: dice.share(both),
        open: 0,
        versions_of,
    }
}

fn any_product(dice: &mut Dice, names: &[String], rows: u64) -> ProductEvidence {
    let parts = [(); 3].map(|()| dice.pick(names));
    product_of(dice, parts, names, rows)
}

fn product_of(dice: &mut Dice, parts: [String; 3], names: &[String], rows: u64) -> ProductEvidence {
    let checked = dice.share(rows);
    let contradictory = dice.share(rows);
    let determinant = dice.pick(names);
    let corroboration = (dice.one_in(2) && !parts.contains(&determinant)).then(|| {
        let outliers = dice.share(contradictory);
        CorroborationEvidence {
            determinant: name(&determinant),
            product_outlier: outliers,
            product_outlier_equals_factor: 0,
            left_outlier: dice.share(contradictory - outliers),
            right_outlier: 0,
        }
    });
    // What is a copy cannot be counted among the others too: intake refuses that.
    let copies = match &corroboration {
        Some(found) => dice.share(contradictory - found.product_outlier),
        None => dice.share(rows),
    };
    let [product, left, right] = parts.each_ref().map(|part| name(part));
    ProductEvidence {
        product,
        left,
        right,
        checked,
        holds: dice.share(checked),
        product_unusable: dice.share(rows),
        left_unusable: dice.share(rows),
        right_unusable: dice.share(rows),
        contradictory,
        product_equals_factor: copies,
        corroboration,
    }
}

fn any_join(dice: &mut Dice, sides: &[(String, u64)]) -> JoinEvidence {
    let ((from, rows), (to, _)) = (dice.pick(sides), dice.pick(sides));
    let plain = join(&from, &to, rows, dice.share(rows));
    if dice.one_in(3) {
        return plain;
    }
    let by = match dice.below(8) {
        0 => Normalisation::Trim,
        1 | 6 | 7 => Normalisation::UpperCase,
        2 => Normalisation::StripPrefix {
            prefix: dice.pick(&["NAS", "'", "\\"]).to_owned(),
        },
        3 => Normalisation::DropChar {
            character: dice.pick(&['-', '"', '\u{301}']),
        },
        4 => Normalisation::CutHead {
            length: dice.pick(&[1, 6, 64]),
        },
        _ => Normalisation::KeepHead {
            length: dice.pick(&[1, 5]),
            replace: Some('-'),
            with: Some('_'),
        },
    };
    let side = if dice.one_in(2) {
        JoinSide::From
    } else {
        JoinSide::To
    };
    let matched = dice.share(rows);
    let lossless = dice.one_in(2);
    normalised(plain, side, by, matched, lossless)
}

fn contract(dice: &mut Dice, tables: &[(String, TableEvidence)]) -> String {
    let mut text =
        "apiVersion: v3.0.2\nkind: DataContract\nid: x\nversion: 1.0.0\nstatus: active\nschema:\n"
            .to_owned();
    for (table, evidence) in tables {
        text.push_str(&format!("- name: {table}\n  properties:\n"));
        for (at, column) in evidence.columns.iter().enumerate() {
            let name = column.name.as_str().replace('\'', "''");
            text.push_str(&format!(
                "  - name: '{name}'\n    primaryKey: {}\n    required: {}\n    unique: {}\n",
                at == 0,
                dice.one_in(3),
                dice.one_in(9)
            ));
        }
        text.push_str(
            "  customProperties:\n  - property: silversmith.quarantine\n    value: [null_key, duplicate_key, duplicate_row, invalid_value]\n",
        );
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_plan_passes_the_check_and_is_the_same_again(seed in any::<u64>()) {
        let (tables, joins, contract) = run(seed);
        let make = || {
            let tables = tables.iter().map(|(name, table)| (name.as_str(), table.clone())).collect();
            try_brief(tables, joins.clone(), contract.as_deref())
        };
        let brief = make();
        prop_assume!(brief.is_ok());
        let (brief, again) = (brief.unwrap(), make().unwrap());
        let reply = crate::rules::reply(&brief);
        prop_assert_eq!(&reply, &crate::rules::reply(&again));
        let document = PlanDocument::parse(&reply.bytes).unwrap();
        let check = Plan::check(document, &brief);
        prop_assert!(check.is_ok(), "{:?}", check.err());
    }
}

/// The property is about nothing if the evidence it is tried on is refused or says nothing.
#[test]
fn the_random_evidence_is_admitted_and_moves_every_rule() {
    let mut admitted = 0;
    let mut operations = std::collections::BTreeSet::new();
    for seed in 0..600 {
        let (tables, joins, contract) = run(seed);
        let tables = tables
            .iter()
            .map(|(name, table)| (name.as_str(), table.clone()))
            .collect();
        let Ok(brief) = try_brief(tables, joins, contract.as_deref()) else {
            continue;
        };
        admitted += 1;
        for table in crate::rules::propose(&brief).tables.into_values() {
            operations.extend(table.steps.iter().map(|step| step.operation.name()));
        }
    }
    assert!(admitted > 100, "{admitted}");
    let expected = [
        "cast",
        "change_case",
        "close_interval",
        "dedupe_exact",
        "dedupe_latest",
        "derive",
        "drop_columns",
        "expect",
        "filter_rows",
        "map_values",
        "normalize_unicode",
        "null_if",
        "null_out_of_range",
        "parse_boolean",
        "parse_date",
        "parse_number",
        "parse_timestamp",
        "publish",
        "replace_text",
        "set_where",
        "slice_text",
        "strip_affix",
        "trim",
    ];
    let missing: Vec<_> = expected
        .iter()
        .filter(|name| !operations.contains(**name))
        .collect();
    assert!(missing.is_empty(), "{admitted} {missing:?}");
}
