use std::process::ExitCode;

use serde_json::json;
use silversmith_pipeline::{
    CONTEXT_FILE, PipelineError, Project, REPORT_FILE, profile_bronze, write_atomically,
};
use silversmith_types::grouped;

use crate::args::ProfileCommand;
use crate::output::Output;

pub(crate) fn run(
    project: &Project,
    command: &ProfileCommand,
    output: &Output,
) -> Result<ExitCode, PipelineError> {
    let progress = output.progress();
    let settings = project.settings();
    let found = profile_bronze(&command.bronze_dir, command.as_of, settings, &progress)?;
    let drafts = project
        .path(&settings.paths.drafts)
        .join(found.bronze_run.as_str());
    let folder = command.out.clone().unwrap_or(drafts);
    let (context, report) = (folder.join(CONTEXT_FILE), folder.join(REPORT_FILE));
    write_atomically(&report, found.report.as_bytes(), 0o644)?;
    write_atomically(&context, &found.context_bytes(), 0o644)?;
    drop(progress);
    let totals = &found.context.performance_metrics;
    let document = json!({
        "run_id": found.bronze_run, "context": context, "report": report,
        "tables": totals.tables_processed, "rows": totals.total_rows_processed,
    });
    output.result(
        &document,
        &format!("{}\n{}", context.display(), report.display()),
    );
    output.say(format_args!(
        "run {}: {} rows in {} tables",
        found.bronze_run,
        grouped(totals.total_rows_processed),
        totals.tables_processed,
    ));
    Ok(ExitCode::SUCCESS)
}
