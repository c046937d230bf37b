//! What goes to a model and what must not: the request, the way it takes, the key, and what is left of it.

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

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};

use asked::{BUILD, CSV, GOOD, KEY, asking, code, one, says};
use http::{Received, Reply, Server};
use serde_json::{Value, json};
use support::Project;

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
