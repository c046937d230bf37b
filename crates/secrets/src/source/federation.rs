//! Workload identity: a token that says what this workload is becomes one that a provider takes.

use reqwest::Method;
use silversmith_types::Secret;
use zeroize::Zeroizing;

use super::{Given, parse, read_secret};
use crate::error::Cause;
use crate::formats::TokenAnswer;
use crate::http::{Body, Server};
use crate::lease::SecretRequest;
use crate::settings::{ClientCredentials, Federation, Grant};

const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// The token of the provider.
pub(super) fn exchange(settings: &Federation, request: &SecretRequest) -> Result<Given, Cause> {
    let subject = token(
        settings.token_file.as_deref(),
        settings.oidc.as_ref(),
        request,
    )?;
    let subject = Zeroizing::new(subject.expose().to_owned());
    let plain = |text: &str| Zeroizing::new(text.to_owned());
    let mut fields = match settings.grant {
        Grant::TokenExchange => vec![
            ("grant_type", plain(TOKEN_EXCHANGE)),
            ("subject_token", subject),
            ("subject_token_type", plain(&settings.subject_token_type)),
            ("requested_token_type", plain(ACCESS_TOKEN)),
        ],
        Grant::JwtBearer => vec![("grant_type", plain(JWT_BEARER)), ("assertion", subject)],
    };
    let optional = [("audience", &settings.audience), ("scope", &settings.scope)];
    for (name, value) in optional {
        if let Some(value) = value {
            fields.push((name, plain(value)));
        }
    }
    let ca = settings.ca.as_ref().map(|ca| request.folder.join(ca));
    let server = Server::new(&settings.token_url, ca.as_deref())?;
    given(&server, fields, request)
}

/// The token that says what this workload is.
pub(super) fn token(
    file: Option<&std::path::Path>,
    oidc: Option<&ClientCredentials>,
    request: &SecretRequest,
) -> Result<Secret, Cause> {
    if let Some(file) = file {
        return read_secret(&request.folder.join(file));
    }
    let Some(client) = oidc else {
        return Err(Cause::Missing {
            what: "a token".to_owned(),
        });
    };
    let secret = read_secret(&request.folder.join(&client.client_secret_file))?;
    let plain = |text: &str| Zeroizing::new(text.to_owned());
    let mut fields = vec![
        ("grant_type", plain("client_credentials")),
        ("client_id", plain(&client.client_id)),
        ("client_secret", plain(secret.expose())),
    ];
    let optional = [("scope", &client.scope), ("resource", &client.resource)];
    for (name, value) in optional {
        if let Some(value) = value {
            fields.push((name, plain(value)));
        }
    }
    let server = Server::new(&client.token_url, None)?;
    let given = given(&server, fields, request)?;
    given
        .secret
        .ok_or_else(|| server.malformed("a token", "there is none in it"))
}

/// Asks a token endpoint (RFC 6749, 5.1).
fn given(
    server: &Server,
    fields: Vec<(&'static str, Zeroizing<String>)>,
    request: &SecretRequest,
) -> Result<Given, Cause> {
    let answer = server.ask(Method::POST, "", Body::Form(fields))?;
    if answer.status != 200 {
        return Err(Cause::Denied {
            server: server.address().to_owned(),
            what: "a token",
            status: answer.status,
        });
    }
    let token = TokenAnswer::read(&answer.body);
    let token = token.ok_or_else(|| server.malformed("a token", "there is none in it"))?;
    Ok(Given {
        expires: token.expires(request.now),
        ..Given::just(parse(token.access_token.into_bytes(), || {
            "the token".to_owned()
        })?)
    })
}
