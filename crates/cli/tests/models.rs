//! Models as authors, against a server that answers as each test says: what is sent, what becomes of
//! every kind of answer, what it costs, and what is left on disk.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

#[path = "support/http.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "a helper of tests"
)]
mod http;
mod support;

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};

use http::{Received, Reply, Server};
use serde_json::{Value, json};
use support::{MODULE, Project};

const CSV: &str = "id,kind,seen\n1,A ,2024-01-05\n2,B,2024-01-06\n3,A,2024-02-07\n4,B ,2024-02-08\n5,A,2024-03-09\n";
const GOOD: &str = r#"{"tables":{"T1":{"keys":[1],"steps":[{"trim":[2]},{"cast":[1],"to":"integer"},{"parse_date":[3]}]}}}"#;
const KEY: &str = "key-0123456789-abcdefghij";
const BUILD: [&str; 4] = ["build", "--author", "llm", "--dry-run"];

/// A project that asks these models: name, port, more settings.
fn asking(models: &[(&str, u16, &str)], order: &str, settings: &str) -> Project {
    let project = Project::with_table("t.csv", CSV);
    let mut text = format!(
        "[author]\nllm = {order}\nrepairs = 0\n[secrets.key]\n[[secrets.key.sources]]\nkind = 'env'\n\
         variables = ['TEST_MODEL_KEY']\nfile = '.env'\n"
    );
    for (name, port, more) in models {
        text += &format!(
            "[author.models.{name}]\nprovider = 'openai-compatible'\nmodel = '{name}'\nsecret = 'key'\n\
             endpoint = 'http://127.0.0.1:{port}/v1'\nprice = {{ input = 1, output = 2 }}\nmax_tokens = 1000\n{more}\n"
        );
    }
    project.write("silversmith.toml", &(text + settings));
    project.write(".env", &format!("TEST_MODEL_KEY={KEY}\n"));
    project
}

fn one(port: u16, settings: &str) -> Project {
    asking(&[("m", port, "retries = 2")], "['m']", settings)
}

/// An answer in the form of OpenAI's chat completions.
fn says(text: &str) -> Reply {
    finishing(json!({ "role": "assistant", "content": text }), "stop")
}

fn finishing(message: Value, reason: &str) -> Reply {
    let body = json!({
        "id": "chat-1", "object": "chat.completion", "model": "m-2026-01-01",
        "choices": [{ "index": 0, "message": message, "finish_reason": reason }],
        "usage": { "prompt_tokens": 700, "completion_tokens": 300, "total_tokens": 1000 },
    });
    Reply::Answer(200, "", body.to_string())
}

fn fails(status: u16, headers: &'static str) -> Reply {
    let words = json!({ "error": { "message": format!("status {status}") } });
    Reply::Answer(status, headers, words.to_string())
}

fn code(document: &Value) -> &str {
    document["error"]["code"].as_str().unwrap_or_default()
}

/// The lines that `cost` has, without the day.
fn cost(project: &Project) -> Vec<Value> {
    let (status, document) = project.json(["cost"]);
    assert_eq!(status, 0);
    let mut lines = document["spent"].as_array().unwrap().clone();
    for line in &mut lines {
        let line = line.as_object_mut().unwrap();
        line.remove("day");
        line.remove("person");
    }
    lines
}

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

#[test]
fn what_is_sent_is_the_prompt_and_nothing_else() {
    let server = Server::start(|_, _| says(GOOD));
    let project = asking(
        &[("m", server.port, "temperature = 0.0\nseed = 7")],
        "['m']",
        "",
    );
    let (_, shown) = project.json(["build", "--author", "llm", "--dry-run", "--show-prompt"]);
    assert!(server.received().is_empty());
    project.succeeds(BUILD);
    let [request]: [Received; 1] = server.received().try_into().unwrap();
    assert_eq!(request.line, "POST /v1/chat/completions HTTP/1.1");
    assert_eq!(
        request.header("authorization"),
        Some(format!("Bearer {KEY}").as_str())
    );
    assert!(
        request
            .header("x-silversmith-run-id")
            .unwrap()
            .starts_with("build-20260125_")
    );
    assert_eq!(request.header("accept-encoding"), None);
    let body = request.json();
    let contents = |messages: &Value| -> Vec<Value> {
        messages
            .as_array()
            .unwrap()
            .iter()
            .map(|m| m["content"].clone())
            .collect()
    };
    assert_eq!(contents(&body["messages"]), contents(&shown["messages"]));
    assert_eq!(
        (&body["temperature"], &body["seed"]),
        (&json!(0.0), &json!(7))
    );
    let schema = &body["response_format"]["json_schema"];
    assert_eq!(schema["strict"], json!(true));
    assert_eq!(schema["schema"]["additionalProperties"], json!(false));
    assert_eq!(shown["most"]["output"], json!(1000));
    assert!(shown["most"]["money"].is_string() && shown["schema_tokens"].as_u64() > Some(100));
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

/// A provider that sends without end costs a process, and one that never answers costs its time; neither
/// costs this one.
#[test]
fn what_does_not_end_is_ended() {
    for (reply, more, expected) in [
        (
            (|| Reply::Endless) as fn() -> Reply,
            "retries = 0\ntimeout_seconds = 60",
            "SS-MODEL-006",
        ),
        (
            || Reply::Hang,
            "retries = 0\ntimeout_seconds = 1",
            "SS-MODEL-004",
        ),
    ] {
        let server = Server::start(move |_, _| reply());
        let project = asking(&[("m", server.port, more)], "['m']", "");
        let (status, document) = project.json(BUILD);
        assert_eq!((status, code(&document)), (1, expected), "{document}");
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

/// A key that was rotated is picked up while the build goes on.
#[test]
fn a_key_that_is_refused_is_got_anew_once() {
    let server = Server::start(|_, request| match request.header("authorization") {
        Some("Bearer key-new-0123456789") => says(GOOD),
        _ => Reply::Answer(
            401,
            "",
            json!({"error": {"message": format!("{KEY} is no key")}}).to_string(),
        ),
    });
    let project = one(server.port, "");
    let (_, document) = project.json(BUILD);
    assert_eq!(code(&document), "SS-MODEL-001");
    // What the provider says of it is shown without it.
    assert!(
        document["error"]["message"]
            .as_str()
            .unwrap()
            .contains("… is no key"),
        "{document}"
    );
    // The key is new the second time that the program prints one.
    project.write(
        "key.sh",
        &format!(
            "[ -e used ] && k=key-new-0123456789 || k={KEY}\ntouch used\nprintf '{{\"Version\":1,\"Secret\":\"%s\"}}' $k\n"
        ),
    );
    let settings = project.read("silversmith.toml").replace(
        "kind = 'env'\nvariables = ['TEST_MODEL_KEY']\nfile = '.env'",
        "kind = 'exec'\ncommand = ['sh', 'key.sh']",
    );
    project.write("silversmith.toml", &settings);
    project.succeeds(BUILD);
}

/// Without a key nothing is sent, and in production the environment is no place for one.
#[test]
fn without_a_key_nothing_is_sent() {
    let server = Server::start(|_, _| says(GOOD));
    let project = one(server.port, "");
    let production = [&BUILD[..], &["--profile", "production"]].concat();
    let (status, document) = project.json(production);
    assert_eq!(
        (status, code(&document)),
        (4, "SS-SECRET-011"),
        "{document}"
    );
    project.write(".env", "");
    let (status, document) = project.json(BUILD);
    assert_eq!(
        (status, code(&document)),
        (4, "SS-SECRET-010"),
        "{document}"
    );
    assert!(server.received().is_empty());
    let audit = project.read(".silversmith/audit.jsonl");
    let actions: Vec<String> = audit
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["action"].to_string())
        .collect();
    assert_eq!(
        actions,
        [
            "\"requested\"",
            "\"unavailable\"",
            "\"requested\"",
            "\"unavailable\""
        ]
    );
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

/// An answer with the key in it goes nowhere: not into a module, a record, or an error.
#[test]
fn a_secret_stops_at_the_edge() {
    let server = Server::start(|_, _| {
        says(&GOOD.replace(
            "\"trim\":[2]",
            &format!("\"fill_null\":[2],\"literal\":{{\"text\":\"{KEY}\"}}"),
        ))
    });
    let project = one(server.port, "");
    let ended = project.run(["build", "--author", "llm"]);
    assert_eq!(ended.status(), 1);
    assert!(
        ended
            .stderr()
            .contains("[SS-SECRET-005]: the model's answer holds a secret that is in use")
    );
    assert!(!ended.stderr().contains(KEY));
    assert_eq!(
        project.names(".silversmith/exchanges"),
        Vec::<String>::new()
    );
}

/// A request goes through the proxy that the settings name, and through none of the environment's.
#[test]
fn a_proxy_is_the_one_of_the_settings() {
    let proxy = Server::start(|_, _| says(GOOD));
    let more = format!("proxy = 'http://127.0.0.1:{}'", proxy.port);
    let project = asking(&[("m", 1, &more)], "['m']", "");
    project.succeeds(BUILD);
    let [request]: [Received; 1] = proxy.received().try_into().unwrap();
    assert_eq!(
        request.line,
        "POST http://127.0.0.1:1/v1/chat/completions HTTP/1.1"
    );
    let server = Server::start(|_, _| says(GOOD));
    let project = one(server.port, "");
    let mut command = project.command(BUILD);
    for variable in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"] {
        command.env(variable, format!("http://127.0.0.1:{}", proxy.port));
    }
    assert!(command.output().unwrap().status.success());
    assert_eq!((proxy.received().len(), server.received().len()), (1, 1));
}

/// A gateway with a certificate of the company's own is believed where the settings name it, and only
/// there.
#[test]
fn a_certificate_is_trusted_where_the_settings_name_it() {
    let project = asking(&[("m", 1, "")], "['m']", "");
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
        ])
        .args([
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=gateway",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
        ])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-keyout", "tls.key", "-out", "tls.pem"])
        .current_dir(project.path(""))
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let mut gateway = Command::new("python3")
        .args(["-c", GATEWAY, GOOD])
        .current_dir(project.path(""))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut port = String::new();
    BufReader::new(gateway.stdout.take().unwrap())
        .read_line(&mut port)
        .unwrap();
    let settings = project.read("silversmith.toml");
    let settings = settings.replace(
        "http://127.0.0.1:1/",
        &format!("https://127.0.0.1:{}/", port.trim()),
    );
    project.write(
        "silversmith.toml",
        &settings.replace("max_tokens", "retries = 0\nmax_tokens"),
    );
    let (_, stranger) = project.json(BUILD);
    let trusting = settings.replace("max_tokens", "ca = 'tls.pem'\nmax_tokens");
    project.write("silversmith.toml", &trusting);
    let (status, document) = project.json(BUILD);
    gateway.kill().unwrap();
    gateway.wait().unwrap();
    assert_eq!(code(&stranger), "SS-MODEL-003", "{stranger}");
    assert!(
        stranger["error"]["message"]
            .as_str()
            .unwrap()
            .contains("certificate"),
        "{stranger}"
    );
    assert_eq!(status, 0, "{document}");
    project.write("tls.pem", "no certificate");
    let (_, document) = project.json([&BUILD[..], &["--fresh"]].concat());
    assert!(code(&document).starts_with("SS-MODEL-00"), "{document}");
}

const GATEWAY: &str = "
import http.server, json, ssl, sys
class Gateway(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers['content-length']))
        message = {'role': 'assistant', 'content': sys.argv[1]}
        body = json.dumps({'model': 'm', 'choices': [{'message': message, 'finish_reason': 'stop'}]}).encode()
        self.send_response(200)
        self.send_header('content-type', 'application/json')
        self.send_header('content-length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *words):
        pass
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Gateway)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain('tls.pem', 'tls.key')
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
";

/// A build that crashes while it holds a key leaves no core file, however much of one may be written.
#[test]
fn no_core_file_holds_a_key() {
    let server = Server::start(|_, _| Reply::Hang);
    let project = one(server.port, "");
    let mut building = Command::new("sh")
        .args([
            "-c",
            "ulimit -c unlimited; exec \"$0\" \"$@\"",
            env!("CARGO_BIN_EXE_silversmith"),
        ])
        .args(BUILD)
        .current_dir(project.path(""))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // The request is there: so is the key.
    while server.received().is_empty() {
        assert_eq!(building.try_wait().unwrap(), None);
        std::thread::yield_now();
    }
    let aborted = Command::new("kill")
        .args(["-ABRT", &building.id().to_string()])
        .status();
    assert!(aborted.unwrap().success());
    let status = building.wait().unwrap();
    assert_eq!((status.signal(), status.core_dumped()), (Some(6), false));
}

/// A token of a known format is no text of a module, whoever wrote it.
#[test]
fn a_token_does_not_get_into_a_module() {
    let token = ["ghp_", "0123456789abcdefghij0123456789abcdefghij"].concat();
    let plan = GOOD.replace(
        "{\"trim\":[2]}",
        &format!("{{\"replace_text\":[2],\"find\":\"A\",\"with\":\"{token}\"}}"),
    );
    let project = Project::with_table("t.csv", CSV);
    project.write(
        "author.sh",
        &format!("cat > /dev/null\ncat <<'E'\n{plan}\nE\n"),
    );
    project.write(
        "silversmith.toml",
        "[author.exec]\ncommand = ['sh', 'author.sh']\n",
    );
    let ended = project.run(["build", "--author", "exec"]);
    let told = ended.stderr();
    assert!(
        told.contains("[SS-SECRET-005]: the module holds a token of GitHub"),
        "{told}"
    );
    assert!(!told.contains(&token));
}

/// After a build the key is nowhere but where it came from, in no form.
#[test]
fn a_key_is_left_nowhere() {
    let server = Server::start(|_, _| says(GOOD));
    let project = one(server.port, "");
    let ended = project.succeeds(["build", "--author", "llm", "-v"]);
    assert!(!ended.stderr().contains(KEY) && !ended.stdout().contains(KEY));
    let secret = silversmith_types::Secret::parse(KEY.as_bytes().to_vec()).unwrap();
    let scan = silversmith_secrets::scan::Scan::new([&secret]);
    let mut folders = vec![project.path("")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            match entry.file_type().unwrap().is_dir() {
                true => folders.push(path),
                false if path.ends_with(".env") => {}
                false => {
                    files += 1;
                    let bytes = std::fs::read(&path).unwrap();
                    let found = scan
                        .find(&bytes)
                        .filter(|leak| leak.what.contains("in use"));
                    assert_eq!(found, None, "{}", path.display());
                }
            }
        }
    }
    assert!(files > 15, "{files}");
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
