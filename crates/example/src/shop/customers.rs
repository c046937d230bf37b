//! Customers, as the CRM knows them and as the ERP knows them.

use chrono::NaiveDate;

use super::{Shop, ahead, iso, money, padded, share};
use crate::cell::{
    Cell, Column, Dialect, Dirt, Kind, QuarantineReason, Row, Table, column, required,
};
use crate::codes::{
    COUNTRIES, GENDER_LETTER, GENDER_WORD, YES_NO_LETTER, code_variant, country_variant,
    draw_country,
};
use crate::random::Random;
use crate::words;

/// Customers of one unit of scale.
const CUSTOMERS: usize = 2_000;

/// The first integer that a 64-bit float cannot hold, so that it must never pass through one.
const FIRST_LOYALTY_CARD: u64 = 9_007_199_254_740_993;

pub(crate) struct Customer {
    pub(crate) id: usize,
    /// `KD00020001`: the key that CRM and ERP share.
    pub(crate) number: String,
    female: bool,
}

pub(crate) fn draw(shop: &Shop) -> Vec<Customer> {
    let mut random = shop.random("customers");
    (0..CUSTOMERS * shop.scale)
        .map(|at| {
            let id = 20_001 + at;
            Customer {
                id,
                number: format!("KD{id:08}"),
                female: random.percent(51),
            }
        })
        .collect()
}

const CRM_COLUMNS: [Column; 10] = [
    required("customer_id", Kind::Integer),
    required("customer_no", Kind::Text),
    column("given_name", Kind::Text),
    column("family_name", Kind::Text),
    column("gender_cd", Kind::Code(&GENDER_LETTER)),
    column("newsletter", Kind::Code(&YES_NO_LETTER)),
    column("household_size", Kind::Integer),
    required("loyalty_card", Kind::Integer),
    column("lifetime_value", Kind::Decimal),
    required("changed_on", Kind::Date),
];

pub(crate) fn crm_customers(shop: &Shop, customers: &[Customer]) -> Table {
    let mut random = shop.random("crm_customers");
    let twins = random.choose(customers.len(), share(customers.len(), 4));
    let keyless = random.choose(customers.len(), share(customers.len(), 2));
    let odd_dates = random.choose(customers.len(), share(customers.len(), 15));
    let mut rows = Vec::with_capacity(customers.len() + twins.len() + keyless.len());
    for (at, customer) in customers.iter().enumerate() {
        let changed = shop.days_ago(&mut random, 30, 900);
        if twins.contains(&at) {
            let earlier = shop.days_ago(&mut random, 1_000, 1_400);
            let mut stale = crm_row(&mut random, customer, earlier);
            stale.cells[3] = Cell::null();
            stale.quarantine = Some(QuarantineReason::DuplicateKey);
            let recent = crm_row(&mut random, customer, changed);
            // The stale row comes first or last, so that neither "first" nor "last" is a rule.
            rows.extend(if random.percent(60) {
                [stale, recent]
            } else {
                [recent, stale]
            });
        } else {
            let mut row = crm_row(&mut random, customer, changed);
            if odd_dates.contains(&at) {
                let german = changed.format("%d.%m.%Y").to_string();
                row.cells[9] = Cell::dirty(Dirt::MinorityDate, german, iso(changed));
            }
            rows.push(row);
        }
        if keyless.contains(&at) {
            rows.push(keyless_row(&mut random, at));
        }
    }
    Table {
        name: "crm_customers",
        system: "CRM",
        about: "Customers as the shop's CRM knows them, one row each",
        columns: &CRM_COLUMNS,
        key: &["customer_id"],
        identity: &["customer_no"],
        consent: &[QuarantineReason::DuplicateKey, QuarantineReason::NullKey],
        dialect: Dialect::Plain,
        rows,
    }
}

fn crm_row(random: &mut Random, customer: &Customer, changed: NaiveDate) -> Row {
    let gender = &GENDER_LETTER[usize::from(!customer.female)];
    let newsletter = &YES_NO_LETTER[usize::from(random.percent(60))];
    let cents = random.between(0, 900_000);
    Row::kept(vec![
        Cell::clean(customer.id.to_string()),
        Cell::clean(customer.number.clone()),
        name_cell(random, words::given_name),
        name_cell(random, words::family_name),
        match random.below(100) {
            0..20 => Cell::null(),
            20..22 => code_variant(random, gender),
            _ => Cell::clean(gender.label),
        },
        match random.below(100) {
            0..3 => Cell::null(),
            3..7 => code_variant(random, newsletter),
            _ => Cell::clean(newsletter.label),
        },
        if random.percent(10) {
            Cell::null()
        } else {
            Cell::clean(random.between(1, 7).to_string())
        },
        Cell::clean((FIRST_LOYALTY_CARD + 2 * customer.id as u64 - 40_002).to_string()),
        match cents {
            100_000.. => Cell::dirty(
                Dirt::NumberFormat,
                super::grouped_money(cents, ',', '.'),
                money(cents),
            ),
            _ => Cell::clean(money(cents)),
        },
        Cell::clean(iso(changed)),
    ])
}

/// A row that another system left behind: no key, and nothing but a remark in its place.
fn keyless_row(random: &mut Random, at: usize) -> Row {
    let mut cells: Vec<Cell> = CRM_COLUMNS.iter().map(|_| Cell::null()).collect();
    cells[1] = Cell::clean(format!("TMP{}{at}", random.between(10, 99)));
    Row {
        cells,
        quarantine: Some(QuarantineReason::NullKey),
    }
}

/// A made-up name, some with blanks around it and some decomposed.
fn name_cell(random: &mut Random, make: fn(&mut Random) -> String) -> Cell {
    let name = make(random);
    let apart = words::decomposed(&name);
    match random.below(100) {
        0..4 => padded(random, &name),
        4..12 if apart != name => Cell::dirty(Dirt::Decomposed, apart, name),
        _ => Cell::clean(name),
    }
}

const MASTER_COLUMNS: [Column; 5] = [
    required("client_ref", Kind::Text),
    column("born_on", Kind::Date),
    column("sex", Kind::Code(&GENDER_WORD)),
    column("credit_limit", Kind::Integer),
    required("payment_terms", Kind::Text),
];

pub(crate) fn erp_customer_master(shop: &Shop, customers: &[Customer]) -> Table {
    let mut random = shop.random("erp_customer_master");
    let unborn = random.choose(customers.len(), share(customers.len(), 5));
    let ancient = random.choose(customers.len(), share(customers.len(), 3));
    let rows = customers.iter().enumerate().map(|(at, customer)| {
        let gender = &GENDER_WORD[usize::from(!customer.female)];
        let born_on = if unborn.contains(&at) {
            let days = random.pick(&[30, 400, 6_200, 14_600, 2_900_000]);
            Cell::worthless(
                Dirt::FutureDate,
                iso(ahead(shop.as_of, days + (at % 28) as i64)),
            )
        } else if ancient.contains(&at) {
            Cell::worthless(
                Dirt::AncientDate,
                iso(shop.days_ago(&mut random, 47_000, 90_000)),
            )
        } else {
            Cell::clean(iso(shop.days_ago(&mut random, 6_600, 32_000)))
        };
        Row::kept(vec![
            match random.percent(60) {
                true => Cell::dirty(
                    Dirt::KeyPrefix,
                    format!("ERP-{}", customer.number),
                    customer.number.clone(),
                ),
                false => Cell::clean(customer.number.clone()),
            },
            born_on,
            match random.below(1_000) {
                0..80 => Cell::null(),
                80..86 => Cell::worthless(Dirt::Blank, random.pick(&[" ", "  ", "   "])),
                86..100 => code_variant(&mut random, gender),
                _ => Cell::clean(gender.label),
            },
            match random.percent(8) {
                true => Cell::null(),
                false => Cell::clean((random.between(1, 60) * 250).to_string()),
            },
            // Leading zeros: a code, and no number.
            Cell::clean(random.pick(&["007", "014", "030", "060"])),
        ])
    });
    Table {
        name: "erp_customer_master",
        system: "ERP",
        about: "Customers as the ERP bills them",
        columns: &MASTER_COLUMNS,
        key: &["client_ref"],
        identity: &["client_ref"],
        consent: &[],
        dialect: Dialect::Plain,
        rows: rows.collect(),
    }
}

const ADDRESS_COLUMNS: [Column; 6] = [
    required("client", Kind::Text),
    required("street", Kind::Text),
    required("postal_code", Kind::Text),
    required("city", Kind::Text),
    column("country", Kind::Code(&COUNTRIES)),
    column("delivery_note", Kind::Text),
];

pub(crate) fn erp_addresses(shop: &Shop, customers: &[Customer]) -> Table {
    let mut random = shop.random("erp_addresses");
    let cities: Vec<String> = (0..120)
        .map(|_| format!("{}{}", words::word(&mut random, 2), "burg"))
        .collect();
    let namibians = random.choose(customers.len(), share(customers.len(), 4));
    let rows = customers.iter().enumerate().map(|(at, customer)| {
        let country = draw_country(&mut random);
        Row::kept(vec![
            Cell::dirty(
                Dirt::KeyCharacter,
                format!("{}-{}", &customer.number[..2], &customer.number[2..]),
                customer.number.clone(),
            ),
            Cell::clean(street(&mut random)),
            Cell::clean(format!("{:05}", random.between(1_000, 99_999))),
            city(&mut random, &cities),
            match random.below(1_000) {
                0..20 => Cell::null(),
                20..25 => Cell::worthless(Dirt::Blank, random.pick(&[" ", "  "])),
                _ if namibians.contains(&at) => country_variant(&mut random, COUNTRIES.len() - 1),
                25..280 => country_variant(&mut random, country),
                _ => Cell::clean(COUNTRIES[country].label),
            },
            match random.below(100) {
                0..88 => Cell::null(),
                88..94 => Cell::clean("Ring twice, then wait"),
                94..97 => Cell::clean("Ask for \"the back door\""),
                _ => Cell::clean("Leave with the neighbour,\nsecond floor"),
            },
        ])
    });
    Table {
        name: "erp_addresses",
        system: "ERP",
        about: "Where the ERP delivers",
        columns: &ADDRESS_COLUMNS,
        key: &["client"],
        identity: &["client"],
        consent: &[],
        dialect: Dialect::Desktop,
        rows: rows.collect(),
    }
}

fn street(random: &mut Random) -> String {
    let name = words::word(random, 2);
    let house = random.between(1, 180);
    match random.percent(20) {
        true => format!(
            "{name}gasse {house}, Haus {}",
            random.pick(&["A", "B", "C"])
        ),
        false => format!("{name}weg {house}"),
    }
}

fn city(random: &mut Random, cities: &[String]) -> Cell {
    let name = &cities[random.index(cities.len())];
    let apart = words::decomposed(name);
    match random.below(100) {
        0..10 if apart != *name => Cell::dirty(Dirt::Decomposed, apart, name.clone()),
        _ => Cell::clean(name.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shop::back;

    #[test]
    fn no_clean_birth_date_is_near_the_bound_of_ancient() {
        let as_of = NaiveDate::from_ymd_opt(2025, 6, 1).unwrap();
        assert!(back(as_of, 32_000) > back(as_of, 365 * 100));
        assert!(back(as_of, 47_000) < back(as_of, 366 * 125));
    }

    #[test]
    fn the_first_loyalty_card_does_not_survive_a_float() {
        let first = FIRST_LOYALTY_CARD + 2 * 20_001 - 40_002;
        assert_ne!(first as f64 as u64, first);
    }
}
