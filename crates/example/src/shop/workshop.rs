//! What the workshop did: services of a fixed time and rate, so that other jobs of the same service
//! say which number of a wrong one is wrong.

use super::{Shop, iso, money, share};
use crate::cell::{Cell, Column, Dialect, Dirt, Kind, Row, Table, column, required};
use crate::random::Random;

/// Jobs of one unit of scale.
const JOBS: usize = 2_400;
/// Services.
const SERVICES: usize = 12;

const COLUMNS: [Column; 6] = [
    required("job_no", Kind::Text),
    required("service", Kind::Text),
    column("done_on", Kind::Date),
    required("amount", Kind::Decimal),
    required("hours", Kind::Integer),
    required("hourly_rate", Kind::Decimal),
];
const AMOUNT: usize = 3;

struct Service {
    code: String,
    hours: i64,
    rate_cents: i64,
}

pub(crate) fn erp_workshop_jobs(shop: &Shop) -> Table {
    let mut random = shop.random("erp_workshop_jobs");
    let count = JOBS * shop.scale;
    let services: Vec<Service> = (0..SERVICES)
        .map(|at| Service {
            code: format!("WS-{:03}", 110 + at * 15),
            hours: random.between(2, 7),
            rate_cents: 50 * random.between(61, 190),
        })
        .collect();
    let broken = random.choose(count, share(count, 4));
    // A job that took longer, charged as it was: rare, and right.
    let longer = random.choose(count, shop.scale);
    let rows = (0..count).map(|at| {
        let service = &services[random.index(services.len())];
        let is_longer = longer.contains(&at) && !broken.contains(&at);
        let hours = service.hours + i64::from(is_longer);
        let amount = hours * service.rate_cents;
        let mut cells = vec![
            Cell::clean(format!("WJ{:06}", 2_000 + at * 3)),
            Cell::clean(service.code.clone()),
            Cell::clean(iso(shop.days_ago(&mut random, 5, 1_100))),
            Cell::clean(money(amount)),
            Cell::clean(hours.to_string()),
            Cell::clean(money(service.rate_cents)),
        ];
        if broken.contains(&at) {
            let wrong = money(wrong_amount(&mut random));
            cells[AMOUNT] = Cell::dirty(Dirt::ProductOutlier, wrong, money(amount));
        }
        Row::kept(cells)
    });
    Table {
        name: "erp_workshop_jobs",
        system: "ERP",
        about: "Jobs of the workshop: the amount is hours times hourly rate",
        columns: &COLUMNS,
        key: &["job_no"],
        identity: &["job_no"],
        consent: &[],
        dialect: Dialect::Plain,
        rows: rows.collect(),
    }
}

/// An amount that no whole number of hours at any rate makes: rates are multiples of 50 cents.
fn wrong_amount(random: &mut Random) -> i64 {
    50 * random.between(2, 2_000) + random.between(1, 49)
}
