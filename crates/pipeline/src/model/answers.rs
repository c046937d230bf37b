//! One answer: from the record, or asked for, under the budget, with a key that is leased for it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use silversmith_author::prompt::{Prompt, Role as Speaker};
use silversmith_budget::{Ledger, Request, Reservation, Usage};
use silversmith_intake::Brief;
use silversmith_model::{
    Answer, Attempts, Breaker, Message, ModelError, ModelSettings, Question, Retry, Role, Time,
    Worker, persist,
};
use silversmith_secrets::Lease;
use silversmith_secrets::scan::Scan;
use silversmith_store::files::{read_bounded, write_atomically};
use silversmith_store::sealed::Sealed;
use silversmith_types::Digest;

use super::exchange::{Asked, Exchange, exchanges, load};
use super::{Asking, most};
use crate::authoring::tokens;
use crate::error::PipelineError;
use crate::keyring::{self, SecretLog};
use crate::person::person;
use crate::profiling::clock;
use crate::progress::Progress;
use crate::project::Project;

/// Largest state of a breaker that is read.
const MAX_BREAKER: u64 = 1024;

/// Gives answers to one build.
pub(super) struct Answers<'a> {
    pub(super) project: &'a Project,
    pub(super) progress: &'a dyn Progress,
    asking: Asking,
    /// The build, as the ledger, the audit log and the vault's own log name it.
    build: String,
    person: String,
    kept: Sealed,
    ledger: Ledger,
    /// Keys in use, by the names of their secrets.
    leases: BTreeMap<String, Lease>,
    log: SecretLog,
    worker: Worker,
}

impl<'a> Answers<'a> {
    pub(super) fn new(
        project: &'a Project,
        asking: Asking,
        brief: &Brief,
        progress: &'a dyn Progress,
    ) -> Result<Self, PipelineError> {
        Ok(Self {
            project,
            progress,
            asking,
            build: build_id(brief)?,
            person: person(),
            kept: exchanges(project)?,
            ledger: ledger(project),
            leases: BTreeMap::new(),
            log: SecretLog::of(project),
            worker: Worker::default(),
        })
    }

    /// The answer to a request.
    pub(super) fn answer(
        &mut self,
        name: &str,
        model: &ModelSettings,
        prompt: &Prompt,
        schema: &Value,
    ) -> Result<Answer, PipelineError> {
        let asked = Asked::new(model, prompt, schema);
        if self.asking != Asking::Fresh
            && let Some(exchange) = load(&self.kept, asked.address())?
        {
            self.progress
                .stage(&format!("taking the recorded answer of {}", model.title()));
            return Ok(exchange.answer);
        }
        if self.asking == Asking::Replay {
            let model = model.title();
            return Err(PipelineError::NotRecorded { model });
        }
        let mut breaker = Breaker::from_bytes(&self.breaker_bytes(name));
        breaker
            .permits(clock())
            .map_err(|open| PipelineError::ModelSpared {
                model: model.title(),
                until: open.until,
            })?;
        self.lease(model)?;
        self.check_edge("the prompt", &json!(prompt.messages()).to_string())?;
        let reservation = self.reserve(model, prompt, schema, asked.address())?;
        self.progress
            .stage(&format!("asking {} for a plan", model.title()));
        let answered = self.ask(model, prompt, schema);
        let is_telling = |error: &ModelError| error.is_transient();
        match &answered {
            Ok(_) if breaker == Breaker::default() => {}
            Ok(_) => {
                breaker.succeeded();
                self.keep_breaker(name, &breaker)?;
            }
            Err(PipelineError::Model(error)) if is_telling(error) => {
                breaker.failed(clock());
                self.keep_breaker(name, &breaker)?;
            }
            Err(_) => {}
        }
        match answered {
            Ok(answer) => self.keep(reservation, asked, prompt, answer),
            Err(error) => {
                let may_be_charged = match &error {
                    PipelineError::Model(error) => error.may_be_charged(),
                    _ => true,
                };
                if !may_be_charged {
                    self.ledger.release(reservation)?;
                }
                Err(error)
            }
        }
    }

    /// Counts a request at its most, or refuses it.
    fn reserve(
        &self,
        model: &ModelSettings,
        prompt: &Prompt,
        schema: &Value,
        address: Digest,
    ) -> Result<Reservation, PipelineError> {
        let request = Request {
            at: clock(),
            build: &self.build,
            person: &self.person,
            model: &model.title(),
            most: most(model, prompt, schema),
            price: model.price.unwrap_or_default(),
            address,
        };
        // A record that cannot be read settles nothing.
        let recorded = |address| Some(load(&self.kept, address).ok()??.usage);
        Ok(self.ledger.reserve(&request, recorded)?)
    }

    /// Keeps an answer before anything else is done with it, and settles what it cost.
    fn keep(
        &self,
        reservation: Reservation,
        asked: Asked,
        prompt: &Prompt,
        answer: Answer,
    ) -> Result<Answer, PipelineError> {
        let counted = || Usage {
            input: tokens(prompt) as u64,
            output: silversmith_tokens::count(&answer.text) as u64,
        };
        let usage = answer.usage.unwrap_or_else(counted);
        self.check_edge("the model's answer", &answer.text)
            .or_else(|leak| {
                self.ledger.settle(reservation.clone(), usage)?;
                Err(leak)
            })?;
        let address = asked.address();
        let exchange = Exchange {
            format: Exchange::format(),
            asked,
            messages: json!(prompt.messages()),
            answer,
            usage,
            at: clock(),
            person: self.person.clone(),
            build: self.build.clone(),
        };
        self.kept.put(address, &exchange.to_bytes())?;
        self.ledger.settle(reservation, usage)?;
        Ok(exchange.answer)
    }

    /// Asks the model as often as makes sense. A key that it does not take is got anew once: it may have
    /// been rotated.
    fn ask(
        &mut self,
        model: &ModelSettings,
        prompt: &Prompt,
        schema: &Value,
    ) -> Result<Answer, PipelineError> {
        match self.attempts(model, prompt, schema) {
            Err(PipelineError::Model(ModelError::Unauthorised { .. }))
                if model.secret.is_some() =>
            {
                self.progress
                    .stage("getting the key anew: it was not taken");
                if let Some(secret) = &model.secret
                    && let Some(lease) = self.leases.remove(secret)
                {
                    lease.close(clock(), &mut self.log)?;
                }
                self.lease(model)?;
                self.attempts(model, prompt, schema)
            }
            answered => answered,
        }
    }

    fn attempts(
        &mut self,
        model: &ModelSettings,
        prompt: &Prompt,
        schema: &Value,
    ) -> Result<Answer, PipelineError> {
        let messages: Vec<Message> = prompt.messages().iter().map(message).collect();
        let attempts = Attempts {
            retries: model.retries,
            deadline: Duration::from_secs(model.deadline_seconds),
        };
        let folder = self.project.path("".as_ref());
        let title = model.title();
        let (worker, progress, log) = (&self.worker, self.progress, &mut self.log);
        let mut lease = model
            .secret
            .as_ref()
            .and_then(|name| self.leases.get_mut(name));
        let mut unkept = None;
        let build = self.build.as_str();
        let ask = |left| {
            if let Some(lease) = &mut lease
                && let Err(error) = lease.keep_alive(clock(), log)
            {
                // The key itself still works; what was leased ends by itself.
                unkept = Some(error);
            }
            let question = Question {
                settings: model,
                messages: &messages,
                schema: Some(schema),
                key: lease.as_ref().map(|lease| lease.secret()),
                folder: &folder,
                run_id: build,
            };
            worker.ask(&question, left)
        };
        let tell = |retry: &Retry| {
            let (attempt, of, wait) = (retry.attempt, retry.of, retry.wait.as_secs_f64());
            let error = retry.error;
            progress.warning(&format!(
                "{error}; attempt {attempt} of {of} in {wait:.1} s"
            ));
        };
        let answered = persist(attempts, &mut Now::default(), ask, tell);
        if let Some(error) = unkept {
            progress.warning(&format!(
                "the lease of the key of {title} was not renewed: {error}"
            ));
        }
        Ok(answered?)
    }

    /// Sees that the key of a model is leased.
    fn lease(&mut self, model: &ModelSettings) -> Result<(), PipelineError> {
        let Some(name) = model
            .secret
            .as_ref()
            .filter(|name| !self.leases.contains_key(*name))
        else {
            return Ok(());
        };
        let purpose = format!("ask {}", model.title());
        let lease = keyring::lease(self.project, name, &purpose, &self.build, &mut self.log)?;
        for warning in lease.warnings() {
            self.progress.warning(warning);
        }
        self.leases.insert(name.clone(), lease);
        Ok(())
    }

    /// Refuses what holds a secret.
    fn check_edge(&self, what: &'static str, text: &str) -> Result<(), PipelineError> {
        let scan = Scan::new(self.leases.values().map(Lease::secret));
        match scan.find(text.as_bytes()) {
            None => Ok(()),
            Some(leak) => Err(PipelineError::Leak {
                what,
                secret: leak.what,
            }),
        }
    }

    fn breaker_path(&self, name: &str) -> PathBuf {
        // Names of models are keys of the settings, which may hold anything.
        let file = format!("{}.json", Digest::of(name.as_bytes()).to_hex());
        self.project.private().join("breakers").join(file)
    }

    fn breaker_bytes(&self, name: &str) -> Vec<u8> {
        read_bounded(&self.breaker_path(name), MAX_BREAKER).unwrap_or_default()
    }

    fn keep_breaker(&self, name: &str, breaker: &Breaker) -> Result<(), PipelineError> {
        Ok(write_atomically(
            &self.breaker_path(name),
            &breaker.to_bytes(),
            0o600,
        )?)
    }
}

impl Drop for Answers<'_> {
    /// Gives the keys back, whatever came of the build.
    fn drop(&mut self) {
        for (name, lease) in std::mem::take(&mut self.leases) {
            if let Err(error) = lease.close(clock(), &mut self.log) {
                self.progress.warning(&format!(
                    "the lease of {name:?} was not given back: {error}"
                ));
            }
        }
    }
}

/// The ledger of a project.
pub fn ledger(project: &Project) -> Ledger {
    Ledger::new(
        project.private().join("spending"),
        project.settings().budget.clone(),
    )
}

/// A name for this build that nothing else has.
fn build_id(brief: &Brief) -> Result<String, PipelineError> {
    let mut random = [0; 4];
    let failed = |error: getrandom::Error| PipelineError::Key {
        message: format!("the system gives no random bytes: {error}"),
    };
    getrandom::fill(&mut random).map_err(failed)?;
    let random: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("build-{}-{random}", brief.bronze_run()))
}

fn message(message: &silversmith_author::prompt::Message) -> Message {
    Message {
        role: match message.role {
            Speaker::System => Role::System,
            Speaker::User => Role::User,
            Speaker::Assistant => Role::Assistant,
        },
        content: message.content.clone(),
    }
}

/// Time as it is.
struct Now(Instant);

impl Default for Now {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Time for Now {
    fn now(&mut self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(&mut self, time: Duration) {
        std::thread::sleep(time);
    }

    fn chance(&mut self) -> f64 {
        let mut bytes = [0; 4];
        // Without randomness every wait is its longest.
        match getrandom::fill(&mut bytes) {
            Ok(()) => f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0),
            Err(_) => 1.0,
        }
    }
}
