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
    });
    let mut lines: Vec<Line> = layers.collect();
    let runtime = match command.prepare {
        true => prepare_runtime(&output.progress()).map(Some),
        false => find_runtime(),
    };
    let (ok, detail) = match runtime {
        Ok(Some(runtime)) => (true, runtime_text(&runtime)),
        Ok(None) => (
            true,
            "prepared by the first build, or by `doctor --prepare`".to_owned(),
        ),
        Err(error) => (false, explain(&error)),
    };
    lines.push(Line {
        name: "python runtime".to_owned(),
        required: true,
        ok,
        detail,
    });
    let (ok, detail) = match ProjectKeys::load(project) {
        Ok(keys) => (true, keys.key_id()),
        Err(error) => (false, explain(&error)),
    };
    lines.push(Line {
        name: "signing key".to_owned(),
        required: true,
        ok,
        detail,
    });
    Ok(report(&lines, output))
}

fn explain(error: &PipelineError) -> String {
    let help = error
        .help()
        .map(|help| format!(" ({help})"))
        .unwrap_or_default();
    format!("{}: {error}{help}", error.code())
}

fn report(lines: &[Line], output: &Output) -> ExitCode {
    let ready = lines.iter().all(|line| line.ok || !line.required);
    let checks: Vec<_> = lines
        .iter()
        .map(|l| json!({"name": l.name, "required": l.required, "ok": l.ok, "detail": l.detail}))
        .collect();
    let mut text = String::new();
    for line in lines {
        let mark = match (line.ok, line.required) {
            (true, _) => output.paint_result(Colour::Green, "ok     "),
            (false, true) => output.paint_result(Colour::Red, "missing"),
            (false, false) => output.paint_result(Colour::Yellow, "absent "),
        };
        text.push_str(&format!("{mark}  {:<28} {}\n", line.name, line.detail));
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
