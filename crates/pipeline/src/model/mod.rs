//! Models as authors: which is asked, in which order, and what becomes of an answer.

mod answers;
mod exchange;

use serde_json::Value;
use silversmith_author::prompt::Prompt;
use silversmith_author::proposal::Unusable;
use silversmith_author::{rules, schema};
use silversmith_budget::{Money, Price, Usage};
use silversmith_intake::Brief;
use silversmith_model::{Finish, ModelError, ModelSettings};

use crate::authoring::{Authored, derive, echo, problems, tokens};
use crate::error::PipelineError;
use crate::progress::Progress;
use crate::project::Project;
use crate::settings::{ProfileName, RULES};

use answers::Answers;
pub use answers::ledger;

/// The version of this author: what is sent and how an answer is read. It is in every header.
const VERSION: &str = "1";

/// Where answers may come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Asking {
    /// From the record of an earlier build, else from the model.
    #[default]
    Recorded,
    /// From the model alone.
    Fresh,
    /// From the record alone: nothing is sent.
    Replay,
}

/// The plan of the first model that has one. The next in the order is asked where one cannot answer, or
/// gives no plan however often it is asked; each time a person is told.
pub(crate) fn author(
    project: &Project,
    asking: Asking,
    brief: &Brief,
    progress: &dyn Progress,
) -> Result<Authored, PipelineError> {
    let order = &project.settings().author.llm;
    let mut answers = Answers::new(project, asking, brief, progress)?;
    let mut last = None;
    for name in order {
        let error = match project.settings().author.models.get(name) {
            None => {
                debug_assert_eq!(name, RULES, "the settings were checked");
                progress.stage("writing the plan by the rules");
                let reply = rules::reply(brief);
                let author = format!("{}/{}", reply.author, reply.version);
                let module = derive(&author, &reply.bytes, brief)?;
                let reply = reply.bytes;
                return Ok(Authored { reply, module });
            }
            Some(model) => match converse(&mut answers, name, model, brief) {
                Ok(authored) => return Ok(authored),
                Err(error) => error,
            },
        };
        if !lets_the_next_try(&error) {
            return Err(error);
        }
        if let Some(next) = next_of(order, name) {
            progress.warning(&format!(
                "{error} [{}]; {next} is asked instead",
                error.code()
            ));
        }
        last = Some(error);
    }
    Err(last.unwrap_or(PipelineError::NoModel))
}

fn next_of<'a>(order: &'a [String], name: &str) -> Option<&'a str> {
    let at = order.iter().position(|known| known == name)?;
    order.get(at + 1).map(String::as_str)
}

/// Whether another may do what one could not. A budget that is spent, a key that is not to be had or
/// not taken, and a secret at the edge are for people to mend.
fn lets_the_next_try(error: &PipelineError) -> bool {
    match error {
        PipelineError::Model(error) => !matches!(error, ModelError::Unauthorised { .. }),
        PipelineError::Unusable(_) | PipelineError::Plan(_) => true,
        PipelineError::ModelSpared { .. } | PipelineError::NotRecorded { .. } => true,
        _ => false,
    }
}

/// Asks one model, and again with what was wrong as often as the settings say.
fn converse(
    answers: &mut Answers,
    name: &str,
    model: &ModelSettings,
    brief: &Brief,
) -> Result<Authored, PipelineError> {
    if answers.project.profile() == ProfileName::Production && model.is_pinned() == Some(false) {
        return Err(PipelineError::NotPinned {
            model: model.title(),
        });
    }
    let author = format!("llm/{VERSION} {}", model.title());
    let schema = schema::of(brief);
    let first = Prompt::of(brief);
    let mut prompt = first.clone();
    let mut left = answers.project.settings().author.repairs;
    loop {
        let answer = answers.answer(name, model, &prompt, &schema)?;
        let reply = answer.text.into_bytes();
        let derived = match answer.finish {
            Finish::Truncated => Err(PipelineError::Unusable(Unusable::Truncated)),
            Finish::Refused => Err(PipelineError::Unusable(Unusable::Refused)),
            Finish::Complete | Finish::Other => derive(&author, &reply, brief),
        };
        let problems = match (derived, left) {
            (Ok(module), _) => return Ok(Authored { reply, module }),
            (Err(PipelineError::Unusable(unusable)), 1..) => vec![unusable.to_string()],
            (Err(PipelineError::Plan(errors)), 1..) => problems(&errors, brief),
            (Err(error), _) => return Err(error),
        };
        left -= 1;
        answers
            .progress
            .stage("asking again: the answer was no plan");
        prompt = first.repair(&echo(&reply), &problems);
    }
}

/// What the first request to a model would come to.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// The model, as headers name it.
    pub model: String,
    /// The schema that goes with the messages.
    pub schema: Value,
    /// Its tokens.
    pub schema_tokens: usize,
    /// What counts against the budget before it is sent.
    pub most: Usage,
    /// What that costs, where the settings have a price.
    pub money: Option<Money>,
    /// The currency.
    pub currency: String,
}

/// The estimate for the first model that would be asked; none where none is named.
pub fn estimate(project: &Project, brief: &Brief, prompt: &Prompt) -> Option<Estimate> {
    let settings = &project.settings().author;
    let model = settings
        .llm
        .iter()
        .find_map(|name| settings.models.get(name))?;
    let schema = schema::of(brief);
    let most = most(model, prompt, &schema);
    Some(Estimate {
        model: model.title(),
        schema_tokens: schema_tokens(model, &schema),
        schema: match model.structured {
            true => schema,
            false => Value::Null,
        },
        most,
        money: model.price.map(|price: Price| price.of(most)),
        currency: project.settings().budget.currency.clone(),
    })
}

/// The most that a request can come to: other tokenizers cut a text into a fifth more than ours, a
/// message has a few tokens of its own, and an answer ends at its most.
fn most(model: &ModelSettings, prompt: &Prompt, schema: &Value) -> Usage {
    let counted = tokens(prompt) + schema_tokens(model, schema) + 8 * prompt.messages().len();
    Usage {
        input: (counted as u64).saturating_mul(6).div_ceil(5),
        output: u64::from(model.max_tokens),
    }
}

fn schema_tokens(model: &ModelSettings, schema: &Value) -> usize {
    match model.structured {
        true => silversmith_tokens::count(&schema.to_string()),
        false => 0,
    }
}
