//! What is sold: versions of products, their categories and list prices.

use chrono::NaiveDate;

use super::{Link, Shop, ahead, back, grouped_money, iso, money, right_values};
use crate::cell::{Cell, Column, Dialect, Dirt, Kind, Row, Table, column, required};
use crate::codes::{YES_NO, code_variant};
use crate::words;

/// Articles of one unit of scale; each has one to four versions, about 300 in all.
const ARTICLES: usize = 130;

/// Departments with the two letters that begin their category codes.
const DEPARTMENTS: [(&str, &str); 5] = [
    ("LA", "Lamps"),
    ("KU", "Kitchen"),
    ("GA", "Garden"),
    ("WE", "Workshop"),
    ("SP", "Play"),
];
/// Categories in every department, with the two letters that end their codes.
const CATEGORIES: [(&str, &str); 6] = [
    ("TI", "Table"),
    ("WA", "Wall"),
    ("RE", "Spare parts"),
    ("ZU", "Accessories"),
    ("SE", "Sets"),
    ("NE", "New, on trial"),
];

pub(crate) struct Article {
    /// `KX12-70`: what order lines and prices name.
    pub(crate) number: String,
    /// `LA-TI`: the head of the CRM's article number.
    category: String,
    pub(crate) price_cents: i64,
    name: String,
    versions: usize,
}

pub(crate) struct Catalogue {
    pub(crate) articles: Vec<Article>,
}

pub(crate) fn draw(shop: &Shop) -> Catalogue {
    let mut random = shop.random("catalogue");
    let articles = (0..ARTICLES * shop.scale)
        .map(|at| {
            let (department, _) = random.pick(&DEPARTMENTS);
            let (category, _) = random.pick(&CATEGORIES);
            let letters = random.pick(&["KX", "BR", "LM", "TS", "PO"]);
            // The running number makes article numbers differ; sizes vary the length of the key.
            let size = match random.below(3) {
                0 => String::new(),
                1 => format!("-{}", random.pick(&["S", "M", "L"])),
                _ => format!("-{}", random.between(38, 70)),
            };
            Article {
                number: format!("{letters}{:03}{size}", 100 + at),
                category: format!("{department}-{category}"),
                price_cents: random.between(195, 240_000),
                name: format!(
                    "{} {}",
                    words::word(&mut random, 2),
                    random.pick(&["lamp", "pan", "rake", "vice", "puzzle", "hook"])
                ),
                versions: random.between(1, 4) as usize,
            }
        })
        .collect();
    Catalogue { articles }
}

const PRODUCT_COLUMNS: [Column; 7] = [
    required("product_version_id", Kind::Integer),
    required("article_no", Kind::Text),
    required("product_name", Kind::Text),
    column("unit_cost", Kind::Integer),
    column("range_cd", Kind::Text),
    required("valid_from", Kind::Date),
    column("valid_to", Kind::Date),
];

pub(crate) fn crm_products(shop: &Shop, catalogue: &Catalogue) -> Table {
    let mut random = shop.random("crm_products");
    let mut rows = Vec::new();
    for article in &catalogue.articles {
        let article_no = format!("{}-{}", article.category, article.number);
        let range = random.pick(&["R", "S", "M", "T"]);
        let mut from = shop.days_ago(&mut random, 2_200, 3_600);
        for version in 0..article.versions {
            let next = ahead(from, random.between(150, 500));
            let last = version + 1 == article.versions;
            let cost = article.price_cents / 180 + version as i64;
            rows.push(Row::kept(vec![
                Cell::clean((3_001 + rows.len()).to_string()),
                Cell::clean(article_no.clone()),
                Cell::clean(article.name.clone()),
                if random.percent(3) {
                    Cell::null()
                } else {
                    Cell::clean(cost.to_string())
                },
                match random.below(100) {
                    0..4 => Cell::null(),
                    4..70 => Cell::dirty(Dirt::Whitespace, format!("{range} "), range),
                    _ => Cell::clean(range),
                },
                Cell::clean(iso(from)),
                if last {
                    Cell::null()
                } else {
                    end_cell(&mut random, from, next)
                },
            ]));
            from = next;
        }
    }
    Table {
        name: "crm_products",
        system: "CRM",
        about: "Versions of products: each is valid until the day before the next",
        columns: &PRODUCT_COLUMNS,
        key: &["product_version_id"],
        identity: &["product_version_id"],
        consent: &[],
        dialect: Dialect::Plain,
        rows,
    }
}

/// The end of a version that starts on `from` and is followed by one that starts on `next`:
/// right in some rows, before the start in most.
fn end_cell(random: &mut crate::random::Random, from: NaiveDate, next: NaiveDate) -> Cell {
    let right = iso(back(next, 1));
    match random.percent(60) {
        true => {
            let wrong = back(from, random.between(200, 1_400));
            Cell::dirty(Dirt::WrongEnd, iso(wrong), right)
        }
        false => Cell::clean(right),
    }
}

const CATEGORY_COLUMNS: [Column; 4] = [
    required("category_code", Kind::Text),
    required("department", Kind::Text),
    required("category", Kind::Text),
    required("needs_service", Kind::Code(&YES_NO)),
];

pub(crate) fn erp_categories(shop: &Shop, _catalogue: &Catalogue) -> Table {
    let mut random = shop.random("erp_categories");
    let mut rows = Vec::new();
    let variants = random.choose(DEPARTMENTS.len() * CATEGORIES.len(), 4);
    for (head, department) in DEPARTMENTS {
        for (tail, category) in CATEGORIES {
            let class = &YES_NO[random.index(2)];
            rows.push(Row::kept(vec![
                Cell::clean(format!("{head}_{tail}")),
                Cell::clean(department),
                Cell::clean(category),
                match variants.contains(&rows.len()) {
                    true => code_variant(&mut random, class),
                    false => Cell::clean(class.label),
                },
            ]));
        }
    }
    Table {
        name: "erp_categories",
        system: "ERP",
        about: "Categories of the catalogue",
        columns: &CATEGORY_COLUMNS,
        key: &["category_code"],
        identity: &["category_code"],
        consent: &[],
        dialect: Dialect::Plain,
        rows,
    }
}

const PRICE_COLUMNS: [Column; 4] = [
    required("article", Kind::Text),
    required("currency", Kind::Text),
    required("list_price", Kind::Decimal),
    required("vat_rate", Kind::Decimal),
];

pub(crate) fn erp_price_list(shop: &Shop, catalogue: &Catalogue) -> Table {
    let mut random = shop.random("erp_price_list");
    let rows = catalogue.articles.iter().map(|article| {
        let cents = article.price_cents;
        Row::kept(vec![
            Cell::clean(article.number.clone()),
            Cell::clean("EUR"),
            Cell::dirty(
                Dirt::NumberFormat,
                grouped_money(cents, '.', ','),
                money(cents),
            ),
            Cell::clean(random.pick(&["0.19", "0.19", "0.07"])),
        ])
    });
    Table {
        name: "erp_price_list",
        system: "ERP",
        about: "List prices, written with decimal commas",
        columns: &PRICE_COLUMNS,
        key: &["article"],
        identity: &["article"],
        consent: &[],
        dialect: Dialect::Plain,
        rows: rows.collect(),
    }
}

/// The first five characters of an article number are the category's code, with another
/// character between its halves.
pub(crate) fn category_link(products: &Table, categories: &Table) -> Link {
    let heads = right_values(products, "article_no").into_iter();
    Link {
        left: products.name,
        left_column: "article_no",
        right: categories.name,
        right_column: "category_code",
        how: "take the first five characters, dash to underscore",
        left_entities: heads
            .map(|number| number.map(|n| n[..5].replace('-', "_")))
            .collect(),
        right_entities: right_values(categories, "category_code"),
    }
}

/// What follows the category in an article number is the article.
pub(crate) fn article_link(left: &Table, column: &'static str, products: &Table) -> Link {
    let numbers = right_values(products, "article_no").into_iter();
    Link {
        left: left.name,
        left_column: column,
        right: products.name,
        right_column: "article_no",
        how: "cut the first six characters on the right",
        left_entities: right_values(left, column),
        right_entities: numbers
            .map(|number| number.map(|n| n[6..].to_owned()))
            .collect(),
    }
}
