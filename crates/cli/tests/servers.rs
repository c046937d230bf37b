//! Models of real servers: llama.cpp, held to the schema of an answer, and the proxy of LiteLLM.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

#[path = "support/services.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "a helper of tests"
)]
mod services;
mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::Command;

use serde_json::{Value, json};
use silversmith_store::sealed::{Sealed, StoreKey};
use support::Project;

const KEY: &str = "sk-local-0123456789abcdef";
const CSV: &str = "id,kind,seen\n1,A ,2024-01-05\n2,B,2024-01-06\n3,A,2024-02-07\n4,B ,2024-02-08\n5,A,2024-03-09\n";
const GOOD: &str = r#"{"tables":{"T1":{"keys":[1],"steps":[{"trim":[2]},{"cast":[1],"to":"integer"},{"parse_date":[3]}]}}}"#;
const BUILD: [&str; 4] = ["build", "--author", "llm", "--dry-run"];

/// A project that asks models of one server; each is a line of more settings.
fn asking(port: u16, key: &str, models: &[(&str, &str)]) -> Project {
    let project = Project::with_table("t.csv", CSV);
    let mut text = "[author]\nllm = ['m0']\nrepairs = 0\n[secrets.key]\n[[secrets.key.sources]]\nkind = 'env'\n\
         variables = ['TEST_MODEL_KEY']\nfile = '.env'\n"
        .to_owned();
    for (at, (model, more)) in models.iter().enumerate() {
        write!(
            text,
            "[author.models.m{at}]\nprovider = 'openai-compatible'\nmodel = '{model}'\nsecret = 'key'\n\
             endpoint = 'http://127.0.0.1:{port}/v1'\n{more}\n"
        )
        .unwrap();
    }
    project.write("silversmith.toml", &text);
    project.write(".env", &format!("TEST_MODEL_KEY={key}\n"));
    project
}

fn order(project: &Project, order: &str) {
    let settings = project.read("silversmith.toml");
    let mut lines: Vec<String> = settings.lines().map(str::to_owned).collect();
    lines[1] = format!("llm = {order}");
    project.write("silversmith.toml", &lines.join("\n"));
}

fn code(document: &Value) -> String {
    document["error"]["code"]
        .as_str()
        .unwrap_or("module")
        .to_owned()
}

/// The answers that a project recorded.
fn recorded(project: &Project) -> Vec<Value> {
    let key = StoreKey::load_or_create(&project.path(".silversmith/keys/store.key")).unwrap();
    let kept = Sealed::new(project.path(".silversmith/exchanges"), key);
    let names = project.names(".silversmith/exchanges");
    let exchange = |name: &String| {
        let bytes = kept.get(name.parse().unwrap()).unwrap().unwrap();
        serde_json::from_slice::<Value>(&bytes).unwrap()["answer"].clone()
    };
    names.iter().map(exchange).collect()
}

/// Twenty answers of random weights under the schema: each is valid by an implementation that is not
/// ours, and each becomes a module or ends with a code.
#[test]
fn a_model_that_is_held_to_the_schema_answers_by_it() {
    let Some(services) = services::installed() else {
        return;
    };
    let server = services::llama(&services, KEY);
    let models: Vec<(&str, String)> = (0..20)
        .map(|seed| {
            (
                "tiny",
                format!("temperature = 1.0\nmax_tokens = 16000\nseed = {seed}"),
            )
        })
        .collect();
    let models: Vec<(&str, &str)> = models
        .iter()
        .map(|(name, more)| (*name, more.as_str()))
        .collect();
    let project = asking(server.port, KEY, &models);
    let mut outcomes: BTreeMap<String, u32> = BTreeMap::new();
    for at in 0..20 {
        order(&project, &format!("['m{at}']"));
        let (_, document) = project.json(BUILD);
        *outcomes.entry(code(&document)).or_default() += 1;
    }
    eprintln!("{outcomes:?}");
    let is_typed = |code: &String| code == "module" || code.starts_with("SS-PLAN-");
    assert!(outcomes.keys().all(is_typed), "{outcomes:?}");
    let answers = recorded(&project);
    assert_eq!(answers.len(), 20);
    let (_, schema) = project.json(["build", "--author", "llm", "--dry-run", "--show-prompt"]);
    project.write("schema.json", &schema["schema"].to_string());
    project.write("answers.json", &json!(answers).to_string());
    let valid = Command::new(services.join("venv/bin/python"))
        .args(["-c", VALID])
        .current_dir(project.path(""))
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&valid.stdout), "20\n", "{valid:?}");
    // Same seed, same answer: asked again, it gives the same module or the same refusal.
    order(&project, "['m0']");
    let first = recorded(&project);
    project.json([&BUILD[..], &["--fresh"]].concat());
    assert_eq!(recorded(&project), first);
}

const VALID: &str = "
import json, jsonschema
validator = jsonschema.Draft202012Validator(json.load(open('schema.json')))
answers = [json.loads(answer['text']) for answer in json.load(open('answers.json'))]
print(sum(validator.is_valid(answer) for answer in answers))
";

#[test]
fn a_wrong_key_is_told() {
    let Some(services) = services::installed() else {
        return;
    };
    let server = services::llama(&services, KEY);
    let project = asking(server.port, "sk-wrong-0123456789abcdef", &[("tiny", "")]);
    let (status, document) = project.json(BUILD);
    assert_eq!(
        (status, code(&document).as_str()),
        (1, "SS-MODEL-001"),
        "{document}"
    );
}

/// The proxy with models that fail as they are told: how often each is asked, what a person reads, and
/// how the command ends.
#[test]
fn a_real_proxy_fails_in_its_own_ways() {
    let Some(services) = services::installed() else {
        return;
    };
    let model = |name: &str, response: Value| json!({ "model_name": name, "litellm_params": { "model": "openai/none", "api_key": "none", "mock_response": response } });
    let config = json!({
        "model_list": [
            model("good", json!(GOOD)),
            model("busy", json!("litellm.RateLimitError")),
            model("broken", json!("litellm.InternalServerError")),
            json!({ "model_name": "slow", "litellm_params": { "model": "openai/none", "api_key": "none", "mock_response": GOOD, "mock_delay": 60 } }),
            model("falls-back", json!("litellm.InternalServerError")),
            model("cut", json!(&GOOD[..40])),
        ],
        "litellm_settings": { "num_retries": 0, "fallbacks": [{ "falls-back": ["good"] }] },
        "general_settings": { "master_key": KEY },
    });
    let server = services::litellm(&services, &config);
    let quick = "retries = 1\ntimeout_seconds = 30\ndeadline_seconds = 60";
    let table = [
        ("good", quick, 0, "module", 0),
        ("busy", quick, 1, "SS-MODEL-002", 1),
        ("broken", quick, 1, "SS-MODEL-002", 1),
        ("unknown", quick, 1, "SS-MODEL-002", 0),
        (
            "slow",
            "retries = 0\ntimeout_seconds = 2",
            1,
            "SS-MODEL-004",
            0,
        ),
        ("falls-back", quick, 0, "module", 0),
        ("cut", quick, 1, "SS-AUTHOR-004", 0),
    ];
    let models: Vec<(&str, &str)> = table
        .iter()
        .map(|(name, more, ..)| (*name, *more))
        .collect();
    let project = asking(server.port, KEY, &models);
    for (at, (name, _, status, expected, retries)) in table.into_iter().enumerate() {
        order(&project, &format!("['m{at}']"));
        let ended = project.run(BUILD);
        let attempts = ended.stderr().matches("; attempt ").count();
        assert_eq!(
            (ended.status(), attempts),
            (status, retries),
            "{name}: {}",
            ended.stderr()
        );
        let told = expected == "module" || ended.stderr().contains(expected);
        assert!(told, "{name}: {}", ended.stderr());
    }
    // And with the next in the order, the build goes on.
    order(&project, "['m2', 'm0']");
    project.succeeds([&BUILD[..], &["--fresh"]].concat());
    // A stream of LiteLLM says which model it was in the end.
    let names: Vec<Value> = recorded(&project)
        .iter()
        .map(|answer| answer["model"].clone())
        .collect();
    assert!(names.iter().all(Value::is_string), "{names:?}");
}
