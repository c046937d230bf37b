//! One bounded request to a vault or a token server.

use std::path::Path;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::error::Cause;

/// Largest answer that is read: a secret of many fields, and a certificate chain or two.
const MAX_ANSWER: usize = 1 << 20;
const CONNECT: Duration = Duration::from_secs(5);
/// From the first byte sent to the last received.
const WHOLE: Duration = Duration::from_secs(15);
/// Largest file of certificates.
const MAX_CERTIFICATES: u64 = 4 << 20;

/// A server that is asked.
pub(crate) struct Server {
    address: String,
    client: reqwest::Client,
    runtime: tokio::runtime::Runtime,
    headers: HeaderMap,
}

/// What is sent.
pub(crate) enum Body {
    Nothing,
    Json(Value),
    Form(Vec<(&'static str, Zeroizing<String>)>),
}

/// The status and the bytes of an answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Zeroizing<Vec<u8>>,
}

impl Server {
    /// A server at a base URL. No redirects, which would carry tokens elsewhere; no compression, which
    /// would let a few bytes become many; and no proxy of the environment.
    pub(crate) fn new(address: &str, ca: Option<&Path>) -> Result<Self, Cause> {
        let address = address.trim_end_matches('/').to_owned();
        let broken = |words: String| Cause::Unreachable {
            server: address.clone(),
            words,
        };
        // Somebody else may have installed one before: it will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_gzip()
            .no_proxy()
            .connect_timeout(CONNECT)
            .timeout(WHOLE)
            .user_agent(concat!("silversmith/", env!("CARGO_PKG_VERSION")));
        if let Some(path) = ca {
            let pem = crate::source::read_file(path, MAX_CERTIFICATES)?;
            let certificates = reqwest::Certificate::from_pem_bundle(&pem);
            let certificates = certificates.map_err(|error| broken(error.to_string()))?;
            builder = builder.tls_certs_merge(certificates);
        }
        let client = builder.build().map_err(|error| broken(error.to_string()))?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime = runtime.map_err(|error| broken(error.to_string()))?;
        Ok(Self {
            client,
            runtime,
            headers: HeaderMap::new(),
            address,
        })
    }

    /// A header of every request from now on. One that carries a token is not shown by debugging.
    pub(crate) fn header(&mut self, name: &'static str, value: &str) -> Result<(), Cause> {
        let value = HeaderValue::from_str(value).map(|mut value| {
            value.set_sensitive(true);
            value
        });
        let value = value.map_err(|_| self.broken("a header would hold control characters"))?;
        self.headers.insert(HeaderName::from_static(name), value);
        Ok(())
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Asks, and reads the answer up to its bound.
    pub(crate) fn ask(
        &self,
        method: reqwest::Method,
        path: &str,
        body: Body,
    ) -> Result<Answer, Cause> {
        let url = format!("{}{path}", self.address);
        let mut request = self
            .client
            .request(method, url)
            .headers(self.headers.clone());
        let mut sent = Zeroizing::new(Vec::new());
        match body {
            Body::Nothing => {}
            Body::Json(value) => {
                *sent = value.to_string().into_bytes();
                request = request.header("content-type", "application/json");
            }
            Body::Form(fields) => {
                *sent = form(&fields).into_bytes();
                request = request.header("content-type", "application/x-www-form-urlencoded");
            }
        }
        let request = request.body(sent.to_vec());
        let unreachable = |error: reqwest::Error| Cause::Unreachable {
            server: self.address.clone(),
            words: words_of(&error.without_url()),
        };
        self.runtime.block_on(async {
            let mut response = request.send().await.map_err(unreachable)?;
            let status = response.status().as_u16();
            let mut body = Zeroizing::new(Vec::new());
            while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
                if body.len() + chunk.len() > MAX_ANSWER {
                    return Err(self.malformed("something", "it is larger than 1 MiB"));
                }
                body.extend_from_slice(&chunk);
            }
            Ok(Answer { status, body })
        })
    }

    pub(crate) fn malformed(&self, what: &'static str, words: &str) -> Cause {
        Cause::Malformed {
            server: self.address.clone(),
            what,
            words: words.to_owned(),
        }
    }

    fn broken(&self, words: &str) -> Cause {
        Cause::Unreachable {
            server: self.address.clone(),
            words: words.to_owned(),
        }
    }
}

/// `application/x-www-form-urlencoded` (WHATWG URL, 5.2).
fn form(fields: &[(&'static str, Zeroizing<String>)]) -> String {
    let mut url = reqwest::Url::parse("form:").ok();
    if let Some(url) = &mut url {
        let mut pairs = url.query_pairs_mut();
        for (name, value) in fields {
            pairs.append_pair(name, value);
        }
    }
    url.and_then(|url| url.query().map(str::to_owned))
        .unwrap_or_default()
}

fn words_of(error: &reqwest::Error) -> String {
    use std::error::Error as _;
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        words = format!("{words}: {cause}");
        source = cause.source();
    }
    words.chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_encoded() {
        let field = |value: &str| Zeroizing::new(value.to_owned());
        let fields = [("a", field("x y&z=1")), ("scope", field("é"))];
        assert_eq!(form(&fields), "a=x+y%26z%3D1&scope=%C3%A9");
    }
}
