//! Projects that ask models of a server that answers as a test says.

use serde_json::{Value, json};

use crate::http::Reply;
use crate::support::Project;

pub const CSV: &str = "id,kind,seen\n1,A ,2024-01-05\n2,B,2024-01-06\n3,A,2024-02-07\n4,B ,2024-02-08\n5,A,2024-03-09\n";
pub const GOOD: &str = r#"{"tables":{"T1":{"keys":[1],"steps":[{"trim":[2]},{"cast":[1],"to":"integer"},{"parse_date":[3]}]}}}"#;
pub const KEY: &str = "key-0123456789-abcdefghij";
pub const BUILD: [&str; 4] = ["build", "--author", "llm", "--dry-run"];

/// A project that asks these models: name, port, more settings.
pub fn asking(models: &[(&str, u16, &str)], order: &str, settings: &str) -> Project {
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

pub fn one(port: u16, settings: &str) -> Project {
    asking(&[("m", port, "retries = 2")], "['m']", settings)
}

/// An answer in the form of OpenAI's chat completions.
pub fn says(text: &str) -> Reply {
    finishing(json!({ "role": "assistant", "content": text }), "stop")
}

pub fn finishing(message: Value, reason: &str) -> Reply {
    let body = json!({
        "id": "chat-1", "object": "chat.completion", "model": "m-2026-01-01",
        "choices": [{ "index": 0, "message": message, "finish_reason": reason }],
        "usage": { "prompt_tokens": 700, "completion_tokens": 300, "total_tokens": 1000 },
    });
    Reply::Answer(200, "", body.to_string())
}

pub fn fails(status: u16, headers: &'static str) -> Reply {
    let words = json!({ "error": { "message": format!("status {status}") } });
    Reply::Answer(status, headers, words.to_string())
}

pub fn code(document: &Value) -> &str {
    document["error"]["code"].as_str().unwrap_or_default()
}

/// The lines that `cost` has, without the day.
pub fn cost(project: &Project) -> Vec<Value> {
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
