//! A model in the settings of a project.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use silversmith_budget::Price;

/// The longest that one attempt may take: what a large plan of a slow model needs, many times over.
const MAX_SECONDS: u64 = 3600;
/// More attempts than this only annoy a provider.
const MAX_RETRIES: u32 = 10;

/// A model and how it is asked.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelSettings {
    /// Whose interface it has.
    pub provider: Provider,
    /// Its name there.
    pub model: String,
    /// The base URL of the interface, such as `https://gateway.example/v1/`; absent: the provider's own.
    pub endpoint: Option<String>,
    /// The name of the secret that holds its key; absent: it takes none.
    pub secret: Option<String>,
    /// From 0 (the likeliest words) to 2. Some models take none.
    pub temperature: Option<f64>,
    /// The start of its random numbers, where it takes one.
    pub seed: Option<u64>,
    /// Most tokens of an answer.
    #[serde(default = "ModelSettings::usual_tokens")]
    pub max_tokens: u32,
    /// Whether the provider is sent the JSON Schema of an answer.
    #[serde(default = "ModelSettings::yes")]
    pub structured: bool,
    /// How long one attempt may take, in seconds.
    #[serde(default = "ModelSettings::two_minutes")]
    pub timeout_seconds: u64,
    /// How long all attempts may take together, in seconds.
    #[serde(default = "ModelSettings::five_minutes")]
    pub deadline_seconds: u64,
    /// How often a request is sent again that may succeed then.
    #[serde(default = "ModelSettings::three")]
    pub retries: u32,
    /// The proxy that requests go through.
    pub proxy: Option<String>,
    /// A PEM file of certificates that are trusted beside the system's.
    pub ca: Option<PathBuf>,
    /// What a million tokens cost.
    pub price: Option<Price>,
}

/// Whose interface a model has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Provider {
    /// OpenAI's chat completions.
    Openai,
    /// Anything with that interface: vLLM, llama.cpp, LiteLLM, a company's gateway. Needs an endpoint.
    OpenaiCompatible,
    /// Azure `OpenAI` by its v1 interface. Needs an endpoint.
    Azure,
    /// Anthropic's messages.
    Anthropic,
    /// Google's Gemini.
    Gemini,
    /// Google's Vertex AI. Needs an endpoint.
    Vertex,
    /// Amazon's Bedrock, with one of its API keys.
    Bedrock,
    /// Mistral.
    Mistral,
    /// Ollama.
    Ollama,
}

impl Provider {
    /// As the settings have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Openai => "openai",
            Self::OpenaiCompatible => "openai-compatible",
            Self::Azure => "azure",
            Self::Anthropic => "anthropic",
            Self::Gemini => "gemini",
            Self::Vertex => "vertex",
            Self::Bedrock => "bedrock",
            Self::Mistral => "mistral",
            Self::Ollama => "ollama",
        }
    }

    fn needs_endpoint(self) -> bool {
        matches!(self, Self::OpenaiCompatible | Self::Azure | Self::Vertex)
    }

    /// Whether its models have names for one fixed state. The others are what their owner serves.
    fn has_versions(self) -> bool {
        match self {
            Self::Openai | Self::Anthropic | Self::Gemini | Self::Vertex | Self::Bedrock => true,
            Self::Mistral => true,
            Self::OpenaiCompatible | Self::Azure | Self::Ollama => false,
        }
    }
}

impl ModelSettings {
    fn usual_tokens() -> u32 {
        8192
    }

    fn yes() -> bool {
        true
    }

    fn two_minutes() -> u64 {
        120
    }

    fn five_minutes() -> u64 {
        300
    }

    fn three() -> u32 {
        3
    }

    /// Refuses what cannot be meant; the error is a sentence that begins behind the model's name.
    pub fn check(&self) -> Result<(), String> {
        let is_name = |c: char| c.is_ascii_graphic() && c != '"' && c != '\\';
        if self.model.is_empty() || self.model.len() > 200 || !self.model.chars().all(is_name) {
            return Err("has no name of a model".to_owned());
        }
        if self.provider.needs_endpoint() && self.endpoint.is_none() {
            return Err(format!(
                "needs an `endpoint`, as {} has none of its own",
                self.provider.name()
            ));
        }
        for (key, url) in [("endpoint", &self.endpoint), ("proxy", &self.proxy)] {
            if let Some(url) = url {
                check_url(url, key == "proxy").map_err(|why| format!("`{key}` {why}"))?;
            }
        }
        if self.temperature.is_some_and(|t| !(0.0..=2.0).contains(&t)) {
            return Err("`temperature` is not from 0 to 2".to_owned());
        }
        if self.max_tokens == 0 {
            return Err("`max_tokens` leaves no room for an answer".to_owned());
        }
        for (key, seconds) in [
            ("timeout_seconds", self.timeout_seconds),
            ("deadline_seconds", self.deadline_seconds),
        ] {
            if !(1..=MAX_SECONDS).contains(&seconds) {
                return Err(format!("`{key}` is not from 1 to {MAX_SECONDS}"));
            }
        }
        if self.retries > MAX_RETRIES {
            return Err(format!("`retries` is more than {MAX_RETRIES}"));
        }
        Ok(())
    }

    /// Whether its name stands for one fixed state of it; nothing where the provider has no such names.
    /// They carry a date (`gpt-4.1-2025-04-14`, `claude-sonnet-4-5-20250929`, `mistral-large-2411`) or a
    /// number of a version at their end (`gemini-2.0-flash-001`, `…-v1:0`).
    pub fn is_pinned(&self) -> Option<bool> {
        self.provider.has_versions().then(|| {
            let mut words = self.model.split(['-', ':', '@', '.']).rev();
            let digits = |word: &str, length: usize| {
                word.len() == length && word.bytes().all(|b| b.is_ascii_digit())
            };
            let last = words.next().unwrap_or_default();
            let before = words.next().unwrap_or_default();
            let first = words.next().unwrap_or_default();
            let iso = digits(last, 2) && digits(before, 2) && digits(first, 4);
            let of_bedrock = before.starts_with('v') && last.bytes().all(|b| b.is_ascii_digit());
            iso || of_bedrock || digits(last, 8) || digits(last, 4) || digits(last, 3)
        })
    }

    /// What is called on to write a plan, as headers and statements name it.
    pub fn title(&self) -> String {
        format!("{}/{}", self.provider.name(), self.model)
    }
}

/// Plain HTTP is for this machine alone: whoever is between would see key and data.
fn check_url(url: &str, is_proxy: bool) -> Result<(), String> {
    let url = reqwest::Url::parse(url).map_err(|error| format!("is no URL: {error}"))?;
    let host = url.host_str().unwrap_or_default();
    let is_here = matches!(host, "127.0.0.1" | "localhost" | "[::1]");
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds a name or password; keys belong into a secret".to_owned());
    }
    match url.scheme() {
        "https" => Ok(()),
        // What goes through a proxy is encrypted to the provider.
        "http" if is_here || is_proxy => Ok(()),
        "http" => Err("is plain HTTP to another machine; use https".to_owned()),
        _ => Err("is neither https nor http".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<ModelSettings, String> {
        let settings: ModelSettings = toml::from_str(text).map_err(|error| error.to_string())?;
        settings.check()?;
        Ok(settings)
    }

    #[test]
    fn little_need_be_said() {
        let model = parse("provider = 'openai'\nmodel = 'gpt-4.1-2025-04-14'").unwrap();
        assert_eq!(model.title(), "openai/gpt-4.1-2025-04-14");
        assert_eq!((model.retries, model.structured), (3, true));
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for text in [
            "provider = 'openai'",
            "provider = 'else'\nmodel = 'm'",
            "provider = 'openai'\nmodel = ''",
            "provider = 'openai'\nmodel = 'a b'",
            "provider = 'openai'\nmodel = \"a\\\"\"",
            "provider = 'azure'\nmodel = 'm'",
            "provider = 'openai-compatible'\nmodel = 'm'",
            "provider = 'openai'\nmodel = 'm'\nendpoint = 'gateway'",
            "provider = 'openai'\nmodel = 'm'\nendpoint = 'http://10.0.0.1/'",
            "provider = 'openai'\nmodel = 'm'\nendpoint = 'file:///etc'",
            "provider = 'openai'\nmodel = 'm'\nendpoint = 'https://user:key@host/'",
            "provider = 'openai'\nmodel = 'm'\ntemperature = 2.1",
            "provider = 'openai'\nmodel = 'm'\ntemperature = nan",
            "provider = 'openai'\nmodel = 'm'\nmax_tokens = 0",
            "provider = 'openai'\nmodel = 'm'\ntimeout_seconds = 0",
            "provider = 'openai'\nmodel = 'm'\ndeadline_seconds = 3601",
            "provider = 'openai'\nmodel = 'm'\nretries = 11",
            "provider = 'openai'\nmodel = 'm'\nkey = 'sk-1'",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_version_is_a_date_or_a_number_at_the_end() {
        for (provider, model, pinned) in [
            ("openai", "gpt-4.1-2025-04-14", Some(true)),
            ("openai", "gpt-4.1", Some(false)),
            ("openai", "gpt-4o-latest", Some(false)),
            ("anthropic", "claude-sonnet-4-5-20250929", Some(true)),
            ("anthropic", "claude-sonnet-4-5", Some(false)),
            ("gemini", "gemini-2.0-flash-001", Some(true)),
            ("gemini", "gemini-2.5-pro", Some(false)),
            (
                "bedrock",
                "anthropic.claude-sonnet-4-5-20250929-v1:0",
                Some(true),
            ),
            ("mistral", "mistral-large-2411", Some(true)),
            ("ollama", "llama3.1", None),
        ] {
            let text = format!("provider = '{provider}'\nmodel = '{model}'");
            assert_eq!(parse(&text).unwrap().is_pinned(), pinned, "{model}");
        }
    }
}
