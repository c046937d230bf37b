//! What a model was asked and what it answered, as it is kept: sealed, under the digest of everything
//! that could make the answer another.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use silversmith_author::prompt::Prompt;
use silversmith_budget::Usage;
use silversmith_model::{Answer, ModelSettings, Provider};
use silversmith_store::sealed::{Sealed, StoreKey};
use silversmith_types::{Digest, Timestamp};

use crate::build::tool;
use crate::error::PipelineError;
use crate::project::Project;

/// The format of a record.
const FORMAT: &str = "silversmith.exchange/v0";

/// Everything that could make an answer another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// The digest of the messages.
    prompt: Digest,
    /// The digest of the schema, where one is sent.
    schema: Option<Digest>,
    provider: Provider,
    model: String,
    endpoint: Option<String>,
    temperature: Option<f64>,
    seed: Option<u64>,
    max_tokens: u32,
    /// This program with its version.
    tool: String,
}

impl Asked {
    pub(crate) fn new(model: &ModelSettings, prompt: &Prompt, schema: &Value) -> Self {
        let schema = model
            .structured
            .then(|| Digest::of(schema.to_string().as_bytes()));
        Self {
            prompt: prompt.digest(),
            schema,
            provider: model.provider,
            model: model.model.clone(),
            endpoint: model.endpoint.clone(),
            temperature: model.temperature,
            seed: model.seed,
            max_tokens: model.max_tokens,
            tool: tool(),
        }
    }

    /// What the exchange is kept under.
    pub(crate) fn address(&self) -> Digest {
        // Plain data: writing it into memory cannot fail.
        Digest::of(&serde_json::to_vec(self).unwrap_or_default())
    }
}

/// A request with its answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exchange {
    pub(crate) format: String,
    pub(crate) asked: Asked,
    pub(crate) messages: Value,
    pub(crate) answer: Answer,
    /// What was counted for it.
    pub(crate) usage: Usage,
    pub(crate) at: Timestamp,
    pub(crate) person: String,
    pub(crate) build: String,
}

impl Exchange {
    pub(crate) fn format() -> String {
        FORMAT.to_owned()
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        // Plain data: writing it into memory cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// The exchange that is kept under an address, if there is one.
pub(crate) fn load(kept: &Sealed, address: Digest) -> Result<Option<Exchange>, PipelineError> {
    let Some(bytes) = kept.get(address)? else {
        return Ok(None);
    };
    let damaged = || silversmith_store::sealed::SealedError::Damaged {
        path: kept.path(address),
    };
    let exchange: Exchange = serde_json::from_slice(&bytes).map_err(|_| damaged())?;
    match exchange.asked.address() == address && exchange.format == FORMAT {
        true => Ok(Some(exchange)),
        false => Err(damaged().into()),
    }
}

/// Where a project keeps its exchanges.
pub(crate) fn exchanges(project: &Project) -> Result<Sealed, PipelineError> {
    let private = project.private();
    let key = StoreKey::load_or_create(&private.join("keys").join("store.key"))?;
    Ok(Sealed::new(private.join("exchanges"), key))
}
