//! Real servers: started in a scratch folder on a free port, ended with the test.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

/// Where `cargo xtask test` installs them. Without them a test is skipped, unless they are asked for.
pub fn installed() -> Option<PathBuf> {
    let usual = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/services");
    let folder = std::env::var_os("SILVERSMITH_SERVICES").map_or(usual, PathBuf::from);
    if folder.join("venv/bin/python").exists() {
        return Some(folder.canonicalize().unwrap());
    }
    assert!(
        std::env::var_os("SILVERSMITH_REQUIRE_SERVICES").is_none(),
        "the servers that tests ask are not installed in {}",
        folder.display()
    );
    eprintln!("skipped: the servers that tests ask are not installed (cargo xtask services)");
    None
}

/// A file beside this module's tests.
pub fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/services")
        .join(name)
}

/// A process that ends with the test, and all that it started.
pub struct Service {
    child: Child,
    /// Where it listens.
    pub port: u16,
    /// Its scratch folder.
    pub folder: tempfile::TempDir,
}

impl Service {
    /// Starts a server; `command` is given its folder and port. Returns when it answers on `path`.
    pub fn start(path: &str, command: impl Fn(&Path, u16) -> Command) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let log = std::fs::File::create(folder.path().join("service.log")).unwrap();
        let child = command(folder.path(), port)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .process_group(0)
            .spawn()
            .unwrap();
        let mut service = Self {
            child,
            port,
            folder,
        };
        // A minute on a busy machine, a few seconds otherwise.
        for _ in 0..600 {
            if let Some((200..=299, _)) = call(port, "GET", path, &[], &Value::Null) {
                return service;
            }
            if service.child.try_wait().unwrap().is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let log = std::fs::read_to_string(service.folder.path().join("service.log"));
        panic!("the server does not answer: {}", log.unwrap_or_default());
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let group = format!("-{}", self.child.id());
        _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        _ = self.child.wait();
    }
}

/// A program of the environment, by its interpreter: what it names at its head is where it was installed.
fn script(services: &Path, name: &str) -> Command {
    let bin = services.join("venv/bin");
    let mut command = Command::new(bin.join("python"));
    command.arg(bin.join(name));
    command
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Asks a server on this machine: status and JSON of the answer, or nothing where nobody answers.
pub fn call(
    port: u16,
    method: &str,
    path: &str,
    headers: &[&str],
    body: &Value,
) -> Option<(u16, Value)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .ok()?;
    let body = match body {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    // An answer to HTTP/1.0 comes in one piece and ends with the connection.
    let request = format!(
        "{method} {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n{headers}Content-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split_whitespace().nth(1)?.parse().ok()?;
    Some((status, serde_json::from_str(body).unwrap_or_default()))
}

/// llama.cpp with a model of random weights.
pub fn llama(services: &Path, key: &str) -> Service {
    Service::start("/health", |folder, port| {
        let mut command = Command::new(services.join("venv/bin/python"));
        command
            .arg(file("llama.py"))
            .arg(folder)
            .arg(port.to_string())
            .arg(key);
        command
    })
}

/// The proxy of LiteLLM with models that answer as they are told.
pub fn litellm(services: &Path, config: &Value) -> Service {
    Service::start("/health/liveliness", |folder, port| {
        // JSON is YAML.
        std::fs::write(folder.join("config.yaml"), config.to_string()).unwrap();
        let mut command = script(services, "litellm");
        command
            .args(["--config", "config.yaml", "--host", "127.0.0.1", "--port"])
            .args([&port.to_string(), "--telemetry", "False"])
            .current_dir(folder)
            .env("LITELLM_LOCAL_MODEL_COST_MAP", "True")
            .env("NO_PROXY", "*");
        command
    })
}

/// An OpenID Connect server.
pub fn oidc(services: &Path) -> Service {
    Service::start("/.well-known/openid-configuration", |_, port| {
        let mut command = Command::new("node");
        command
            .arg(file("oidc.mjs"))
            .arg(port.to_string())
            .current_dir(services.join("npm"));
        command
    })
}

/// OpenBao, with a token that may do everything.
pub struct Bao {
    service: Service,
    token: String,
}

impl Bao {
    /// In memory, unsealed, with an audit log in its folder.
    pub fn start(services: &Path) -> Self {
        let service = Service::start("/v1/sys/health", |folder, port| {
            let key = folder.join("static.key");
            std::fs::write(&key, [7; 32]).unwrap();
            let config = BAO
                .replace("PORT", &port.to_string())
                .replace("FOLDER", folder.to_str().unwrap());
            std::fs::write(folder.join("bao.hcl"), config).unwrap();
            let mut command = script(services, "bao");
            command
                .args(["server", "-config", "bao.hcl"])
                .current_dir(folder);
            command
        });
        let login = json!({ "password": "of-the-test" });
        let path = "/v1/auth/userpass/login/test";
        let (status, answer) = call(service.port, "POST", path, &[], &login).unwrap();
        assert_eq!(status, 200, "{answer}");
        let token = answer["auth"]["client_token"].as_str().unwrap().to_owned();
        let bao = Self { service, token };
        let header = "sys/config/auditing/request-headers/x-silversmith-run-id";
        bao.write(header, &json!({ "hmac": false }));
        bao
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.service.port
    }

    /// Asks as the one who may do everything.
    pub fn ask(&self, method: &str, path: &str, more: &[&str], body: &Value) -> (u16, Value) {
        let token = format!("X-Vault-Token: {}", self.token);
        let headers = [&[token.as_str()], more].concat();
        call(self.port(), method, &format!("/v1/{path}"), &headers, body).unwrap()
    }

    /// Writes, which must succeed.
    pub fn write(&self, path: &str, body: &Value) -> Value {
        let (status, answer) = self.ask("POST", path, &[], body);
        assert!(matches!(status, 200 | 204), "{path}: {status} {answer}");
        answer
    }

    /// The lines of its audit log.
    pub fn audit(&self) -> Vec<Value> {
        self.audit_text()
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect()
    }

    /// Its audit log as it stands.
    pub fn audit_text(&self) -> String {
        std::fs::read_to_string(self.service.folder.path().join("audit.log")).unwrap()
    }
}

const BAO: &str = r#"
seal "static" {
  current_key_id = "test-1"
  current_key    = "file://FOLDER/static.key"
}
storage "inmem" {}
listener "tcp" {
  address     = "127.0.0.1:PORT"
  tls_disable = true
}
api_addr = "http://127.0.0.1:PORT"
audit "file" "f" {
  options = { file_path = "FOLDER/audit.log" }
}
initialize "all" {
  request "kv" {
    operation = "update"
    path = "sys/mounts/secret"
    data = { type = "kv", options = { version = "2" } }
  }
  request "userpass" {
    operation = "update"
    path = "sys/auth/userpass"
    data = { type = "userpass" }
  }
  request "policy" {
    operation = "update"
    path = "sys/policies/acl/test"
    data = { policy = "path \"*\" { capabilities = [\"read\",\"list\",\"create\",\"update\",\"delete\",\"sudo\"] }" }
  }
  request "user" {
    operation = "update"
    path = "auth/userpass/users/test"
    data = { password = "of-the-test", token_policies = "test" }
  }
}
"#;
