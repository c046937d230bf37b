//! No value that the recognisers know comes out anywhere: not of `check`, not of a build, and not in
//! its report. The same for any mixture of values and places.

#![allow(
    clippy::unwrap_used,
    reason = "a failed unwrap in a test is the report"
)]

mod support;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use support::{Project, RUN};

/// Where a value may be smuggled in.
#[derive(Debug, Clone, Copy)]
enum Place {
    Report,
    Heading,
    TableCell,
    Comment,
    Suggestion,
    ErrorMessage,
    UnknownKey,
    UnknownValue,
}

const PLACES: [Place; 8] = [
    Place::Report,
    Place::Heading,
    Place::TableCell,
    Place::Comment,
    Place::Suggestion,
    Place::ErrorMessage,
    Place::UnknownKey,
    Place::UnknownValue,
];

/// A value of a person, with what would be left of it in an output.
fn personal() -> impl Strategy<Value = String> {
    let local = "[a-z]{3,8}\\.[a-z]{4,9}";
    prop_oneof![
        local.prop_map(|name| format!("{name}@example.com")),
        local.prop_map(|name| format!("{name}(at)example(dot)org")),
        (1_000_000_u32..9_999_999).prop_map(|n| format!("+49 30 {n}")),
        (100_u32..665, 10_u32..99, 1_000_u32..9_999).prop_map(|(a, b, c)| format!("{a}-{b}-{c}")),
        proptest::collection::vec(0_u8..10, 14).prop_map(card),
        proptest::collection::vec(0_u8..10, 18).prop_map(iban),
        (1_u8..255, 1_u8..255).prop_map(|(c, d)| format!("203.0.{c}.{d}")),
        "[A-Za-z0-9]{36}".prop_map(|token| format!("ghp_{token}")),
    ]
}

/// A card number with its check digit (Luhn).
fn card(mut digits: Vec<u8>) -> String {
    digits.insert(0, 4);
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match at % 2 {
            0 => u32::from(digit * 2 / 10 + digit * 2 % 10),
            _ => u32::from(*digit),
        })
        .sum();
    let check = (10 - sum % 10) % 10;
    let text: String = digits.iter().map(u8::to_string).collect();
    format!("{text}{check}")
}

/// A German IBAN with its check digits (ISO 7064, 97-10).
fn iban(digits: Vec<u8>) -> String {
    let account: String = digits.iter().map(u8::to_string).collect();
    let number: u128 = format!("{account}131400").parse().unwrap();
    format!("DE{:02}{account}", 98 - number % 97)
}

fn values() -> impl Strategy<Value = Vec<(Place, String)>> {
    let one = (proptest::sample::select(&PLACES[..]), personal());
    proptest::collection::vec(one, 1..8)
}

/// The inputs of the example with the values in their places.
fn with_values(project: &Project, context: &Value, values: &[(Place, String)]) {
    let mut context = context.clone();
    let mut report = format!("# Report\n\nBronze run {RUN}\n");
    for (place, value) in values {
        match place {
            Place::Report => report += &format!("\nSomebody wrote {value} here.\n"),
            Place::Heading => report += &format!("\n## About {value}\n"),
            Place::TableCell => report += &format!("\n| who | rows |\n|--|--|\n| {value} | 3 |\n"),
            Place::Comment => report += &format!("\n<!-- {value} -->\n"),
            Place::Suggestion => {
                let table = &mut context["profile"]["tables"]["people.csv"];
                let list = table["suggested_silver_transforms"].as_array_mut();
                list.unwrap()
                    .push(json!(format!("Remove {value} from the table.")));
            }
            Place::ErrorMessage => {
                let list = context["profile"]["errors"].as_array_mut().unwrap();
                list.push(json!(format!("cannot read {value}")));
            }
            Place::UnknownKey => context[value.as_str()] = json!(1),
            Place::UnknownValue => context["remark"] = json!(value),
        }
    }
    project.write("context.json", &context.to_string());
    project.write("report.md", &report);
}

fn project() -> (Project, Value) {
    let csv = "id,city\n1,Oslo\n2,Rome\n3,Oslo\n";
    let project = Project::with_table("people.csv", csv);
    project.succeeds(["profile", &format!("artifacts/bronze/{RUN}"), "--out", "."]);
    let context = project.read("silver_run_agent_context.json");
    (project, serde_json::from_str(&context).unwrap())
}

fn assert_clean(values: &[(Place, String)], printed: &str) -> Result<(), TestCaseError> {
    let printed = printed.to_lowercase();
    for (place, value) in values {
        let shown = printed.contains(&value.to_lowercase());
        prop_assert!(!shown, "{:?}: {} in {}", place, value, printed);
    }
    Ok(())
}

/// The cases are the same in every run.
fn runner(cases: u32) -> TestRunner {
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let algorithm = proptest::test_runner::RngAlgorithm::ChaCha;
    TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::deterministic_rng(algorithm),
    )
}

#[test]
fn check_prints_no_personal_value() {
    let (project, context) = project();
    let files = [
        "check",
        "--context",
        "context.json",
        "--report",
        "report.md",
    ];
    let check = |values: Vec<(Place, String)>| {
        with_values(&project, &context, &values);
        for json in [false, true] {
            let output = project
                .command(files)
                .args(json.then_some("--json"))
                .output();
            let output = output.unwrap();
            let printed = [output.stdout, output.stderr].concat();
            let printed = String::from_utf8_lossy(&printed);
            prop_assert_eq!(output.status.code(), Some(0), "{}", printed);
            assert_clean(&values, &printed)?;
        }
        Ok(())
    };
    runner(48).run(&values(), check).unwrap();
}

#[test]
fn a_build_and_its_report_hold_no_personal_value() {
    let (project, context) = project();
    project.write("silversmith.toml", "[intake]\nreport = \"sanitised\"\n");
    let bronze = format!("artifacts/bronze/{RUN}");
    let build = |values: Vec<(Place, String)>| {
        with_values(&project, &context, &values);
        let mut command = project.command(["build", "-v", "--context", "context.json"]);
        command.args([
            "--report",
            "report.md",
            "--bronze",
            &bronze,
            "--out",
            "m.py",
        ]);
        let output = command.output().unwrap();
        let printed = [output.stdout, output.stderr].concat();
        let printed = String::from_utf8_lossy(&printed);
        prop_assert_eq!(output.status.code(), Some(0), "{}", printed);
        assert_clean(&values, &printed)?;
        assert_clean(&values, &project.read("m.py"))?;
        let page = project.succeeds(["report", "m.py"]).stdout();
        assert_clean(&values, &project.read(page.trim()))
    };
    runner(3).run(&values(), build).unwrap();
}
