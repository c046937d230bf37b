//! What the original tool wrote about its example data must be reproduced exactly, and the evidence
//! must hold what is known to be wrong with them. Skipped where the data are not at hand: they are
//! looked for in `SILVERSMITH_ADVENTUREWORKS`, else beside the repository.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests and examples read files and start programs"
)]
#![allow(clippy::unwrap_used)] // In tests a failed unwrap is the report.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::OnceLock;

use silversmith_profile::{Options, bronze_dir, profile, to_report};
use silversmith_types::context::RunContext;
use silversmith_types::evidence::{
    ColumnEvidence, JoinEvidence, JoinSide, Normalisation, TableEvidence,
};

fn data() -> Option<PathBuf> {
    let beside = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/data/adventureworks"
    );
    let path = std::env::var_os("SILVERSMITH_ADVENTUREWORKS").map_or(beside.into(), PathBuf::from);
    let found = path.join("bronze").is_dir().then_some(path);
    if found.is_none() {
        eprintln!("skipped: no example data; set SILVERSMITH_ADVENTUREWORKS to their directory");
    }
    found
}

/// The profile of the data, made once for all tests here.
fn context() -> Option<(&'static RunContext, PathBuf)> {
    static CONTEXT: OnceLock<RunContext> = OnceLock::new();
    let data = data()?;
    let context = CONTEXT.get_or_init(|| {
        let bronze = bronze_dir::list(&data.join("bronze")).unwrap();
        let now = "2026-01-25T21:47:27Z".parse().unwrap();
        let options = Options::new("2026-01-25".parse().unwrap(), NonZeroUsize::new(2).unwrap());
        let found = profile(&bronze.sources, &options, &()).unwrap();
        found.to_context(&found.run_ids(bronze.run_id, now), now)
    });
    Some((context, data))
}

#[test]
fn the_context_says_what_the_given_one_says() {
    let Some((ours, data)) = context() else {
        return;
    };
    let mut ours = ours.clone();
    let given = std::fs::read(data.join("reports/silver_run_agent_context.json")).unwrap();
    let given: RunContext = serde_json::from_slice(&given).unwrap();
    assert!(ours.silversmith_evidence.take().is_some());
    ours.generated_at_utc.clone_from(&given.generated_at_utc);
    assert_eq!(ours, given);
}

#[test]
fn the_report_ends_as_the_given_one_does_and_begins_with_what_is_wrong() {
    let Some((context, data)) = context() else {
        return;
    };
    let report = to_report(context);
    let given = std::fs::read_to_string(data.join("reports/silver_run_human_report.md")).unwrap();
    let section = |text: &str| {
        let at = text.find("## Automated Bronze Profiling").unwrap();
        text[at..].trim_end().to_owned()
    };
    assert_eq!(section(&report), section(&given));
    insta::assert_snapshot!(&report[..report.find("# End of Report").unwrap()]);
}

fn table<'c>(context: &'c RunContext, name: &str) -> &'c TableEvidence {
    &context.silversmith_evidence.as_ref().unwrap().tables[&name.parse().unwrap()]
}

fn column<'c>(context: &'c RunContext, name: &str, column: &str) -> &'c ColumnEvidence {
    let columns = &table(context, name).columns;
    columns
        .iter()
        .find(|found| found.name.as_str() == column)
        .unwrap()
}

fn join<'c>(context: &'c RunContext, from: &str, to: &str) -> &'c JoinEvidence {
    let joins = &context.silversmith_evidence.as_ref().unwrap().joins;
    let named = |table: &str, column: &str| format!("{}.{column}", table.trim_end_matches(".csv"));
    joins
        .iter()
        .find(|join| {
            named(join.from.table.as_str(), join.from.column.as_str()) == from
                && named(join.to.table.as_str(), join.to.column.as_str()) == to
        })
        .unwrap_or_else(|| panic!("{from} -> {to} was not found"))
}

#[test]
fn every_join_is_found_and_no_other() {
    let Some((context, _)) = context() else {
        return;
    };
    let check =
        |from, to, distinct, matched, change: Option<(JoinSide, Normalisation, u64, bool)>| {
            let found = join(context, from, to);
            assert_eq!(
                (found.from_distinct, found.matched),
                (distinct, matched),
                "{from}"
            );
            let by = found
                .normalised
                .clone()
                .map(|n| (n.side, n.by, n.matched, n.lossless));
            assert_eq!(by, change, "{from}");
            assert!(found.exact);
        };
    let drop = Normalisation::DropChar { character: '-' };
    let dash = Some((JoinSide::From, drop, 18_484, true));
    check("LOC_A101.CID", "cst_info.cst_key", 18_484, 0, dash);
    let strip = Normalisation::StripPrefix {
        prefix: "NAS".to_owned(),
    };
    let nas = Some((JoinSide::From, strip, 18_484, true));
    check("CST_AZ12.CID", "cst_info.cst_key", 18_484, 7_442, nas);
    let cut = Some((
        JoinSide::To,
        Normalisation::CutHead { length: 6 },
        130,
        true,
    ));
    check("sales_details.sls_prd_key", "prd_info.prd_key", 130, 0, cut);
    let keep = Normalisation::KeepHead {
        length: 5,
        replace: Some('-'),
        with: Some('_'),
    };
    let keep = Some((JoinSide::From, keep, 288, false));
    check("prd_info.prd_key", "PX_CAT_G1V2.ID", 295, 0, keep);
    check(
        "sales_details.sls_cust_id",
        "cst_info.cst_id",
        18_484,
        18_484,
        None,
    );
    check(
        "sales_transactions.customer_id",
        "customer_info.customer_id",
        5,
        5,
        None,
    );
    check(
        "sales_transactions.product_id",
        "product_info.product_id",
        4,
        4,
        None,
    );
    assert_eq!(
        context.silversmith_evidence.as_ref().unwrap().joins.len(),
        7
    );
}

#[test]
fn the_known_defects_are_in_the_evidence() {
    let Some((context, _)) = context() else {
        return;
    };
    let product = &table(context, "sales_details.csv").products[0];
    assert_eq!(product.product.as_str(), "sls_sales");
    assert_eq!((product.checked, product.holds), (60_383, 60_363));
    let broken = product.product_unusable
        + product.left_unusable
        + product.right_unusable
        + product.contradictory;
    assert_eq!(
        (
            broken,
            product.product_unusable,
            product.product_equals_factor
        ),
        (35, 13, 6)
    );
    // Of the ten contradictory rows four are wrong in the product and six in the quantity, if the
    // other rows of the same article are to be believed.
    let found = product.corroboration.as_ref().unwrap();
    assert_eq!(product.contradictory, 10);
    assert_eq!(found.determinant.as_str(), "sls_prd_key");
    assert_eq!(
        (found.product_outlier, found.product_outlier_equals_factor),
        (4, 0)
    );
    let factors = [
        (&product.left, found.left_outlier),
        (&product.right, found.right_outlier),
    ];
    let mut factors = factors.map(|(name, rows)| (name.as_str(), rows));
    factors.sort_unstable();
    assert_eq!(factors, [("sls_price", 0), ("sls_quantity", 6)]);

    let ordering = &table(context, "prd_info.csv").orderings[0];
    assert_eq!(ordering.start.as_str(), "prd_start_dt");
    assert_eq!(
        (ordering.both, ordering.violated, ordering.open),
        (200, 200, 197)
    );
    let versions = ordering.versions_of.as_ref().unwrap();
    assert_eq!(versions.key.as_str(), "prd_key");
    assert_eq!(
        (versions.superseded, versions.last, versions.ties),
        (102, 295, 0)
    );

    let birth = column(context, "CST_AZ12.csv", "BDATE");
    assert_eq!(
        (birth.formats[0].future, birth.personal.is_some()),
        (16, true)
    );
    let key = &table(context, "cst_info.csv").keys[1];
    assert_eq!(
        (key.null_rows, key.duplicate_keys, key.duplicate_rows),
        (4, 5, 6)
    );
    let country = column(context, "LOC_A101.csv", "CNTRY");
    assert_eq!((country.nulls, country.blanks), (332, 5));
    assert_eq!(country.codes.as_ref().unwrap().len(), 9);
    let ordered = &column(context, "sales_details.csv", "sls_order_dt").formats[0];
    assert_eq!((ordered.format.as_str(), ordered.count), ("%Y%m%d", 60_379));
    let pair = &table(context, "sales_details.csv").keys[0];
    assert_eq!(
        pair.columns.iter().map(|c| c.as_str()).collect::<Vec<_>>(),
        ["sls_ord_num", "sls_prd_key"]
    );
}
