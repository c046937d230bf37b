use std::process::ExitCode;

use serde_json::json;
use silversmith_pipeline::{
    Asking, AuthorName, BuildRequest, Built, Estimate, InputRequest, PROMPT_VERSION, PipelineError,
    Project, Prompt, build, draft, prompt, tokens,
};
use silversmith_types::grouped;
use silversmith_types::trial::TrialReport;

use crate::args::{Author, Build, Engine, Mode};
use crate::output::{Colour, Output};

pub(crate) fn run(
    project: &Project,
    command: &Build,
    output: &Output,
) -> Result<ExitCode, PipelineError> {
    // The only mode and engine so far; a new one must be decided on here.
    let (Mode::Plan, Engine::Polars) = (command.mode, command.engine);
    let request = BuildRequest {
        inputs: InputRequest {
            run: command.run_id.clone(),
            context: command.context.clone(),
            report: command.report.clone(),
            bronze: command.bronze.clone(),
            contract: command.contract.clone(),
            as_of: command.as_of,
        },
        out: command.out.clone(),
        full: command.full,
        author: match command.author {
            Author::Rules => AuthorName::Rules,
            Author::Exec => AuthorName::Exec,
            Author::Llm if command.fresh => AuthorName::Llm(Asking::Fresh),
            Author::Llm => AuthorName::Llm(Asking::Recorded),
            Author::Replay => AuthorName::Llm(Asking::Replay),
        },
    };
    let progress = output.progress();
    if command.show_prompt {
        let (prompt, estimate) = prompt(project, &request, &progress)?;
        drop(progress);
        show_prompt(&prompt, estimate.as_ref(), output);
        return Ok(ExitCode::SUCCESS);
    }
    if command.dry_run {
        // An author outside this program is shown the evidence in a rehearsal too.
        let measure = request.author != AuthorName::Rules;
        let drafted = draft(project, &request, measure, &progress)?;
        drop(progress);
        let module = drafted.module.module();
        let steps: usize = module
            .plan()
            .document()
            .tables
            .values()
            .map(|t| t.steps.len())
            .sum();
        let document = json!({
            "module": null, "digest": module.digest(), "plan": module.plan().document(),
            "steps": steps, "findings": drafted.findings, "withheld": drafted.withheld,
        });
        let tables = module.plan().document().tables.len();
        let text = format!(
            "would write a module of {steps} steps for {tables} tables ({})",
            module.digest()
        );
        output.result(&document, &text);
        return Ok(ExitCode::SUCCESS);
    }
    let built = build(project, &request, &progress)?;
    drop(progress);
    show(&built, output);
    Ok(ExitCode::SUCCESS)
}

/// What would be sent, byte for byte; the tokens beside it, not in it.
fn show_prompt(prompt: &Prompt, estimate: Option<&Estimate>, output: &Output) {
    let count = tokens(prompt);
    let mut document = json!({
        "prompt_version": PROMPT_VERSION, "digest": prompt.digest(), "messages": prompt.messages(),
        "tokens": count,
    });
    if let Some(estimate) = estimate {
        document["model"] = json!(estimate.model);
        document["schema"] = estimate.schema.clone();
        document["schema_tokens"] = json!(estimate.schema_tokens);
        document["most"] = json!({
            "input": estimate.most.input, "output": estimate.most.output,
            "money": estimate.money, "currency": estimate.currency,
        });
    }
    let contents: Vec<&str> = prompt
        .messages()
        .iter()
        .map(|m| m.content.as_str())
        .collect();
    output.result(&document, contents.join("\n").trim_end());
    output.say(format_args!("{} tokens (o200k)", grouped(count as u64)));
    if let Some(estimate) = estimate {
        let money = match estimate.money {
            Some(money) => format!("{money} {}", estimate.currency),
            None => "no price is set".to_owned(),
        };
        output.say(format_args!(
            "{}: {} tokens of schema; at most {} tokens in and {} out ({money})",
            estimate.model,
            grouped(estimate.schema_tokens as u64),
            grouped(estimate.most.input),
            grouped(estimate.most.output),
        ));
    }
}

fn show(built: &Built, output: &Output) {
    let document = json!({
        "module": built.path, "digest": built.digest, "bronze_run": built.bronze_run,
        "report": built.report, "trial": built.trial, "findings": built.findings,
    });
    output.result(&document, &built.path.display().to_string());
    for line in summary(&built.trial, output) {
        output.say(line);
    }
    output.say(format_args!("report:  {}", built.report.display()));
    output.say(format_args!("sha256:  {}", built.digest));
}

/// What a person wants to know of a trial at once.
pub(crate) fn summary(trial: &TrialReport, output: &Output) -> Vec<String> {
    let sum = |kind: &str| {
        let steps = trial.tables.values().flat_map(|table| &table.steps);
        steps
            .filter(|step| step.kind == kind)
            .map(|step| step.count)
            .sum::<u64>()
    };
    let tables = trial.tables.values();
    let (rows, quarantined, cells) = tables.fold((0, 0, 0), |(rows, quarantined, cells), table| {
        (
            rows + table.rows_in,
            quarantined + table.quarantined,
            cells + table.cells_compared,
        )
    });
    let good = trial.checks.iter().filter(|check| check.ok).count();
    let verdict = match trial.passed() {
        true => output.paint(Colour::Green, "passed"),
        false => output.paint(Colour::Red, "failed"),
    };
    let matched =
        |join: &silversmith_types::evidence::JoinEvidence| join.matched == join.from_distinct;
    let joins = trial.joins.len();
    let before = trial
        .joins
        .iter()
        .filter(|change| matched(&change.before))
        .count();
    let after = trial
        .joins
        .iter()
        .filter(|change| change.after.as_ref().is_some_and(matched))
        .count();
    vec![
        format!(
            "trial:   {verdict}, {good} of {} checks; {} cells are what the plan means",
            trial.checks.len(),
            grouped(cells),
        ),
        format!(
            "rows:    {} in {} tables, {} in quarantine",
            grouped(rows),
            trial.tables.len(),
            grouped(quarantined),
        ),
        format!(
            "cells:   {} changed, {} could not be converted and are null",
            grouped(sum("changed")),
            grouped(sum("invalid")),
        ),
        format!("joins:   {before} of {joins} complete before, {after} after"),
        format!(
            "look at: {} values or rows that expectations count",
            grouped(sum("check"))
        ),
    ]
}
