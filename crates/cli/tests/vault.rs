//! Keys from a real OpenBao: how they are got, kept alive, given back, rotated and refused, and what
//! its own log says of that.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

#[path = "support/http.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "a helper of tests"
)]
mod http;
#[path = "support/services.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "a helper of tests"
)]
mod services;
mod support;

use std::io::Write as _;
use std::process::Stdio;

use http::{Received, Reply, Server};
use serde_json::{Value, json};
use services::Bao;
use silversmith_secrets::{Journal, SecretRequest, SecretSettings, SecretUse, obtain};
use support::Project;

const CSV: &str = "id,kind\n1,A \n2,B\n3,A\n4,B \n5,A\n";
const GOOD: &str = r#"{"tables":{"T1":{"keys":[1],"steps":[{"trim":[2]}]}}}"#;
const FIRST: &str = "key-first-0123456789";
const SECOND: &str = "key-second-0123456789";
const BUILD: [&str; 5] = ["build", "--author", "llm", "--dry-run", "--fresh"];

fn good(_: usize, _: &Received) -> Reply {
    let body = json!({
        "model": "m", "choices": [{ "message": { "content": GOOD }, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": 7, "completion_tokens": 3 },
    });
    Reply::Answer(200, "", body.to_string())
}

/// A vault with a key in it, that gives the role `builder` the right to read it.
fn vault() -> Option<Bao> {
    let bao = Bao::start(&services::installed()?);
    bao.write(
        "secret/data/llm/openai",
        &json!({ "data": { "api_key": FIRST, "note": "kept" } }),
    );
    let policy = "path \"secret/data/llm/*\" { capabilities = [\"read\", \"update\"] }";
    bao.write("sys/policies/acl/builder", &json!({ "policy": policy }));
    bao.write("sys/auth/approle", &json!({ "type": "approle" }));
    let role = json!({ "token_policies": "builder", "token_ttl": "20s", "token_max_ttl": "10m" });
    bao.write("auth/approle/role/builder", &role);
    Some(bao)
}

fn role_id(bao: &Bao) -> String {
    let (_, answer) = bao.ask(
        "GET",
        "auth/approle/role/builder/role-id",
        &[],
        &Value::Null,
    );
    answer["data"]["role_id"].as_str().unwrap().to_owned()
}

fn secret_id(bao: &Bao) -> String {
    let answer = bao.write("auth/approle/role/builder/secret-id", &json!({}));
    answer["data"]["secret_id"].as_str().unwrap().to_owned()
}

/// A one-use token in whose place the vault gives what a request would have given.
fn wrapped(bao: &Bao, path: &str, body: &Value) -> String {
    let (_, answer) = bao.ask("POST", path, &["X-Vault-Wrap-TTL: 300"], body);
    answer["wrap_info"]["token"].as_str().unwrap().to_owned()
}

/// A project that asks a model server with the vault's key, and logs in like this.
fn project(model: u16, vault: u16, login: &str) -> Project {
    let project = Project::with_table("t.csv", CSV);
    project.write(
        "silversmith.toml",
        &format!(
            "[author]\nllm = ['m']\nrepairs = 0\n\
             [author.models.m]\nprovider = 'openai-compatible'\nmodel = 'm'\nsecret = 'key'\n\
             endpoint = 'http://127.0.0.1:{model}/v1'\nretries = 1\n\
             [secrets.key]\nmax_age_days = 30\n[[secrets.key.sources]]\nkind = 'vault'\n\
             address = 'http://127.0.0.1:{vault}'\npath = 'llm/openai'\nfield = 'api_key'\n\
             [secrets.key.sources.login]\n{login}\n"
        ),
    );
    project
}

/// The usual login, with its secret id in a file.
fn by_role(bao: &Bao, model: u16) -> Project {
    let login = format!(
        "kind = 'approle'\nrole_id = '{}'\nsecret_id_file = 'secret-id'",
        role_id(bao)
    );
    let project = project(model, bao.port(), &login);
    project.write("secret-id", &secret_id(bao));
    project
}

fn code(document: &Value) -> &str {
    document["error"]["code"].as_str().unwrap_or_default()
}

/// What the project's own log has of its secrets: action, accessor, version.
fn uses(project: &Project) -> Vec<(String, Value)> {
    let text = project.read(".silversmith/audit.jsonl");
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines
        .map(|line| (line["action"].as_str().unwrap().to_owned(), line))
        .collect()
}

fn actions(project: &Project) -> Vec<String> {
    uses(project)
        .into_iter()
        .map(|(action, _)| action)
        .collect()
}

/// The paths that the vault was asked for with a run id of ours, in order, with the run ids.
fn asked_of(bao: &Bao) -> Vec<(String, String)> {
    let ours = |line: &Value| {
        let run = line["request"]["headers"]["x-silversmith-run-id"][0].as_str()?;
        let path = line["request"]["path"].as_str()?;
        (line["type"] == "response").then(|| (path.to_owned(), run.to_owned()))
    };
    bao.audit().iter().filter_map(ours).collect()
}

fn keys_sent(server: &Server) -> Vec<String> {
    let received = server.received();
    let keys = received
        .iter()
        .map(|request| request.header("authorization").unwrap());
    keys.map(|value| value.trim_start_matches("Bearer ").to_owned())
        .collect()
}

#[test]
fn a_key_is_leased_for_a_build_and_given_back() {
    let Some(bao) = vault() else { return };
    let server = Server::start(good);
    let project = by_role(&bao, server.port);
    project.succeeds(BUILD);
    assert_eq!(keys_sent(&server), [FIRST]);
    // Our log: intent, lease, end; by accessor and version.
    let used = uses(&project);
    assert_eq!(actions(&project), ["requested", "obtained", "revoked"]);
    let obtained = &used[1].1;
    assert_eq!(
        (&obtained["version"], &obtained["lease_seconds"]),
        (&json!("1"), &json!(20))
    );
    let run = obtained["run_id"].as_str().unwrap();
    assert_eq!(
        server.received()[0].header("x-silversmith-run-id"),
        Some(run)
    );
    // Its log: the same run for each request, and no plaintext of anything.
    let paths: Vec<String> = asked_of(&bao)
        .into_iter()
        .map(|(path, by)| {
            assert_eq!(by, run);
            path
        })
        .collect();
    assert_eq!(
        paths,
        [
            "auth/approle/login",
            "secret/data/llm/openai",
            "auth/token/revoke-self"
        ]
    );
    assert!(!bao.audit_text().contains(FIRST));
    // The token is gone.
    let accessor = json!({ "accessor": obtained["accessor"] });
    let (status, answer) = bao.ask("POST", "auth/token/lookup-accessor", &[], &accessor);
    assert!(matches!(status, 400..=404), "{status} {answer}");
    key_is_nowhere(&project, FIRST);
}

/// In no file of the project in any form, and in no other place that a build leaves something.
fn key_is_nowhere(project: &Project, key: &str) {
    let secret = silversmith_types::Secret::parse(key.as_bytes().to_vec()).unwrap();
    let scan = silversmith_secrets::scan::Scan::new([&secret]);
    let mut folders = vec![project.path("")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            match entry.file_type().unwrap().is_dir() {
                true => folders.push(entry.path()),
                false => {
                    let bytes = std::fs::read(entry.path()).unwrap();
                    let found = scan
                        .find(&bytes)
                        .filter(|leak| leak.what.contains("in use"));
                    assert_eq!(found, None, "{}", entry.path().display());
                }
            }
        }
    }
}

#[test]
fn a_one_use_token_works_once() {
    let Some(bao) = vault() else { return };
    let server = Server::start(good);
    let login = format!(
        "kind = 'approle'\nrole_id = '{}'\nsecret_id_file = 'token'\nwrapped = true",
        role_id(&bao)
    );
    let of_secret_id = project(server.port, bao.port(), &login);
    let token = wrapped(&bao, "auth/approle/role/builder/secret-id", &json!({}));
    of_secret_id.write("token", &token);
    let login = "kind = 'wrapped-token'\ntoken_file = 'token'";
    let of_token = project(server.port, bao.port(), login);
    let token = wrapped(
        &bao,
        "auth/token/create",
        &json!({ "policies": ["builder"], "ttl": "5m" }),
    );
    of_token.write("token", &token);
    for project in [of_secret_id, of_token] {
        let sent = server.received().len();
        project.succeeds(BUILD);
        let (status, document) = project.json(BUILD);
        assert_eq!(
            (status, code(&document)),
            (4, "SS-SECRET-018"),
            "{document}"
        );
        assert_eq!(server.received().len(), sent + 1);
        assert_eq!(actions(&project).last().unwrap(), "unavailable");
    }
}

/// An OpenID Connect server says who we are, and the vault believes it.
#[test]
fn a_signed_token_of_somebody_trusted_logs_in() {
    let Some(bao) = vault() else { return };
    let oidc = services::oidc(&services::installed().unwrap());
    let server = Server::start(good);
    let issuer = format!("http://127.0.0.1:{}", oidc.port);
    bao.write("sys/auth/jwt", &json!({ "type": "jwt" }));
    bao.write("auth/jwt/config", &json!({ "oidc_discovery_url": issuer }));
    let role = json!({
        "role_type": "jwt", "user_claim": "client_id", "bound_audiences": "urn:silversmith:vault",
        "bound_claims": { "client_id": "silversmith" }, "token_policies": "builder", "token_ttl": "1m",
    });
    bao.write("auth/jwt/role/builder", &role);
    let login = format!(
        "kind = 'jwt'\nrole = 'builder'\n[secrets.key.sources.login.oidc]\ntoken_url = '{issuer}/token'\n\
         client_id = 'silversmith'\nclient_secret_file = 'client-secret'\nscope = 'generate'"
    );
    let project = project(server.port, bao.port(), &login);
    project.write("client-secret", "client-secret-of-the-test\n");
    project.succeeds(BUILD);
    assert_eq!(keys_sent(&server), [FIRST]);
    // A client that is not the one it says: no token, and nothing is asked of vault or model.
    project.write("client-secret", "another");
    let asked = asked_of(&bao).len();
    let (status, document) = project.json(BUILD);
    assert_eq!(
        (status, code(&document)),
        (4, "SS-SECRET-017"),
        "{document}"
    );
    assert_eq!((asked_of(&bao).len(), server.received().len()), (asked, 1));
}

/// A provider that keeps a build waiting for more than half of the lease: it is renewed before the next
/// attempt.
#[test]
fn a_lease_is_renewed_while_a_build_takes_long() {
    let Some(bao) = vault() else { return };
    let server = Server::start(|at, request| match at {
        0 => Reply::Answer(429, "retry-after: 11\r\n", "{}".to_owned()),
        _ => good(at, request),
    });
    let project = by_role(&bao, server.port);
    project.succeeds(BUILD);
    assert_eq!(
        actions(&project),
        ["requested", "obtained", "renewed", "revoked"]
    );
    let paths: Vec<String> = asked_of(&bao).into_iter().map(|(path, _)| path).collect();
    assert!(
        paths.contains(&"auth/token/renew-self".to_owned()),
        "{paths:?}"
    );
}

#[test]
fn a_rotated_key_is_the_one_that_the_next_build_uses() {
    let Some(bao) = vault() else { return };
    let server = Server::start(good);
    let project = by_role(&bao, server.port);
    project.succeeds(BUILD);
    let mut rotate = project.command(["secret", "rotate", "key"]);
    let mut rotating = rotate
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = rotating.stdin.take().unwrap();
    stdin.write_all(SECOND.as_bytes()).unwrap();
    drop(stdin);
    let said = rotating.wait_with_output().unwrap();
    assert_eq!(
        String::from_utf8_lossy(&said.stdout),
        "key is now version 2\n"
    );
    project.succeeds(BUILD);
    assert_eq!(keys_sent(&server), [FIRST, SECOND]);
    let (_, answer) = bao.ask("GET", "secret/data/llm/openai", &[], &Value::Null);
    assert_eq!(
        answer["data"]["data"],
        json!({ "api_key": SECOND, "note": "kept" })
    );
    let (status, document) = project.json(["secret", "test", "key"]);
    assert_eq!((status, &document["facts"]["version"]), (0, &json!("2")));
    let (_, document) = project.json(["secret", "list"]);
    assert_eq!(document["secrets"][0]["models"], json!(["m"]));
    key_is_nowhere(&project, SECOND);
}

/// How old a key is, the vault says: too old is a warning, and in production a refusal.
#[test]
fn a_key_that_is_too_old_is_told_or_refused() {
    let Some(bao) = vault() else { return };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("secret-id"), secret_id(&bao)).unwrap();
    let settings: SecretSettings = toml::from_str(&format!(
        "max_age_days = 30\n[[sources]]\nkind = 'vault'\naddress = 'http://127.0.0.1:{}'\npath = 'llm/openai'\n\
         field = 'api_key'\nlogin = {{ kind = 'approle', role_id = '{}', secret_id_file = 'secret-id' }}",
        bao.port(),
        role_id(&bao),
    ))
    .unwrap();
    let obtained = |now: &str, production| {
        let request = SecretRequest {
            name: "key",
            settings: &settings,
            purpose: "test",
            run_id: "run-1",
            principal: "alice",
            folder: folder.path(),
            production,
            now: now.parse().unwrap(),
            environment: &|_| None,
        };
        obtain(&request, &mut Forgetful)
    };
    let fresh = obtained("2000-01-01T00:00:00Z", true).unwrap();
    assert_eq!(fresh.warnings(), Vec::<String>::new());
    let old = obtained("2099-01-01T00:00:00Z", false).unwrap();
    assert!(
        old.warnings()[0].contains("days old, and 30 are allowed"),
        "{:?}",
        old.warnings()
    );
    let refused = obtained("2099-01-01T00:00:00Z", true).err().unwrap();
    assert_eq!(refused.code(), "SS-SECRET-002");
}

/// Keeps nothing of what it is told.
struct Forgetful;

impl Journal for Forgetful {
    fn record(&mut self, _: &SecretUse) -> std::io::Result<()> {
        Ok(())
    }
}

/// Somebody else wrote a version between our reading and our writing.
#[test]
fn a_rotation_does_not_write_over_another() {
    let vault = Server::start(|_, request| {
        let answer = match request.line.as_str() {
            line if line.contains("/login") => {
                json!({ "auth": { "client_token": "t", "lease_duration": 9 } })
            }
            line if line.starts_with("GET") => {
                json!({ "data": { "data": { "api_key": FIRST }, "metadata": { "version": 3 } } })
            }
            line if line.contains("/data/") => {
                assert_eq!(request.json()["options"]["cas"], json!(3));
                let errors = ["check-and-set parameter did not match the current version"];
                return Reply::Answer(400, "", json!({ "errors": errors }).to_string());
            }
            _ => json!({}),
        };
        Reply::Answer(200, "", answer.to_string())
    });
    let login = "kind = 'approle'\nrole_id = 'r'\nsecret_id_file = 'secret-id'";
    let project = project(1, vault.port, login);
    project.write("secret-id", "s");
    let rotate = |name: &str, value: &str| {
        let mut command = project.command(["secret", "rotate", name, "--json"]);
        let mut rotating = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // One that refuses before it reads has closed its end.
        _ = rotating.stdin.take().unwrap().write_all(value.as_bytes());
        let ended = rotating.wait_with_output().unwrap();
        let document: Value = serde_json::from_slice(&ended.stdout).unwrap();
        (ended.status.code().unwrap(), code(&document).to_owned())
    };
    assert_eq!(rotate("key", SECOND), (4, "SS-SECRET-021".to_owned()));
    assert_eq!(rotate("key", "two words"), (2, "SS-SECRET-006".to_owned()));
    assert_eq!(rotate("key", ""), (2, "SS-SECRET-006".to_owned()));
    assert_eq!(rotate("none", SECOND), (2, "SS-SECRET-004".to_owned()));
}

/// Sealed, gone, forbidden, not there: each is told apart, and nothing is sent.
#[test]
fn without_the_vault_nothing_is_sent() {
    let Some(bao) = vault() else { return };
    let server = Server::start(good);
    let usual = by_role(&bao, server.port);
    let with = |from: &str, to: &str| {
        let project = by_role(&bao, server.port);
        project.write(
            "silversmith.toml",
            &project.read("silversmith.toml").replace(from, to),
        );
        project
    };
    let fails = |project: &Project, expected: &str| {
        let (status, document) = project.json(BUILD);
        assert_eq!((status, code(&document)), (4, expected), "{document}");
    };
    fails(&with("llm/openai", "other/openai"), "SS-SECRET-017");
    fails(&with("llm/openai", "llm/nothing"), "SS-SECRET-010");
    fails(&with("'api_key'", "'password'"), "SS-SECRET-010");
    let wrong = by_role(&bao, server.port);
    wrong.write("secret-id", "wrong");
    fails(&wrong, "SS-SECRET-017");
    bao.ask("PUT", "sys/seal", &[], &Value::Null);
    fails(&usual, "SS-SECRET-016");
    drop(bao);
    fails(&usual, "SS-SECRET-015");
    assert!(server.received().is_empty());
}

/// What answers in the vault's place cannot hang, fill or lead us on.
#[test]
fn an_impostor_gets_nothing_and_does_no_harm() {
    let model = Server::start(good);
    type Script = fn(usize) -> Reply;
    let table: [(&str, Script, &str); 7] = [
        ("endless", |_| Reply::Endless, "SS-SECRET-019"),
        ("cut", |_| Reply::Cut, "SS-SECRET-015"),
        ("nothing", |_| Reply::Drop, "SS-SECRET-015"),
        (
            "no JSON",
            |_| Reply::Answer(200, "", "hello".into()),
            "SS-SECRET-019",
        ),
        (
            "deep",
            |_| Reply::Answer(200, "", "[".repeat(100_000)),
            "SS-SECRET-019",
        ),
        (
            "elsewhere",
            |_| Reply::Answer(307, "location: http://127.0.0.1:1/\r\n", String::new()),
            "SS-SECRET-017",
        ),
        (
            "a token of two lines",
            |_| {
                Reply::Answer(
                    200,
                    "",
                    json!({"auth": {"client_token": "a\r\nb: c"}}).to_string(),
                )
            },
            "SS-SECRET-012",
        ),
    ];
    for (what, script, expected) in table {
        let impostor = Server::start(move |at, _| script(at));
        let login = "kind = 'approle'\nrole_id = 'r'\nsecret_id_file = 'secret-id'";
        let project = project(model.port, impostor.port, login);
        project.write("secret-id", "s");
        let (status, document) = project.json(BUILD);
        assert_eq!(
            (status, code(&document)),
            (4, expected),
            "{what}: {document}"
        );
    }
    assert!(model.received().is_empty());
}

/// A token of this machine becomes a key of the provider, by the letter of the two specifications.
#[test]
fn workload_identity_is_exchanged_for_a_key() {
    let model = Server::start(good);
    for (grant, expected) in [
        (
            "token-exchange",
            "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&subject_token=eyJ.of.me\
             &subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Ajwt\
             &requested_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token\
             &audience=%2F%2Fprovider%2Fpool&scope=use+models",
        ),
        (
            "jwt-bearer",
            "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=eyJ.of.me\
             &audience=%2F%2Fprovider%2Fpool&scope=use+models",
        ),
    ] {
        let exchange = Server::start(|_, _| {
            let given =
                json!({ "access_token": FIRST, "token_type": "Bearer", "expires_in": 3600 });
            Reply::Answer(200, "", given.to_string())
        });
        let project = project(model.port, 1, "kind = 'token'\ntoken_file = 'f'");
        let settings = project.read("silversmith.toml");
        let (before, _) = settings.split_once("[[secrets.key.sources]]").unwrap();
        let source = format!(
            "[[secrets.key.sources]]\nkind = 'federation'\ntoken_url = 'http://127.0.0.1:{}/token'\ngrant = '{grant}'\n\
             token_file = 'token'\naudience = '//provider/pool'\nscope = 'use models'\n",
            exchange.port
        );
        project.write("silversmith.toml", &format!("{before}{source}"));
        project.write("token", "eyJ.of.me\n");
        project.succeeds(BUILD);
        let [request]: [Received; 1] = exchange.received().try_into().unwrap();
        assert_eq!(
            (request.line.as_str(), request.body.as_str()),
            ("POST /token HTTP/1.1", expected)
        );
        let kind = request.header("content-type");
        assert_eq!(kind, Some("application/x-www-form-urlencoded"));
    }
    assert_eq!(keys_sent(&model), [FIRST, FIRST]);
}
