use std::process::ExitCode;

use serde_json::json;
use silversmith_pipeline::{PipelineError, Project, ProjectKeys, find_runtime, prepare_runtime};
use silversmith_sandbox::probe;

use crate::args::Doctor;
use crate::output::{Colour, Output};

struct Line {
    name: String,
    required: bool,
    ok: bool,
    detail: String,
    /// Why it is missing, and what to change, where that was found.
    cause: Option<String>,
    remedy: Option<String>,
}

pub(crate) fn run(
    project: &Project,
    command: &Doctor,
    output: &Output,
) -> Result<ExitCode, PipelineError> {
    let layers = probe().into_iter().map(|layer| Line {
        name: format!("sandbox: {}", layer.name),
        required: layer.required,
        ok: layer.available,
        detail: layer.detail,
        cause: layer.cause,
        remedy: layer.remedy,
    });
    let mut lines: Vec<Line> = layers.collect();
    let runtime = match command.prepare {
        true => prepare_runtime(&output.progress()).map(Some),
        false => find_runtime(),
    };
    let runtime = runtime.map(|found| match found {
        Some(runtime) => runtime_text(&runtime),
        None => "prepared by the first build, or by `doctor --prepare`".to_owned(),
    });
    lines.push(line("python runtime", runtime));
    let key = ProjectKeys::load(project).map(|keys| keys.key_id());
    lines.push(line("signing key", key));
    Ok(report(&lines, output))
}

/// A line about what is no layer of the jail.
fn line(name: &str, found: Result<String, PipelineError>) -> Line {
    Line {
        name: name.to_owned(),
        required: true,
        ok: found.is_ok(),
        remedy: found.as_ref().err().and_then(PipelineError::help),
        detail: found.unwrap_or_else(|error| format!("{} {error}", error.code())),
        cause: None,
    }
}

fn report(lines: &[Line], output: &Output) -> ExitCode {
    let ready = lines.iter().all(|line| line.ok || !line.required);
    let checks: Vec<_> = lines
        .iter()
        .map(|l| {
            json!({
                "name": l.name, "required": l.required, "ok": l.ok, "detail": l.detail,
                "cause": l.cause, "remedy": l.remedy,
            })
        })
        .collect();
    let mut text = String::new();
    for line in lines {
        let mark = match (line.ok, line.required) {
            (true, _) => output.paint_result(Colour::Green, "ok     "),
            (false, true) => output.paint_result(Colour::Red, "missing"),
            (false, false) => output.paint_result(Colour::Yellow, "absent "),
        };
        text.push_str(&format!("{mark}  {:<32} {}\n", line.name, line.detail));
        let notes = [("because", &line.cause), ("remedy", &line.remedy)];
        for (head, note) in notes {
            if let Some(note) = note.as_ref().filter(|_| line.required) {
                text.push_str(&format!("         {head}: {note}\n"));
            }
        }
    }
    output.result(&json!({"ready": ready, "checks": checks}), &text);
    if ready {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    }
}

fn runtime_text(runtime: &silversmith_runtime::Runtime) -> String {
    let versions = runtime.versions();
    format!(
        "Python {}, Polars {} (sha256 {})",
        versions.python,
        versions.polars,
        runtime.digest()
    )
}
