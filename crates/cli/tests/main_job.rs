//! The main job from end to end: real binary, real jail, real Python.

mod support;

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use support::{MODULE, Project, RUN};

#[test]
fn an_empty_folder_becomes_a_silver_run() {
    let project = Project::with_example();
    let (status, built) = project.json(["build"]);
    assert_eq!(status, 0);
    let checks = built["trial"]["checks"].as_array().unwrap();
    assert!(
        checks.len() >= 8 && checks.iter().all(|check| check["ok"] == true),
        "{checks:?}"
    );
    assert!(
        built["trial"]["tables"]
            .as_object()
            .unwrap()
            .values()
            .all(|t| t["cells_compared"] != 0)
    );

    let (status, verified) = project.json(["verify", MODULE]);
    assert_eq!((status, verified["verdict"].as_str()), (0, Some("valid")));

    let (status, ran) = project.json(["run", MODULE]);
    assert_eq!(status, 0);
    assert_eq!(ran["sandbox"]["outcome"], "exited");
    let silver = format!("artifacts/silver/{}", project.silver_run());
    let data = project.names(&format!("{silver}/data"));
    assert!(data.contains(&"metadata.yaml".to_owned()) && data.contains(&"run_log.txt".to_owned()));
    let tables = built["trial"]["tables"].as_object().unwrap().len();
    assert_eq!(
        data.iter().filter(|name| name.ends_with(".csv")).count(),
        tables
    );
    assert_eq!(
        project.names(&format!("{silver}/reports")),
        [
            "data_policy.json",
            "elt_report.html",
            "run.json",
            "sandbox.json"
        ]
    );
    let policy = project.read(&format!("{silver}/reports/data_policy.json"));
    let policy: serde_json::Value = serde_json::from_str(&policy).unwrap();
    let fields = policy["personal_fields"].as_array().unwrap();
    assert!(
        fields.iter().any(|field| field["kind"] == "name"),
        "{policy}"
    );

    let page = project.succeeds(["report", MODULE]).stdout();
    let page = project.read(page.trim());
    assert!(page.starts_with("<!DOCTYPE html>"));
    for outside in ["<script", "<link", "src=", "url(", "@import"] {
        assert!(!page.contains(outside), "self-contained: {outside}");
    }
    assert!(page.contains("Last run") && page.contains(&project.silver_run()));
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let project = Project::with_example();
    let build = |out: &str| {
        project.succeeds(["build", "--as-of", "2026-02-01T00:00:00Z", "--out", out]);
        fs::read(project.path(out)).unwrap()
    };
    let first = build("a.py");
    assert_eq!(first, build("b.py"));
    assert!(
        String::from_utf8(first)
            .unwrap()
            .contains("# as-of = \"2026-02-01T00:00:00Z\"\n")
    );
}

/// Without Silversmith: `python3 load_2_silver_layer.py` with Polars, and the same bytes come out.
#[test]
fn a_module_runs_alone() {
    let project = Project::with_example();
    project.succeeds(["build"]);
    project.succeeds(["run", MODULE]);
    let jailed = project.silver_run();
    let runtime = silversmith_pipeline::find_runtime()
        .unwrap()
        .expect("`build` prepared it");
    let alone = Command::new(runtime.python())
        .arg(project.path(MODULE))
        .env("PYTHONPATH", runtime.site_packages())
        .env("BRONZE_ROOT", project.path("artifacts/bronze"))
        .env("SILVER_ROOT", project.path("alone"))
        .output()
        .unwrap();
    assert!(
        alone.status.success(),
        "{}",
        String::from_utf8_lossy(&alone.stderr)
    );
    let names = project.names("alone");
    assert_eq!(names.len(), 1);
    for folder in ["data", "quarantine"] {
        let jailed = format!("artifacts/silver/{jailed}/{folder}");
        let files = project
            .names(&jailed)
            .into_iter()
            .filter(|name| name.ends_with(".csv"));
        for file in files {
            let own =
                fs::read(project.path(format!("alone/{}/{folder}/{file}", names[0]))).unwrap();
            assert_eq!(
                own,
                fs::read(project.path(format!("{jailed}/{file}"))).unwrap(),
                "{file}"
            );
        }
    }
}

#[test]
fn columns_and_rows_keep_their_order() {
    let csv = "z_code,a_code,m_date\nb-2,00123,2024-01-02\na-1,00007,2024-01-01\nc-3,NA,\n";
    let project = Project::with_table("codes.csv", csv);
    project.succeeds(["build"]);
    project.succeeds(["run", MODULE]);
    let silver = project.read(&format!(
        "artifacts/silver/{}/data/codes.csv",
        project.silver_run()
    ));
    assert_eq!(silver, csv);
}

/// Names and values that were made to break out of Python, CSV or HTML are data like any other.
#[test]
fn hostile_names_are_names() {
    let header =
        r#"id,x') or __import__('os').system('id') #,{run},<script>alert(1)</script>,"a, 'b'""#;
    let long = "x".repeat(300_000);
    let csv = format!("{header}\n1,\\n,\"\"\"q\"\"\",<b>,é\n2,y,\"two\nlines\",{long},ß\n");
    let project = Project::with_table("a'b') import os #.csv", &csv);
    project.succeeds(["build"]);
    project.succeeds(["run", MODULE]);
    let silver = format!(
        "artifacts/silver/{}/data/a'b') import os #.csv",
        project.silver_run()
    );
    assert_eq!(project.read(&silver), csv);
    let page = project.succeeds(["report", MODULE]).stdout();
    assert!(!project.read(page.trim()).contains("<script>alert"));
}

#[test]
fn a_dry_run_writes_nothing() {
    let project = Project::with_example();
    let before = project.names(".");
    let (status, drafted) = project.json(["build", "--dry-run"]);
    assert_eq!(status, 0);
    assert!(drafted["steps"].as_u64().unwrap() > 10);
    assert_eq!(project.names("."), before);
    assert!(project.names(".silversmith/builds").is_empty());
}

#[test]
fn plans_can_be_shown_and_compared() {
    let project = Project::with_example();
    project.succeeds(["build"]);
    let table = project.succeeds(["plan", "show", MODULE]).stdout();
    assert!(
        table.contains("publish") && table.contains("trim white space"),
        "{table}"
    );
    let (_, plan) = project.json(["plan", "show", MODULE]);
    project.write("old.json", &plan.to_string());
    let same = project.json(["plan", "diff", "old.json", MODULE]).1;
    assert_eq!(same["tables"].as_object().unwrap().len(), 0);
    let mut changed = plan.clone();
    let (table, _) = plan["tables"].as_object().unwrap().iter().next().unwrap();
    changed["tables"][table]["steps"]
        .as_array_mut()
        .unwrap()
        .remove(0);
    project.write("new.json", &changed.to_string());
    let difference = project.json(["plan", "diff", "old.json", "new.json"]).1;
    assert_eq!(difference["tables"].as_object().unwrap().len(), 1);
}

/// The part of a module that is made for the data, as a reviewer reads it.
#[test]
fn transforms_are_readable() {
    let mut csv = "id,customer_name,country,amount,booked_on\n".to_owned();
    for number in 1..=40 {
        let country = ["DE", "Germany", " Germany", "US"][number % 4];
        let name = if number == 7 {
            "\"O'Brien, \"\"Bob\"\" \"".to_owned()
        } else {
            format!("Name {number}")
        };
        csv.push_str(&format!(
            "{number},{name},{country},{number}.50,2024-01-{:02}\n",
            number % 28 + 1
        ));
    }
    let project = Project::with_table("bookings.csv", &csv);
    project.succeeds(["build"]);
    let module = project.read(MODULE);
    let begin = module.find("# --- transforms").unwrap();
    let end = module.find("# --- skeleton").unwrap();
    insta::assert_snapshot!(&module[begin..end]);
}

/// Above 250,000 rows a trial looks at a sample, and the sample holds the odd values that the
/// evidence knows of.
#[test]
fn a_large_table_is_tried_on_a_sample_with_its_odd_values() {
    let rows = 260_000;
    let mut csv = "id,booked_on,status\n".to_owned();
    for number in 0..rows {
        let odd = number % 65_000 == 7;
        let day = if odd { "soon" } else { "2024-02-29" };
        let status = if odd {
            "?"
        } else {
            ["open", "closed"][number % 2]
        };
        writeln!(csv, "{},{day},{status}", number + 1).unwrap();
    }
    let project = Project::with_table("bookings.csv", &csv);
    let (status, built) = project.json(["build"]);
    assert_eq!(status, 0, "{built}");
    let trial = &built["trial"];
    let sampled = &trial["sample"]["tables"]["bookings.csv"];
    assert_eq!(sampled["rows"], rows);
    assert_eq!(sampled["odd"], 4, "{sampled}");
    let taken = sampled["taken"].as_u64().unwrap();
    assert!((40_000..60_000).contains(&taken), "{sampled}");
    let table = &trial["tables"]["bookings.csv"];
    assert_eq!(table["cells_compared"], taken * 3);
    assert!(project.read(MODULE).contains("bookings.csv"));
    let full = project
        .json([
            "trial",
            MODULE,
            "--bronze",
            &format!("artifacts/bronze/{RUN}/data"),
            "--full",
        ])
        .1;
    assert_eq!(full["tables"]["bookings.csv"]["cells_compared"], rows * 3);
}

#[test]
fn a_program_is_found_by_its_name_as_a_shell_finds_it() {
    let project = Project::with_example();
    project.succeeds(["sandbox", "--", "true"]);
    let refused = project.run(["sandbox", "--", "no-such-program-anywhere"]);
    assert!(refused.stderr().contains("SS-SANDBOX-009"));
    assert_eq!(refused.status(), 2);
}
