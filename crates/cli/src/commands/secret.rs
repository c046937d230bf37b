use std::io::{IsTerminal as _, Read as _};
use std::process::ExitCode;

use serde_json::json;
use silversmith_pipeline::{
    FileError, PipelineError, Project, rotate_secret, secrets, test_secret,
};
use silversmith_types::Secret as Value;

use crate::args::Secret;
use crate::output::{Colour, Output};

/// Longest value that is read; more than any may have.
const MAX_VALUE: u64 = 64 << 10;

pub(crate) fn run(
    project: &Project,
    command: &Secret,
    output: &Output,
) -> Result<ExitCode, PipelineError> {
    match command {
        Secret::List => list(project, output),
        Secret::Test { name } => test(project, name, output)?,
        Secret::Rotate { name } => rotate(project, name, output)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list(project: &Project, output: &Output) {
    let listed = secrets(project);
    let mut text = String::new();
    let mut lines = Vec::new();
    for secret in &listed {
        let kinds: Vec<&str> = secret.settings.sources.iter().map(|s| s.kind()).collect();
        let age = secret.settings.max_age_days;
        lines.push(json!({
            "name": secret.name, "sources": kinds, "max_age_days": age, "models": secret.models,
        }));
        let used = match secret.models.as_slice() {
            [] => "no model uses it".to_owned(),
            models => format!("for {}", models.join(", ")),
        };
        let age = age.map_or(String::new(), |days| format!(", at most {days} days old"));
        text.push_str(&format!(
            "{}: {}{age}; {used}\n",
            secret.name,
            kinds.join(", then ")
        ));
    }
    output.result(&json!({ "secrets": lines }), &text);
    if listed.is_empty() {
        output.say("silversmith.toml names no secrets");
    }
}

fn test(project: &Project, name: &str, output: &Output) -> Result<(), PipelineError> {
    let (facts, warnings) = test_secret(project, name)?;
    for warning in &warnings {
        output.warn(warning);
    }
    let document = json!({ "secret": name, "facts": facts, "warnings": warnings });
    let good = output.paint_result(Colour::Green, "good");
    output.result(&document, &format!("{good}: {name} from {}", facts.source));
    if let Some(version) = &facts.version {
        output.say(format_args!("version: {version}"));
    }
    if let Some(created) = facts.created {
        output.say(format_args!("created: {created}"));
    }
    if let Some(expires) = facts.expires {
        output.say(format_args!("expires: {expires}"));
    }
    if let Some(seconds) = facts.lease_seconds {
        output.say(format_args!("lease:   {seconds} s, given back"));
    }
    Ok(())
}

fn rotate(project: &Project, name: &str, output: &Output) -> Result<(), PipelineError> {
    let unreadable = |source| FileError::Read {
        path: "standard input".into(),
        source,
    };
    if std::io::stdin().is_terminal() {
        output.say(format_args!("the new value of {name}, then Ctrl-D:"));
    }
    let mut value = Vec::new();
    let read = std::io::stdin().take(MAX_VALUE).read_to_end(&mut value);
    read.map_err(unreadable)?;
    let value = Value::parse(value).map_err(|why| PipelineError::NoValue { why })?;
    let version = rotate_secret(project, name, &value)?;
    let document = json!({ "secret": name, "version": version });
    output.result(&document, &format!("{name} is now version {version}"));
    Ok(())
}
