//! The page as a browser and a steward meet it.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests and examples read files and start programs"
)]

#[path = "support/html.rs"]
mod html;
mod support;

use std::collections::BTreeSet;

use serde_json::json;
use silversmith_intake::{Rules, RunInputs, admit};
use silversmith_plan::{OperationKind, PlanDocument};
use silversmith_report::{ReportInput, render};
use silversmith_types::trial::{Sample, TrialReport};
use support::{
    codes, column, column_name, header, module, page, plan, run, schemas, table_name, trial,
};

/// The page without its style, one element a line.
fn lines(page: &str) -> String {
    let (head, rest) = page.split_once("<style>").expect("a page has a style");
    let (_, body) = rest.split_once("</style>").expect("a style ends");
    format!("{head}{body}").replace("><", ">\n<")
}

/// The text between the first `open` and the next `</section>`, without tags.
fn section(page: &str, open: &str) -> String {
    let (_, rest) = page.split_once(open).expect("the page has the section");
    let (section, _) = rest.split_once("</section>").expect("a section ends");
    let read = html::read(&format!("<!DOCTYPE html><i>{}</i>", balanced(section)));
    read.map(|read| read.text)
        .unwrap_or_else(|error| panic!("{error}: {section}"))
}

/// Drops what comes before the end of the start tag that was cut.
fn balanced(section: &str) -> &str {
    section.split_once('>').map_or(section, |(_, rest)| rest)
}

fn verdict(page: &str) -> String {
    section(page, "<section class=\"verdict")
}

#[test]
fn the_page_of_a_small_shop() {
    insta::assert_snapshot!(lines(&page(&plan(), Some(&trial()), Some(&run()))));
}

#[test]
fn the_page_is_well_formed_and_all_its_links_lead_somewhere() {
    let (plan, trial, run) = (plan(), trial(), run());
    for page in [
        page(&plan, Some(&trial), Some(&run)),
        page(&plan, None, None),
    ] {
        let read = html::read(&page).expect("the page is well formed");
        let ids: BTreeSet<&String> = read.ids.iter().collect();
        assert_eq!(ids.len(), read.ids.len(), "an id occurs twice");
        for link in &read.links {
            let target = link
                .strip_prefix('#')
                .expect("every link stays on the page");
            assert!(read.ids.iter().any(|id| id == target), "{link}");
        }
    }
}

#[test]
fn the_page_needs_no_network_and_runs_nothing() {
    let page = page(&plan(), Some(&trial()), Some(&run()));
    let read = html::read(&page).expect("the page is well formed");
    for element in [
        "script", "link", "img", "iframe", "object", "embed", "base", "form",
    ] {
        assert!(!read.elements.contains(element), "{element}");
    }
    assert!(!read.attributes.contains("src"));
    for fetched in ["url(", "@import", "://"] {
        assert!(!page.contains(fetched), "{fetched}");
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let once = || page(&plan(), Some(&trial()), Some(&run()));
    assert_eq!(once(), once());
}

const HOSTILE: [&str; 6] = [
    "</td><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</style><style>*{display:none}",
    "&lt;b&gt; & &#x3c;",
    "</bdi></svg></details></main>",
];

/// The shop with hostile texts wherever a text can stand.
fn hostile_shop(hostile: &str) -> (PlanDocument, TrialReport, silversmith_report::RunRecord) {
    let (mut plan, mut trial, mut run) = (plan(), trial(), run());
    for table in plan.tables.values_mut() {
        for step in &mut table.steps {
            step.why = hostile.to_owned();
            step.evidence = vec![hostile.to_owned(); 3];
            match &mut step.operation {
                OperationKind::MapValues(map) => {
                    map.map.insert(hostile.to_owned(), hostile.to_owned());
                }
                OperationKind::StripAffix(strip) => strip.prefix = Some(hostile.to_owned()),
                OperationKind::FilterRows(filter) => filter.reason = hostile.to_owned(),
                _ => {}
            }
        }
    }
    for table in trial.tables.values_mut() {
        for count in &mut table.steps {
            if count.kind == "check" {
                count.name = hostile.to_owned();
            }
        }
        table.after.columns[2] = codes(table.after.columns[2].clone(), &[(hostile, 1)]);
        table.before.columns[3] = codes(table.before.columns[3].clone(), &[(hostile, 1)]);
    }
    for check in &mut trial.checks {
        (check.name, check.detail, check.ok) = (hostile.to_owned(), hostile.to_owned(), false);
    }
    for timing in &mut trial.timings {
        timing.what = hostile.to_owned();
    }
    trial.sandbox = vec![
        json!({"outcome": hostile, "code": 1, "violations": [hostile],
                                "layers": [{"name": hostile, "applied": false, "detail": hostile}]}),
    ];
    (run.run.run_id, run.run.started_utc) = (hostile.to_owned(), hostile.to_owned());
    run.env = [(hostile.to_owned(), hostile.to_owned())].into();
    for table in run.tables.values_mut() {
        (table.status, table.error) = (hostile.to_owned(), Some(hostile.to_owned()));
        table.silver_sha256 = Some(hostile.to_owned());
    }
    let table = run.tables["orders.csv"].clone();
    run.tables.insert(hostile.to_owned(), table);
    (plan, trial, run)
}

#[test]
fn hostile_texts_stay_texts() {
    let known = html::read(&page(&plan(), Some(&trial()), Some(&run()))).expect("well formed");
    for hostile in HOSTILE {
        let (plan, trial, run) = hostile_shop(hostile);
        let page = page(&plan, Some(&trial), Some(&run));
        let read = html::read(&page).unwrap_or_else(|error| panic!("{hostile}: {error}"));
        assert!(
            read.elements.is_subset(&known.elements),
            "{hostile}: {:?}",
            read.elements
        );
        assert!(
            read.attributes.is_subset(&known.attributes),
            "{hostile}: {:?}",
            read.attributes
        );
        // It stands there, whole, at least once for each place that was filled.
        assert!(read.text.matches(hostile).count() > 60, "{hostile}");
    }
}

#[test]
fn hostile_names_stay_names() {
    // A column may have any of these names; a table cannot have all of their characters.
    let hostile = [
        "<script>alert(1)<b>",
        "'><img onerror=1>",
        "' onload='x",
        "שלום <b>",
        "&lt",
    ];
    for name in hostile {
        let file = format!("{}.csv", name.replace(['<', '>', '"', '/'], ""));
        let renamed = |text: &str| {
            let as_json = |name: &str| serde_json::to_string(name).expect("a text");
            let table = as_json(&file);
            text.replace("\"orders.csv\"", &table)
                .replace("\"amount\"", &as_json(name))
        };
        let plan = PlanDocument::parse(renamed(include_str!("fixtures/plan.json")).as_bytes());
        let plan = plan.expect("the renamed plan is a plan");
        let trial = serde_json::to_string(&trial()).expect("a report");
        let trial: TrialReport = serde_json::from_str(&renamed(&trial)).expect("a report");
        let mut schemas = schemas(&support::plan());
        let schema = schemas.remove(&table_name("orders.csv")).expect("orders");
        schemas.insert(table_name(&file), {
            let columns = schema
                .columns()
                .iter()
                .map(|(column, ty)| match column.as_str() {
                    "amount" => (column_name(name), *ty),
                    _ => (column.clone(), *ty),
                });
            silversmith_plan::Schema::new(columns.collect())
        });
        let header = header();
        let page = render(&ReportInput {
            module: module(),
            header: &header,
            brief: None,
            plan: &plan,
            schemas: &schemas,
            trial: Some(&trial),
            run: None,
        });
        let read = html::read(&page).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(!read.elements.contains("script") && !read.elements.contains("img"));
        assert!(
            read.attributes
                .iter()
                .all(|attribute| !attribute.starts_with("on")),
            "{name}"
        );
        assert!(read.text.matches(name).count() > 3, "{name}");
        assert!(
            read.ids
                .iter()
                .all(|id| id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
        );
    }
}

#[test]
fn what_reorders_or_hides_text_is_made_visible() {
    let (mut plan, trial) = (plan(), trial());
    let orders = plan
        .tables
        .get_mut(&table_name("orders.csv"))
        .expect("orders");
    orders.steps[0].why = "drops\u{202e}nothing\u{200b}".to_owned();
    let page = page(&plan, Some(&trial), None);
    assert!(page.contains("<bdi>drops\\u{202e}nothing\\u{200b}</bdi>"));
    assert!(!page.contains('\u{202e}'));
}

#[test]
fn no_value_of_a_personal_column_is_shown_nor_of_what_comes_from_one() {
    let secret = "Ada Lovelace";
    let mut trial = trial();
    let customers = trial
        .tables
        .get_mut(&table_name("customers.csv"))
        .expect("customers");
    // Wrong evidence, as an attacker or a fault would make it: values of a personal column.
    for columns in [&mut customers.before.columns, &mut customers.after.columns] {
        let named = columns
            .iter_mut()
            .filter(|column| column.name.as_str() == "name");
        for column in named {
            *column = codes(column.clone(), &[(secret, 9)]);
        }
    }
    customers
        .after
        .columns
        .push(codes(column("initial", 0, 2), &[(secret, 9)]));
    let text = include_str!("fixtures/plan.json").replace(
        r#""column": "cst_key", "into": "region""#,
        r#""column": "name", "into": "initial""#,
    );
    let plan = PlanDocument::parse(text.as_bytes()).expect("a plan");
    let page = page(&plan, Some(&trial), None);
    assert!(
        page.contains(">initial<"),
        "the derived column itself is shown"
    );
    assert!(page.contains("from personal data"));
    assert!(!page.contains(secret));
}

#[test]
fn a_check_that_fails_is_the_verdict() {
    let mut trial = trial();
    trial.checks[1].ok = false;
    let page = page(&plan(), Some(&trial), None);
    assert!(
        verdict(&page).starts_with("Trial failed"),
        "{}",
        verdict(&page)
    );
    let look = section(&page, "<section aria-labelledby=\"look\"");
    assert!(
        look.contains("FailsCheckcells_equal does not hold"),
        "{look}"
    );
}

#[test]
fn a_trial_of_another_module_proves_nothing() {
    let mut trial = trial();
    trial.module = silversmith_types::Digest::of(b"another module");
    let page = page(&plan(), Some(&trial), None);
    assert!(verdict(&page).starts_with("Trial failed"));
    assert!(section(&page, "<section aria-labelledby=\"look\"").contains("is of another module"));
}

#[test]
fn a_table_that_the_trial_left_out_fails() {
    let mut trial = trial();
    trial.tables.remove(&table_name("orders.csv"));
    let (plan, header, schemas) = (plan(), header(), schemas(&plan()));
    let input = ReportInput {
        module: module(),
        header: &header,
        brief: None,
        plan: &plan,
        schemas: &schemas,
        trial: Some(&trial),
        run: None,
    };
    assert!(verdict(&render(&input)).starts_with("Trial failed"));
}

#[test]
fn without_a_trial_nothing_is_claimed() {
    let page = page(&plan(), None, None);
    assert!(verdict(&page).starts_with("Not tried"));
    assert!(!page.contains("hold</dt>"));
}

#[test]
fn what_needs_nobody_is_said_to_need_nobody() {
    let mut trial = trial();
    trial.sandbox.clear();
    trial.joins.clear();
    for table in trial.tables.values_mut() {
        table
            .steps
            .retain(|count| count.kind == "changed" && count.step != "range-9");
        table.removed.clear();
    }
    let text = include_str!("fixtures/plan.json");
    let without: String = text
        .lines()
        .filter(|line| !line.contains("\"fill-4\"") && !line.contains("\"drop-14\""))
        .map(|line| format!("{line}\n"))
        .collect();
    let plan = PlanDocument::parse(without.as_bytes()).expect("a plan");
    let page = page(&plan, Some(&trial), None);
    assert!(
        verdict(&page).starts_with("Trial passed"),
        "{}",
        verdict(&page)
    );
    assert!(section(&page, "<section aria-labelledby=\"look\"").contains("Nothing:"));
}

#[test]
fn a_key_that_repeats_is_not_called_a_key() {
    let mut trial = trial();
    let customers = trial
        .tables
        .get_mut(&table_name("customers.csv"))
        .expect("customers");
    let unique = customers
        .steps
        .iter_mut()
        .find(|count| count.step == "expect-15");
    unique.expect("the expectation is counted").count = 6;
    let text = include_str!("fixtures/plan.json");
    let stops = r#""unique": ["cst_id"] }, "on_fail": "fail""#;
    let warns = stops.replace("\"fail\"", "\"warn\"");
    let plan = PlanDocument::parse(text.replace(stops, &warns).as_bytes()).expect("a plan");
    let said = "6 rows repeat a key";
    assert!(page(&plan, Some(&trial), None).contains(said));
    assert!(!page(&plan, Some(&support::trial()), None).contains(said));
}

#[test]
fn a_sample_is_said_to_be_one() {
    let mut trial = trial();
    let taken = silversmith_types::trial::SampledTable {
        taken: 1_000,
        odd: 44,
        rows: 60_398,
    };
    trial.sample = Sample::Sampled {
        seed: 7,
        tables: [(table_name("orders.csv"), taken)].into(),
    };
    let page = page(&plan(), Some(&trial), None);
    let look = section(&page, "<section aria-labelledby=\"look\"");
    assert!(
        look.contains("1,000 of 60,398 rows (1.7 %), 44 of them"),
        "{look}"
    );
}

#[test]
fn the_brief_adds_what_the_contract_says() {
    const RUN: &str = "20260125_214726_#013410d7";
    let (plan, header, schemas, trial) = (plan(), header(), schemas(&plan()), trial());
    let contract = "apiVersion: v3.0.0\nkind: DataContract\nschema:
  - name: customers.csv
    properties:
      - {name: cst_id, primaryKey: true}
    customProperties:
      - property: silversmith.quarantine
        value: [duplicate_key, null_key]
";
    let context = context(RUN, &trial).to_string();
    let inputs = RunInputs {
        context: context.as_bytes(),
        report: RUN.as_bytes(),
        contract: Some(contract.as_bytes()),
        as_of: None,
        bronze: None,
    };
    let admitted = admit(inputs, &Rules::default()).expect("the inputs are admitted");
    let page = render(&ReportInput {
        module: module(),
        header: &header,
        brief: Some(&admitted.brief),
        plan: &plan,
        schemas: &schemas,
        trial: Some(&trial),
        run: None,
    });
    let came_in = section(&page, "<section aria-labelledby=\"in\"");
    assert!(came_in.contains("key cst_id"), "{came_in}");
    assert!(
        came_in.contains("quarantine allowed: repeated keys, null keys"),
        "{came_in}"
    );
}

/// A context of the shop's tables as the original tool writes it, without value evidence.
fn context(run: &str, trial: &TrialReport) -> serde_json::Value {
    let tables: Vec<_> = trial
        .tables
        .iter()
        .map(|(name, table)| {
            let names: Vec<&str> = table
                .before
                .columns
                .iter()
                .map(|c| c.name.as_str())
                .collect();
            (name.as_str(), table.before.rows, names)
        })
        .collect();
    let profile = |name: &str, rows: u64, columns: &[&str]| {
        let each = |value: serde_json::Value| -> serde_json::Map<String, serde_json::Value> {
            columns
                .iter()
                .map(|column| ((*column).to_owned(), value.clone()))
                .collect()
        };
        json!({"table": name, "row_count": rows, "column_count": columns.len(), "columns": columns,
               "inferred_types": each(json!("string")), "null_counts": each(json!(0)), "duplicate_rows": 0,
               "key_candidates": [], "suggested_silver_transforms": []})
    };
    let outcome = json!({"status": "SUCCESS", "rows_in": 0, "rows_out": 0, "schema_in": [], "schema_out": []});
    let by_name = |of: &dyn Fn(&str, u64, &[&str]) -> serde_json::Value| -> serde_json::Value {
        tables
            .iter()
            .map(|(name, rows, columns)| ((*name).to_owned(), of(name, *rows, columns)))
            .collect()
    };
    let sizes = tables.iter().map(|(name, rows, columns)| {
        json!({"table": name, "row_count": rows, "column_count": columns.len()})
    });
    let overview = json!({"table_count": tables.len(), "tables": sizes.collect::<Vec<_>>()});
    let (rows, columns) = tables.iter().fold((0, 0), |(r, c), (_, rows, columns)| {
        (r + rows, c + columns.len())
    });
    json!({
        "run_id": run, "silver_run_id": "20260125_214727_#013410d7", "layer": "silver",
        "source_layer": "bronze", "bronze_run_id": run, "generated_at_utc": "2026-01-25T21:47:27+00:00",
        "files_total": tables.len(), "files_success": tables.len(), "files_failed": 0,
        "bronze_tables": by_name(&|_, _, _| outcome.clone()),
        "profile": {"schema_overview": overview, "tables": by_name(&profile), "errors": []},
        "schema_overview": overview, "has_errors": false, "error_count": 0,
        "performance_metrics": {"total_rows_processed": rows, "total_columns_processed": columns,
                                "tables_processed": tables.len(), "tables_failed": 0},
    })
}
