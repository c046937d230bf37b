//! OpenBao and Vault by their HTTP interface: log in, read a version of a secret, renew, give back.
//!
//! The published client library has no way to send a header of one's own with each request, and the run
//! id must be in the vault's own log; so the seven requests that are needed are made here.

use std::path::Path;

use reqwest::Method;
use serde_json::{Value, json};
use silversmith_types::{Secret, Timestamp};

use super::{Given, federation, parse, read_secret};
use crate::error::Cause;
use crate::formats::{KvVersion, VaultAuth, vault_error_says, vault_text, written_version};
use crate::http::{Answer, Body, Server};
use crate::lease::SecretRequest;
use crate::settings::{Login, Vault};

/// A token of a vault that was got for this use, and is given back.
pub(crate) struct Session {
    server: Server,
    /// How long the token lasts after it was got or last renewed, in seconds; none: for ever.
    pub(crate) lasts: Option<u64>,
    pub(crate) renewable: bool,
    pub(crate) since: Timestamp,
    /// Whether it is ours to give back.
    pub(crate) ours: bool,
}

/// Reads the secret.
pub(super) fn read(vault: &Vault, request: &SecretRequest) -> Result<Given, Cause> {
    let (mut session, accessor) = log_in(vault, request)?;
    match latest(&session, vault) {
        Ok(found) => Ok(Given {
            accessor,
            session: Some(session),
            ..found
        }),
        Err(cause) => {
            // Nothing was read; the token is of no more use, whether or not it can be given back.
            let _ = session.revoke();
            Err(cause)
        }
    }
}

/// Writes a new version of the secret, if nobody else has since the one that is there. The other fields
/// of the secret stay as they are. Gives the number of the version.
pub(crate) fn write_version(
    vault: &Vault,
    request: &SecretRequest,
    value: &Secret,
) -> Result<String, Cause> {
    let (mut session, _) = log_in(vault, request)?;
    let written = write(&session, vault, value);
    // What was written stays so, whether or not the token can be given back.
    let _ = session.revoke();
    written
}

fn write(session: &Session, vault: &Vault, value: &Secret) -> Result<String, Cause> {
    let path = format!("/v1/{}/data/{}", vault.mount, vault.path);
    let found = session.ask(Method::GET, &path, Body::Nothing, "the secret")?;
    let found = KvVersion::read(&found.body).ok_or_else(|| no_version(session))?;
    let version = found.version();
    let fields = found.with(&vault.field, value.expose());
    let fields = fields.ok_or_else(|| no_version(session))?;
    let body = json!({ "options": { "cas": version }, "data": fields });
    let answer = session.server.ask(Method::POST, &path, Body::Json(body))?;
    let conflicts = answer.status == 400 && vault_error_says(&answer.body, "check-and-set");
    if conflicts {
        return Err(Cause::Conflict);
    }
    let answer = session.accept(answer, "to write the secret")?;
    let written = written_version(&answer.body).ok_or_else(|| no_version(session))?;
    Ok(written.to_string())
}

fn no_version(session: &Session) -> Cause {
    let words = "it has no fields or no version";
    session.server.malformed("the secret", words)
}

fn latest(session: &Session, vault: &Vault) -> Result<Given, Cause> {
    let path = format!("/v1/{}/data/{}", vault.mount, vault.path);
    let answer = session.server.ask(Method::GET, &path, Body::Nothing)?;
    let place = || {
        format!(
            "{}/{} of {}",
            vault.mount,
            vault.path,
            session.server.address()
        )
    };
    if answer.status == 404 {
        return Err(Cause::Missing { what: place() });
    }
    let answer = session.accept(answer, "the secret")?;
    let found = KvVersion::read(&answer.body).ok_or_else(|| no_version(session))?;
    let value = found.field(&vault.field).ok_or_else(|| Cause::Missing {
        what: format!("the field {} of {}", vault.field, place()),
    })?;
    Ok(Given {
        version: Some(found.version().to_string()),
        created: found.created(),
        ..Given::just(parse(value.as_bytes().to_vec(), place)?)
    })
}

fn log_in(vault: &Vault, request: &SecretRequest) -> Result<(Session, Option<String>), Cause> {
    let ca = vault.ca.as_ref().map(|ca| request.folder.join(ca));
    let mut server = Server::new(&vault.address, ca.as_deref())?;
    // Without it agents in between must not pass a request on: it keeps forged requests of browsers out.
    server.header("x-vault-request", "true")?;
    server.header("x-silversmith-run-id", request.run_id)?;
    if let Some(namespace) = &vault.namespace {
        server.header("x-vault-namespace", namespace)?;
    }
    let answer = match &vault.login {
        Login::Approle {
            mount,
            role_id,
            secret_id_file,
            wrapped,
        } => {
            let secret_id = read_secret(&request.folder.join(secret_id_file))?;
            let secret_id = match wrapped {
                true => unwrapped_secret_id(&mut server, &secret_id)?,
                false => secret_id,
            };
            let body = json!({ "role_id": role_id, "secret_id": secret_id.expose() });
            login(&server, mount, body)?
        }
        Login::Jwt {
            mount,
            role,
            token_file,
            oidc,
        } => {
            let token = federation::token(token_file.as_deref(), oidc.as_ref(), request)?;
            login(
                &server,
                mount,
                json!({ "role": role, "jwt": token.expose() }),
            )?
        }
        Login::Token { token_file } => return with_token(server, token_file, request),
        Login::WrappedToken { token_file } => {
            let wrapping = read_secret(&request.folder.join(token_file))?;
            unwrap(&mut server, &wrapping)?
        }
    };
    session(server, &answer, request.now)
}

fn login(server: &Server, mount: &str, body: Value) -> Result<Answer, Cause> {
    let answer = server.ask(
        Method::POST,
        &format!("/v1/auth/{mount}/login"),
        Body::Json(body),
    )?;
    accept(server, answer, "the login")
}

/// A token that somebody else looks after.
fn with_token(
    mut server: Server,
    file: &Path,
    request: &SecretRequest,
) -> Result<(Session, Option<String>), Cause> {
    let token = read_secret(&request.folder.join(file))?;
    server.header("x-vault-token", token.expose())?;
    let path = "/v1/auth/token/lookup-self";
    let answer = accept(
        &server,
        server.ask(Method::GET, path, Body::Nothing)?,
        "the token",
    )?;
    let accessor = vault_text(&answer.body, "accessor");
    let session = Session {
        server,
        lasts: None,
        renewable: false,
        since: request.now,
        ours: false,
    };
    Ok((session, accessor))
}

/// What a wrapping token gives, once.
fn unwrap(server: &mut Server, wrapping: &Secret) -> Result<Answer, Cause> {
    server.header("x-vault-token", wrapping.expose())?;
    let answer = server.ask(Method::POST, "/v1/sys/wrapping/unwrap", Body::Nothing)?;
    match answer.status {
        // A token that was used is no longer there.
        400 | 403 => Err(Cause::Unwrapped),
        _ => accept(server, answer, "to unwrap the token"),
    }
}

fn unwrapped_secret_id(server: &mut Server, wrapping: &Secret) -> Result<Secret, Cause> {
    let answer = unwrap(server, wrapping)?;
    let secret_id = vault_text(&answer.body, "secret_id");
    let secret_id = secret_id.ok_or_else(|| server.malformed("a secret id", "it has none"))?;
    parse(secret_id.into_bytes(), || "the secret id".to_owned())
}

/// The session of a login.
fn session(
    mut server: Server,
    answer: &Answer,
    now: Timestamp,
) -> Result<(Session, Option<String>), Cause> {
    let no_token = |server: &Server| server.malformed("the login", "no token");
    let auth = VaultAuth::read(&answer.body).ok_or_else(|| no_token(&server))?;
    let token = auth.client_token.ok_or_else(|| no_token(&server))?;
    let token = parse(token.into_bytes(), || "the vault's token".to_owned())?;
    server.header("x-vault-token", token.expose())?;
    let session = Session {
        server,
        lasts: auth.lease_duration.filter(|seconds| *seconds > 0),
        renewable: auth.renewable,
        since: now,
        ours: true,
    };
    Ok((session, auth.accessor))
}

impl Session {
    /// Makes the token last longer. Gives how long it lasts from now, in seconds.
    pub(crate) fn renew(&mut self, now: Timestamp) -> Result<u64, Cause> {
        let path = "/v1/auth/token/renew-self";
        let answer = self.ask(
            Method::POST,
            path,
            Body::Json(json!({})),
            "to renew the token",
        )?;
        let lasts = VaultAuth::read(&answer.body).and_then(|auth| auth.lease_duration);
        let lasts = lasts.ok_or_else(|| self.server.malformed("a renewal", "no duration"))?;
        self.lasts = Some(lasts);
        self.since = now;
        Ok(lasts)
    }

    /// Gives the token back, after which it is worth nothing.
    pub(crate) fn revoke(&mut self) -> Result<(), Cause> {
        if std::mem::take(&mut self.ours) {
            let path = "/v1/auth/token/revoke-self";
            self.ask(Method::POST, path, Body::Nothing, "to give the token back")?;
        }
        Ok(())
    }

    fn ask(
        &self,
        method: Method,
        path: &str,
        body: Body,
        what: &'static str,
    ) -> Result<Answer, Cause> {
        self.accept(self.server.ask(method, path, body)?, what)
    }

    fn accept(&self, answer: Answer, what: &'static str) -> Result<Answer, Cause> {
        accept(&self.server, answer, what)
    }
}

fn accept(server: &Server, answer: Answer, what: &'static str) -> Result<Answer, Cause> {
    let address = || server.address().to_owned();
    match answer.status {
        200 | 204 => Ok(answer),
        // Sealed, or a standby that knows no leader; both pass when somebody acts.
        503 | 472 | 473 => Err(Cause::Sealed { server: address() }),
        status => Err(Cause::Denied {
            server: address(),
            what,
            status,
        }),
    }
}
