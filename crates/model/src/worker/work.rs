//! Inside the worker: from the request to its outcome, through the library that knows the providers.

use std::error::Error as _;
use std::time::Duration;

use genai::adapter::AdapterKind;
use genai::chat::{ChatMessage, ChatOptions, ChatRequest, ChatResponse, JsonSpec, StopReason};
use genai::resolver::{AuthData, Endpoint};
use genai::{Client, Headers, ModelIden, ModelSpec, ServiceTarget};
use serde_json::Value;
use silversmith_budget::Usage;

use crate::settings::Provider;
use crate::wire::{Answer, Failure, Finish, Key, Message, Outcome, Request, Role};

/// Longest words of a provider that are passed on.
const MAX_WORDS: usize = 300;

/// Asks the provider.
pub(super) fn outcome(request: Request) -> Outcome {
    let key = request.key.as_ref().map(|key| key.0.clone());
    let masked = |words: &str| masked(words, key.as_ref().map(|key| key.as_str()));
    match asked(request) {
        Ok(answer) => Outcome::Answer(answer),
        Err(mut failure) => {
            match &mut failure {
                Failure::Status { words, .. }
                | Failure::Connection { words }
                | Failure::Malformed { words }
                | Failure::Request { words } => *words = masked(words),
                Failure::Timeout => {}
            }
            Outcome::Failed(failure)
        }
    }
}

/// What a provider says, in one line, without the key: some quote it.
fn masked(words: &str, key: Option<&str>) -> String {
    let words = match key {
        Some(key) => words.replace(key, "…"),
        None => words.to_owned(),
    };
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    words.chars().map(plain).take(MAX_WORDS).collect()
}

fn asked(request: Request) -> Result<Answer, Failure> {
    let wrong = |words: String| Failure::Request { words };
    // Another provider can only have been there before if somebody else installed it: it will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = http_client(&request).map_err(|error| wrong(words_of(&error)))?;
    let client = Client::builder().with_reqwest(client).build();
    let client = client.map_err(|error| wrong(error.to_string()))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| wrong(error.to_string()))?;
    let timeout = Duration::from_millis(request.timeout_millis);
    let options = options(&request);
    let messages = request.messages.iter().map(message).collect();
    let chat = ChatRequest::new(messages);
    let target = target(&client, &request, &runtime)?;
    let asked = async {
        let asked = client.exec_chat(ModelSpec::from_target(target), chat, Some(&options));
        tokio::time::timeout(timeout, asked).await
    };
    match runtime.block_on(asked) {
        Err(_) => Err(Failure::Timeout),
        Ok(Err(error)) => Err(failure_of(error)),
        Ok(Ok(response)) => answer_of(&response),
    }
}

/// No redirects, which would carry the key elsewhere; no proxy of the environment; no compression, which
/// would let a few bytes become many.
fn http_client(request: &Request) -> Result<reqwest::Client, reqwest::Error> {
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_gzip()
        .connect_timeout(Duration::from_secs(10))
        .timeout(Duration::from_millis(request.timeout_millis))
        .user_agent(concat!("silversmith/", env!("CARGO_PKG_VERSION")));
    builder = match &request.proxy {
        Some(proxy) => builder.proxy(reqwest::Proxy::all(proxy)?),
        None => builder.no_proxy(),
    };
    if let Some(pem) = &request.ca {
        builder = builder.tls_certs_merge(reqwest::Certificate::from_pem_bundle(pem.as_bytes())?);
    }
    builder.build()
}

fn target(
    client: &Client,
    request: &Request,
    runtime: &tokio::runtime::Runtime,
) -> Result<ServiceTarget, Failure> {
    let kind = match request.provider {
        Provider::Openai | Provider::OpenaiCompatible | Provider::Azure => AdapterKind::OpenAI,
        Provider::Anthropic => AdapterKind::Anthropic,
        Provider::Gemini => AdapterKind::Gemini,
        Provider::Vertex => AdapterKind::Vertex,
        Provider::Bedrock => AdapterKind::BedrockApi,
        Provider::Mistral => AdapterKind::Mistral,
        Provider::Ollama => AdapterKind::Ollama,
    };
    let model = ModelIden::new(kind, request.model.as_str());
    let endpoint = match &request.endpoint {
        // The library appends the path as it is.
        Some(url) => Endpoint::from_owned(format!("{}/", url.trim_end_matches('/'))),
        None => {
            let usual = client.resolve_service_target(model.clone());
            let usual = runtime.block_on(usual);
            let words = |error: genai::Error| Failure::Request {
                words: error.to_string(),
            };
            usual.map_err(words)?.endpoint
        }
    };
    let auth = match &request.key {
        Some(Key(key)) => AuthData::from_single(key.as_str()),
        // The library wants a word for the header; servers without keys do not look at it.
        None => AuthData::from_single("none"),
    };
    Ok(ServiceTarget {
        endpoint,
        auth,
        model,
    })
}

fn options(request: &Request) -> ChatOptions {
    let mut headers = vec![("x-silversmith-run-id".to_owned(), request.run_id.clone())];
    // Azure takes its keys in a header of its own.
    if let (Provider::Azure, Some(Key(key))) = (request.provider, &request.key) {
        headers.push(("api-key".to_owned(), key.as_str().to_owned()));
    }
    let mut options = ChatOptions::default()
        .with_max_tokens(request.max_tokens)
        .with_capture_raw_body(true)
        .with_extra_headers(Headers::from(headers));
    if let Some(temperature) = request.temperature {
        options = options.with_temperature(temperature);
    }
    if let Some(seed) = request.seed {
        options = options.with_seed(seed);
    }
    if let Some(schema) = &request.schema {
        options = options.with_response_format(JsonSpec::new("proposal", schema.clone()));
    }
    options
}

fn message(message: &Message) -> ChatMessage {
    let content = message.content.as_str();
    match message.role {
        Role::System => ChatMessage::system(content),
        Role::User => ChatMessage::user(content),
        Role::Assistant => ChatMessage::assistant(content),
    }
}

fn answer_of(response: &ChatResponse) -> Result<Answer, Failure> {
    let text = response.texts().concat();
    let raw = response.captured_raw_body.as_ref();
    // OpenAI says so beside the content, which is null then.
    let refusal = raw.and_then(|raw| raw.pointer("/choices/0/message/refusal"));
    let finish = match &response.stop_reason {
        _ if refusal.is_some_and(Value::is_string) => Finish::Refused,
        Some(StopReason::Completed(_) | StopReason::StopSequence(_)) => Finish::Complete,
        Some(StopReason::MaxTokens(_)) => Finish::Truncated,
        Some(StopReason::ContentFilter(_)) => Finish::Refused,
        Some(_) => Finish::Other,
        None if text.is_empty() => {
            let words = "there is no answer in it".to_owned();
            return Err(Failure::Malformed { words });
        }
        None => Finish::Other,
    };
    let tokens = |count: Option<i32>| count.and_then(|count| u64::try_from(count).ok());
    let usage = match (
        tokens(response.usage.prompt_tokens),
        tokens(response.usage.completion_tokens),
    ) {
        (Some(input), Some(output)) => Some(Usage { input, output }),
        _ => None,
    };
    Ok(Answer {
        text,
        finish,
        usage,
        model: response.provider_model_iden.model_name.to_string(),
        id: response.response_id.clone(),
    })
}

fn failure_of(error: genai::Error) -> Failure {
    match error {
        genai::Error::WebModelCall { webc_error, .. } => failure_of_web(webc_error),
        genai::Error::ChatResponseGeneration { cause, .. } => Failure::Malformed { words: cause },
        genai::Error::NoChatResponse { .. } | genai::Error::InvalidJsonResponseElement { .. } => {
            Failure::Malformed {
                words: error.to_string(),
            }
        }
        other => Failure::Request {
            words: other.to_string(),
        },
    }
}

fn failure_of_web(error: genai::webc::Error) -> Failure {
    use genai::webc::Error;
    match error {
        Error::ResponseFailedStatus {
            status,
            body,
            headers,
        } => {
            let header = |name: &str| {
                let value = headers.get(name)?.to_str().ok()?;
                Some(value.chars().take(64).collect())
            };
            Failure::Status {
                status: status.as_u16(),
                retry_after_ms: header("retry-after-ms"),
                retry_after: header("retry-after"),
                words: words_in(&body),
            }
        }
        Error::ResponseFailedNotJson { content_type, .. } => Failure::Malformed {
            words: format!("its type is {content_type:?}, not JSON"),
        },
        Error::ResponseFailedInvalidJson { cause, .. } => Failure::Malformed { words: cause },
        Error::Reqwest(error) if error.is_timeout() => Failure::Timeout,
        Error::Reqwest(error) if error.is_builder() => Failure::Request {
            words: words_of(&error.without_url()),
        },
        Error::Reqwest(error) => Failure::Connection {
            words: words_of(&error.without_url()),
        },
        other => Failure::Malformed {
            words: other.to_string(),
        },
    }
}

/// An error with what caused it.
fn words_of(error: &reqwest::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        words = format!("{words}: {cause}");
        source = cause.source();
    }
    words
}

/// The message in the body of an error, where it has one.
fn words_in(body: &str) -> String {
    let document: Option<Value> = serde_json::from_str(body).ok();
    let places = ["/error/message", "/message", "/error", "/detail"];
    let message = document.as_ref().and_then(|document| {
        let mut found = places
            .iter()
            .filter_map(|place| document.pointer(place)?.as_str());
        found.next().map(str::to_owned)
    });
    match message {
        Some(message) => message,
        None if body.trim().is_empty() => "it gave no reason".to_owned(),
        None => body.chars().take(4 * MAX_WORDS).collect(),
    }
}
