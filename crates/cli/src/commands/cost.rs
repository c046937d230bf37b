use std::process::ExitCode;

use serde_json::json;
use silversmith_pipeline::{PipelineError, Project, ledger};
use silversmith_types::grouped;

use crate::args::Cost;
use crate::output::Output;

pub(crate) fn run(
    project: &Project,
    command: &Cost,
    output: &Output,
) -> Result<ExitCode, PipelineError> {
    let ledger = ledger(project);
    let spent = ledger.spent(command.since.as_deref())?;
    let lines: Vec<_> = spent
        .iter()
        .map(|((day, model, person), spent)| {
            let mut line = json!(spent);
            line["day"] = json!(day);
            line["model"] = json!(model);
            line["person"] = json!(person);
            line
        })
        .collect();
    let document = json!({ "currency": ledger.currency(), "spent": lines });
    let mut text = String::new();
    let model_width = spent.keys().map(|(_, model, _)| model.len()).max();
    let person_width = spent.keys().map(|(_, _, person)| person.len()).max();
    let (models, people) = (model_width.unwrap_or(0), person_width.unwrap_or(0));
    for ((day, model, person), spent) in &spent {
        let money = spent.money.to_string();
        let open = match spent.open {
            0 => String::new(),
            open => format!("  {open} not settled, counted at their most"),
        };
        text.push_str(&format!(
            "{day}  {model:models$}  {person:people$}  {:>5} requests {:>12} in {:>10} out {money:>12} {}{open}\n",
            grouped(spent.requests),
            grouped(spent.usage.input),
            grouped(spent.usage.output),
            ledger.currency(),
        ));
    }
    output.result(&document, &text);
    if spent.is_empty() {
        output.say("nothing was asked of a model");
    }
    Ok(ExitCode::SUCCESS)
}
