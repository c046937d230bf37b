//! Campaigns, where codes look like numbers and like missing values.

use super::{Shop, grouped_money, iso, money};
use crate::cell::{Cell, Column, Dialect, Dirt, Kind, Row, Table, column, required};
use crate::codes::{YES_NO, code_variant};
use crate::words;

/// Campaigns of one unit of scale.
const CAMPAIGNS: usize = 160;

const COLUMNS: [Column; 6] = [
    required("campaign_code", Kind::Text),
    required("region_code", Kind::Text),
    required("title", Kind::Text),
    column("started_on", Kind::Date),
    column("budget", Kind::Decimal),
    required("active", Kind::Code(&YES_NO)),
];

pub(crate) fn crm_campaign_codes(shop: &Shop) -> Table {
    let mut random = shop.random("crm_campaign_codes");
    let count = CAMPAIGNS * shop.scale;
    let variants = random.choose(count, 9);
    let rows = (0..count).map(|at| {
        let class = &YES_NO[usize::from(random.percent(55))];
        let cents = random.between(40_000, 9_900_000);
        Row::kept(vec![
            Cell::clean(format!("{:06}", 120 + at * 7)),
            // North America is NA, and no missing value.
            Cell::clean(random.pick(&["EU", "EU", "NA", "AP", "SA"])),
            Cell::clean(format!(
                "{}, season {}",
                words::word(&mut random, 3),
                at % 4 + 1
            )),
            Cell::clean(iso(shop.days_ago(&mut random, 20, 1_500))),
            match (random.percent(5), cents) {
                (true, _) => Cell::null(),
                (_, 100_000..) => {
                    let raw = grouped_money(cents, ',', '.');
                    Cell::dirty(Dirt::NumberFormat, raw, money(cents))
                }
                _ => Cell::clean(money(cents)),
            },
            match variants.contains(&at) {
                true => code_variant(&mut random, class),
                false => Cell::clean(class.label),
            },
        ])
    });
    Table {
        name: "crm_campaign_codes",
        system: "CRM",
        about: "Campaigns and the regions that they ran in",
        columns: &COLUMNS,
        key: &["campaign_code"],
        identity: &["campaign_code"],
        consent: &[],
        dialect: Dialect::Plain,
        rows: rows.collect(),
    }
}
