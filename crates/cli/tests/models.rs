//! Models as authors, against a server that answers as each test says: what becomes of every kind of
//! answer, and what it costs.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

#[path = "support/models.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "a helper of tests"
)]
mod asked;
#[path = "support/http.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "a helper of tests"
)]
mod http;
mod support;

use asked::{BUILD, CSV, GOOD, asking, code, cost, fails, finishing, one, says};
use http::{Reply, Server};
use serde_json::{Value, json};
use support::{MODULE, Project};

#[test]
fn a_plan_of_a_model_becomes_a_module_and_is_not_paid_twice() {
    let server = Server::start(|_, _| says(GOOD));
    let project = one(server.port, "");
    project.succeeds(["build", "--author", "llm"]);
    let module = project.read(MODULE);
    assert!(
        module.contains("# author = \"llm/1 openai-compatible/m\"\n"),
        "{module}"
    );
    project.succeeds(["verify", MODULE]);
    project.succeeds(["reproduce", MODULE]);
    assert_eq!(
        cost(&project),
        [
            json!({"model": "openai-compatible/m", "requests": 1, "open": 0, "input": 700, "output": 300, "money": "0.0013"})
        ]
    );
    // The same again comes from the record, and so does a replay where nothing can be sent.
    project.succeeds(["build", "--author", "llm"]);
    assert_eq!(project.read(MODULE), module);
    assert_eq!(server.received().len(), 1);
    drop(server);
    project.succeeds(["build", "--author", "replay"]);
    assert_eq!(project.read(MODULE), module);
}

/// Every way in which a provider can fail to answer, with the requests it takes, its code, and whether
/// it may have been charged.
#[test]
fn each_failure_has_its_outcome() {
    type Script = fn(usize) -> Reply;
    let table: [(&str, Script, usize, &str, u64); 21] = [
        (
            "busy",
            |_| fails(429, "retry-after: 0\r\n"),
            3,
            "SS-MODEL-002",
            0,
        ),
        (
            "busy for an hour",
            |_| fails(429, "retry-after: 3600\r\n"),
            1,
            "SS-MODEL-002",
            0,
        ),
        (
            "broken",
            |_| fails(500, "retry-after-ms: 1\r\n"),
            3,
            "SS-MODEL-002",
            0,
        ),
        (
            "away",
            |_| fails(503, "retry-after: 0\r\n"),
            3,
            "SS-MODEL-002",
            0,
        ),
        (
            "slow to take",
            |_| fails(408, "retry-after: 0\r\n"),
            3,
            "SS-MODEL-002",
            0,
        ),
        (
            "conflict",
            |_| fails(409, "retry-after: 0\r\n"),
            3,
            "SS-MODEL-002",
            0,
        ),
        ("wrong", |_| fails(400, ""), 1, "SS-MODEL-002", 0),
        ("unknown", |_| fails(404, ""), 1, "SS-MODEL-002", 0),
        (
            "elsewhere",
            |_| fails(307, "location: http://127.0.0.1:1/\r\n"),
            1,
            "SS-MODEL-002",
            0,
        ),
        ("no key", |_| fails(401, ""), 2, "SS-MODEL-001", 0),
        ("not for you", |_| fails(403, ""), 2, "SS-MODEL-001", 0),
        (
            "gone before the head",
            |_| Reply::Drop,
            3,
            "SS-MODEL-003",
            1,
        ),
        ("gone in the body", |_| Reply::Cut, 3, "SS-MODEL-003", 1),
        (
            "no JSON",
            |_| Reply::Answer(200, "", "hello".into()),
            1,
            "SS-MODEL-005",
            1,
        ),
        (
            "no answer",
            |_| Reply::Answer(200, "", "{}".into()),
            1,
            "SS-MODEL-005",
            1,
        ),
        (
            "no choice",
            |_| Reply::Answer(200, "", "{\"choices\":[]}".into()),
            1,
            "SS-MODEL-005",
            1,
        ),
        (
            "deep",
            |_| Reply::Answer(200, "", "[".repeat(100_000)),
            1,
            "SS-MODEL-005",
            1,
        ),
        ("empty", |_| says(""), 1, "SS-AUTHOR-001", 0),
        (
            "cut off",
            |_| finishing(json!({"content": "{\"tables\":"}), "length"),
            1,
            "SS-AUTHOR-004",
            0,
        ),
        (
            "filtered",
            |_| finishing(json!({"content": "I"}), "content_filter"),
            1,
            "SS-AUTHOR-007",
            0,
        ),
        (
            "declined",
            |_| finishing(json!({"content": null, "refusal": "no"}), "stop"),
            1,
            "SS-AUTHOR-007",
            0,
        ),
    ];
    for (what, script, requests, expected, open) in table {
        let server = Server::start(move |at, _| script(at));
        let project = one(server.port, "");
        let (status, document) = project.json(BUILD);
        assert_eq!(
            (status, code(&document)),
            (1, expected),
            "{what}: {document}"
        );
        assert_eq!(server.received().len(), requests, "{what}");
        let spent: u64 = cost(&project)
            .iter()
            .map(|line| line["open"].as_u64().unwrap())
            .sum();
        assert_eq!(spent, open, "{what}: {:?}", cost(&project));
    }
}

#[test]
fn a_provider_that_recovers_is_told_of_and_used() {
    let server = Server::start(|at, _| match at {
        0 => fails(429, "retry-after: 0\r\n"),
        1 => fails(503, "retry-after: 0\r\n"),
        _ => says(GOOD),
    });
    let project = one(server.port, "");
    let ended = project.succeeds(BUILD);
    let told: Vec<String> = ended
        .stderr()
        .lines()
        .filter(|line| line.contains("attempt"))
        .map(str::to_owned)
        .collect();
    assert_eq!(
        told,
        [
            "warning: openai-compatible/m turned the request away (HTTP 429): status 429; attempt 2 of 3 in 0.0 s",
            "warning: openai-compatible/m turned the request away (HTTP 503): status 503; attempt 3 of 3 in 0.0 s",
        ]
    );
}

/// In the order of the settings, each time with a word; the rules at the end, and the header says who.
#[test]
fn the_next_is_asked_where_one_cannot_answer() {
    let broken = Server::start(|_, _| fails(400, ""));
    let prose = Server::start(|_, _| says("I would rather not."));
    let good = Server::start(|_, _| says(GOOD));
    let models = [
        ("a", broken.port, ""),
        ("b", prose.port, ""),
        ("c", good.port, ""),
    ];
    let project = asking(&models, "['a', 'b', 'c', 'rules']", "");
    let ended = project.succeeds(["build", "--author", "llm"]);
    assert!(
        ended
            .stderr()
            .contains("[SS-MODEL-002]; b is asked instead"),
        "{}",
        ended.stderr()
    );
    assert!(
        ended
            .stderr()
            .contains("[SS-AUTHOR-003]; c is asked instead"),
        "{}",
        ended.stderr()
    );
    assert!(
        project
            .read(MODULE)
            .contains("# author = \"llm/1 openai-compatible/c\"\n")
    );
    let project = asking(&models, "['a', 'b', 'rules']", "");
    project.succeeds(["build", "--author", "llm"]);
    assert!(project.read(MODULE).contains("# author = \"rules/"));
}

#[test]
fn a_model_is_told_what_was_wrong() {
    let server = Server::start(|at, _| match at {
        0 => says(&GOOD.replace("[2]", "[9]")),
        _ => says(GOOD),
    });
    let project = asking(&[("m", server.port, "")], "['m']", "");
    let settings = project
        .read("silversmith.toml")
        .replace("repairs = 0", "repairs = 1");
    project.write("silversmith.toml", &settings);
    project.succeeds(BUILD);
    let last = server.received().pop().unwrap().json();
    let said = last["messages"].as_array().unwrap().last().unwrap()["content"].clone();
    assert!(said.as_str().unwrap().contains("SS-PLAN-"), "{said}");
}

#[test]
fn a_budget_that_is_spent_stops_before_anything_is_sent() {
    let server = Server::start(|_, _| says(GOOD));
    for limit in [
        "[budget.build]\ntokens = 1500",
        "[budget.day]\ntokens = 1500",
        "[budget.person_day]\nmoney = '0.003'",
    ] {
        let project = one(server.port, limit);
        let (status, document) = project.json(BUILD);
        assert_eq!(
            (status, code(&document)),
            (5, "SS-BUDGET-001"),
            "{limit}: {document}"
        );
        assert!(server.received().is_empty(), "{limit}");
        assert!(cost(&project).is_empty());
    }
    // What was used counts, not what was feared: the second request fits because the first was settled.
    let project = one(server.port, "[budget.day]\ntokens = 8000");
    project.succeeds(BUILD);
    project.succeeds([&BUILD[..], &["--fresh"]].concat());
    let (status, _) = project.json([&BUILD[..], &["--fresh"]].concat());
    assert!(matches!(status, 0 | 5));
    assert_eq!(
        server.received().len() as u64,
        cost(&project)[0]["requests"].as_u64().unwrap()
    );
}

/// Five failures in a row, and the provider is left alone for a minute.
#[test]
fn a_provider_that_keeps_failing_is_spared() {
    let server = Server::start(|_, _| fails(500, ""));
    let project = asking(&[("m", server.port, "retries = 0")], "['m']", "");
    for _ in 0..5 {
        assert_eq!(code(&project.json(BUILD).1), "SS-MODEL-002");
    }
    let (status, document) = project.json(BUILD);
    assert_eq!((status, code(&document)), (1, "SS-AUTHOR-016"));
    assert_eq!(server.received().len(), 5);
}

#[test]
fn without_a_model_or_a_record_it_says_so() {
    let project = Project::with_table("t.csv", CSV);
    let (status, document) = project.json(BUILD);
    assert_eq!((status, code(&document)), (2, "SS-AUTHOR-015"));
    let project = one(1, "");
    let (status, document) = project.json(["build", "--author", "replay"]);
    assert_eq!((status, code(&document)), (1, "SS-AUTHOR-018"));
}

#[test]
fn production_asks_for_a_fixed_version() {
    let project = asking(&[("m", 1, "")], "['m']", "");
    let settings = project
        .read("silversmith.toml")
        .replace("openai-compatible", "openai");
    project.write("silversmith.toml", &settings);
    let (status, document) = project.json([&BUILD[..], &["--profile", "production"]].concat());
    assert_eq!(
        (status, code(&document)),
        (2, "SS-AUTHOR-017"),
        "{document}"
    );
}

/// The export of a build says all that it takes, on a machine that has neither project nor key.
#[test]
fn a_build_is_reproduced_elsewhere_from_its_export() {
    let server = Server::start(|_, _| says(GOOD));
    let project = one(server.port, "[intake]\nreport = 'sanitised'\n");
    project.succeeds(["build", "--author", "llm"]);
    project.succeeds(["reproduce", MODULE, "--export", "build.json"]);
    drop(server);
    let elsewhere = Project::empty();
    elsewhere.write("module.py", &project.read(MODULE));
    elsewhere.write("build.json", &project.read("build.json"));
    elsewhere.succeeds(["reproduce", "module.py", "--from", "build.json"]);
    let (status, document) = elsewhere.json(["reproduce", "module.py"]);
    assert_eq!((status, code(&document)), (2, "SS-BUILD-003"));
    // One byte of the reply, and it is another build.
    let mut export: Value = serde_json::from_str(&elsewhere.read("build.json")).unwrap();
    let reply = export["files"]["reply"]
        .as_str()
        .unwrap()
        .replacen('e', "f", 1);
    export["files"]["reply"] = json!(reply);
    elsewhere.write("build.json", &export.to_string());
    let (status, document) = elsewhere.json(["reproduce", "module.py", "--from", "build.json"]);
    assert_eq!((status, code(&document)), (6, "SS-BUILD-004"), "{document}");
    for text in ["", "{}", "[]", "{\"format\":\"x\"}"] {
        elsewhere.write("build.json", text);
        let (status, _) = elsewhere.json(["reproduce", "module.py", "--from", "build.json"]);
        assert_eq!(status, 6, "{text}");
    }
}
