//! From the settings of a secret to its value, and the end of its use.

use std::ffi::OsString;
use std::path::Path;

use serde::Serialize;
use silversmith_types::{Secret, Timestamp};

use crate::audit::{Action, Journal, SecretUse};
use crate::error::{Cause, SecretError};
use crate::settings::{SecretSettings, Source};
use crate::source::{self, Given, Session};

/// Longest name of a lease or a version, in characters; accessors of vaults have 24 to 100.
const MAX_LABEL: usize = 128;

/// Which secret is wanted, for whom and what.
#[derive(Clone, Copy)]
pub struct SecretRequest<'a> {
    /// Its name in the settings.
    pub name: &'a str,
    /// Its settings.
    pub settings: &'a SecretSettings,
    /// What for.
    pub purpose: &'a str,
    /// The run or build that it is used for.
    pub run_id: &'a str,
    /// For whom.
    pub principal: &'a str,
    /// Where relative paths begin.
    pub folder: &'a Path,
    /// Whether the strict profile is in force: nothing of the environment, nothing too old.
    pub production: bool,
    /// The time.
    pub now: Timestamp,
    /// The environment.
    pub environment: &'a dyn Fn(&str) -> Option<OsString>,
}

/// What is known of a secret, without its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// The kind of its source.
    pub source: &'static str,
    /// What the source calls the lease.
    pub accessor: Option<String>,
    /// Which version it is.
    pub version: Option<String>,
    /// When that version was made.
    pub created: Option<Timestamp>,
    /// When it stops working.
    pub expires: Option<Timestamp>,
    /// How long the lease lasts, in seconds.
    pub lease_seconds: Option<u64>,
}

/// A secret in use. What was leased is given back when this goes, and better by [`Lease::close`], which
/// records it.
pub struct Lease {
    secret: Secret,
    facts: Facts,
    warnings: Vec<String>,
    session: Option<Session>,
    words: Words,
}

/// What every record of one use has.
struct Words {
    secret: String,
    purpose: String,
    run_id: String,
    principal: String,
}

impl Words {
    fn of(request: &SecretRequest) -> Self {
        Self {
            secret: request.name.to_owned(),
            purpose: request.purpose.to_owned(),
            run_id: request.run_id.to_owned(),
            principal: request.principal.to_owned(),
        }
    }

    fn record(
        &self,
        journal: &mut dyn Journal,
        at: Timestamp,
        action: Action,
        source: &str,
        rest: Rest,
    ) -> Result<(), SecretError> {
        let used = SecretUse {
            at,
            action,
            secret: &self.secret,
            source,
            purpose: &self.purpose,
            run_id: &self.run_id,
            principal: &self.principal,
            accessor: rest.accessor,
            version: rest.version,
            lease_seconds: rest.lease_seconds,
            code: rest.code,
        };
        journal
            .record(&used)
            .map_err(|source| SecretError::Journal {
                name: self.secret.clone(),
                source,
            })
    }
}

/// What only some records have.
#[derive(Default)]
struct Rest<'a> {
    accessor: Option<&'a str>,
    version: Option<&'a str>,
    lease_seconds: Option<u64>,
    code: Option<&'a str>,
}

/// Asks the sources in their order until one gives the secret. Each is recorded before it is asked, and
/// what came of it afterwards; one that was passed over is a warning of the lease.
pub fn obtain(request: &SecretRequest, journal: &mut dyn Journal) -> Result<Lease, SecretError> {
    let words = Words::of(request);
    let mut causes: Vec<(&'static str, Cause)> = Vec::new();
    for source in &request.settings.sources {
        let kind = source.kind();
        let mut record =
            |action, rest: Rest| words.record(journal, request.now, action, kind, rest);
        record(Action::Requested, Rest::default())?;
        match source::ask(source, request) {
            Ok(given) => {
                let Some(lease) = lease(given, kind, request, &causes) else {
                    continue;
                };
                let rest = Rest {
                    accessor: lease.facts.accessor.as_deref(),
                    version: lease.facts.version.as_deref(),
                    lease_seconds: lease.facts.lease_seconds,
                    code: None,
                };
                record(Action::Obtained, rest)?;
                return lease.of_allowed_age(request);
            }
            Err(cause) => {
                let rest = Rest {
                    code: Some(cause.code()),
                    ..Rest::default()
                };
                record(Action::Unavailable, rest)?;
                causes.push((kind, cause));
            }
        }
    }
    Err(SecretError::Unavailable {
        name: request.name.to_owned(),
        causes,
    })
}

fn lease(
    given: Given,
    source: &'static str,
    request: &SecretRequest,
    passed_over: &[(&str, Cause)],
) -> Option<Lease> {
    let passed = |(kind, cause): &(&str, Cause)| {
        format!(
            "the secret {:?} was not had from {kind}, and was from {source}: {cause}",
            request.name
        )
    };
    let mut warnings: Vec<String> = passed_over.iter().map(passed).collect();
    if source == "env" {
        let name = request.name;
        warnings.push(format!(
            "the secret {name:?} comes from the environment, where other programs see it; production refuses that"
        ));
    }
    let lease_seconds = given.session.as_ref().and_then(|session| session.lasts);
    let secret = given.secret?;
    let label = |text: Option<String>| text.map(|text| label(&text, &secret));
    Some(Lease {
        facts: Facts {
            source,
            accessor: label(given.accessor),
            version: label(given.version),
            created: given.created,
            expires: given.expires,
            lease_seconds,
        },
        secret,
        warnings,
        session: given.session,
        words: Words::of(request),
    })
}

/// What a source calls a lease or a version, fit for a record and a terminal: a source that is not what
/// it says could put anything there, the key itself among it.
fn label(text: &str, secret: &Secret) -> String {
    if text.contains(secret.expose()) {
        return "(withheld: it holds the key)".to_owned();
    }
    let visible = |character: char| match character.is_ascii_graphic() {
        true => character,
        false => '?',
    };
    text.chars().take(MAX_LABEL).map(visible).collect()
}

impl Lease {
    /// The value.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// What is known of it.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// What a person has to know of where it came from.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Renews what is leased when more than half of its time is gone.
    pub fn keep_alive(
        &mut self,
        now: Timestamp,
        journal: &mut dyn Journal,
    ) -> Result<(), SecretError> {
        let Some(session) = self.session.as_mut().filter(|session| session.renewable) else {
            return Ok(());
        };
        let gone = now.as_datetime() - session.since.as_datetime();
        let half = session
            .lasts
            .and_then(|seconds| i64::try_from(seconds / 2).ok());
        if half.is_none_or(|half| gone.num_seconds() <= half) {
            return Ok(());
        }
        let source = self.facts.source;
        let renewed = session.renew(now);
        let rest = Rest {
            accessor: self.facts.accessor.as_deref(),
            lease_seconds: renewed.as_ref().ok().copied(),
            code: renewed.as_ref().err().map(Cause::code),
            ..Rest::default()
        };
        self.words
            .record(journal, now, Action::Renewed, source, rest)?;
        self.facts.lease_seconds = session.lasts;
        renewed
            .map(|_| ())
            .map_err(|cause| SecretError::Unavailable {
                name: self.words.secret.clone(),
                causes: vec![(source, cause)],
            })
    }

    /// Gives back what was leased, and records that.
    pub fn close(mut self, now: Timestamp, journal: &mut dyn Journal) -> Result<(), SecretError> {
        let Some(mut session) = self.session.take().filter(|session| session.ours) else {
            return Ok(());
        };
        let revoked = session.revoke();
        let rest = Rest {
            accessor: self.facts.accessor.as_deref(),
            code: revoked.as_ref().err().map(Cause::code),
            ..Rest::default()
        };
        let source = self.facts.source;
        self.words
            .record(journal, now, Action::Revoked, source, rest)?;
        revoked.map_err(|cause| SecretError::Unavailable {
            name: self.words.secret.clone(),
            causes: vec![(source, cause)],
        })
    }

    /// Itself, with a warning where it is too old, or not at all in production.
    fn of_allowed_age(mut self, request: &SecretRequest) -> Result<Self, SecretError> {
        let (Some(max_days), Some(created)) = (request.settings.max_age_days, self.facts.created)
        else {
            return Ok(self);
        };
        let age_days = (request.now.as_datetime() - created.as_datetime()).num_days();
        if age_days <= i64::from(max_days) {
            return Ok(self);
        }
        let error = SecretError::TooOld {
            name: request.name.to_owned(),
            age_days,
            max_days,
        };
        match request.production {
            true => Err(error),
            false => {
                self.warnings.push(error.to_string());
                Ok(self)
            }
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(session) = &mut self.session {
            // The last that can be done; the lease ends by itself otherwise.
            let _ = session.revoke();
        }
    }
}

/// Writes a new value of a secret where its first source lets that be done from here. Gives the version.
pub fn rotate(
    request: &SecretRequest,
    value: &Secret,
    journal: &mut dyn Journal,
) -> Result<String, SecretError> {
    let words = Words::of(request);
    let refuse = |cause| SecretError::Rotation {
        name: request.name.to_owned(),
        cause,
    };
    let Some(Source::Vault(vault)) = request.settings.sources.first() else {
        let kind = request
            .settings
            .sources
            .first()
            .map_or("none", Source::kind);
        return Err(refuse(Cause::Elsewhere(kind)));
    };
    let mut record = |action, rest: Rest| words.record(journal, request.now, action, "vault", rest);
    record(Action::RotationRequested, Rest::default())?;
    match source::write_version(vault, request, value) {
        Ok(version) => {
            let rest = Rest {
                version: Some(&version),
                ..Rest::default()
            };
            record(Action::Rotated, rest)?;
            Ok(version)
        }
        Err(cause) => {
            let rest = Rest {
                code: Some(cause.code()),
                ..Rest::default()
            };
            record(Action::Unavailable, rest)?;
            Err(refuse(cause))
        }
    }
}
