//! Secrets in the settings of a project: their names and where they come from, never their values.

use std::path::PathBuf;

use serde::Deserialize;

/// One secret.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretSettings {
    /// How old it may be, in days, where its source says. Older: a warning, in production a refusal.
    pub max_age_days: Option<u32>,
    /// Where it is looked for, in this order.
    pub sources: Vec<Source>,
}

/// A place that secrets come from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Source {
    /// OpenBao or Vault: a field of a secret in a KV engine, version 2.
    Vault(Box<Vault>),
    /// Workload identity: a token of this machine is exchanged for one that the provider takes.
    Federation(Box<Federation>),
    /// A program that prints it.
    Exec {
        /// The program and its arguments. A program with a `/` is a path from the project's folder.
        command: Vec<String>,
        /// How long it may take, in seconds.
        #[serde(default = "half_a_minute")]
        timeout_seconds: u64,
    },
    /// A credential that systemd hands to the service (`LoadCredential=`, `LoadCredentialEncrypted=`).
    Systemd {
        /// Its name.
        credential: String,
    },
    /// The keyring of the Linux kernel: a key of type `user`.
    Keyring {
        /// What it is called, such as `silversmith:openai`.
        description: String,
    },
    /// The environment, or a file of variables. For work on one machine; refused in production.
    Env {
        /// The variables, of which the first that is set counts.
        variables: Vec<String>,
        /// A file such as `.env`, looked into after the environment.
        file: Option<PathBuf>,
    },
}

/// A secret in OpenBao or Vault.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vault {
    /// Such as `https://vault.example:8200`.
    pub address: String,
    /// The namespace, where there are several.
    pub namespace: Option<String>,
    /// A PEM file of certificates that are trusted beside the system's.
    pub ca: Option<PathBuf>,
    /// The engine.
    #[serde(default = "secret")]
    pub mount: String,
    /// The secret in it.
    pub path: String,
    /// The field of the secret.
    pub field: String,
    /// How this program says who it is.
    pub login: Login,
}

/// How this program says to a vault who it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Login {
    /// By a role and its secret id.
    Approle {
        /// The auth method.
        #[serde(default = "approle")]
        mount: String,
        /// The role.
        role_id: String,
        /// A file with the secret id, or with a wrapping token for it.
        secret_id_file: PathBuf,
        /// Whether it is a wrapping token, which works once.
        #[serde(default)]
        wrapped: bool,
    },
    /// By a signed token of somebody the vault trusts.
    Jwt {
        /// The auth method.
        #[serde(default = "jwt")]
        mount: String,
        /// The role.
        role: String,
        /// A file that holds the token, as Kubernetes and CI systems write them; or
        token_file: Option<PathBuf>,
        /// an OpenID Connect server that gives it.
        oidc: Option<ClientCredentials>,
    },
    /// By a token of the vault itself, which is left as it is.
    Token {
        /// A file with it.
        token_file: PathBuf,
    },
    /// By a wrapping token, which gives a token of the vault once.
    WrappedToken {
        /// A file with it.
        token_file: PathBuf,
    },
}

/// A client of an OpenID Connect server, which gets tokens for its credentials (RFC 6749, 4.4).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientCredentials {
    /// Where tokens are given.
    pub token_url: String,
    /// The client.
    pub client_id: String,
    /// A file with its secret.
    pub client_secret_file: PathBuf,
    /// What is asked for.
    pub scope: Option<String>,
    /// Whom the token is for (RFC 8707).
    pub resource: Option<String>,
}

/// A token of this machine that is exchanged for one that a provider takes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Federation {
    /// Where tokens are exchanged.
    pub token_url: String,
    /// A PEM file of certificates that are trusted beside the system's.
    pub ca: Option<PathBuf>,
    /// How.
    #[serde(default)]
    pub grant: Grant,
    /// A file that holds the token of this machine; or
    pub token_file: Option<PathBuf>,
    /// an OpenID Connect server that gives it.
    pub oidc: Option<ClientCredentials>,
    /// What kind of token that is (RFC 8693, 3).
    #[serde(default = "jwt_type")]
    pub subject_token_type: String,
    /// Whom the new token is for.
    pub audience: Option<String>,
    /// What it is asked for.
    pub scope: Option<String>,
}

/// How a token is exchanged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grant {
    /// OAuth 2.0 Token Exchange (RFC 8693).
    #[default]
    TokenExchange,
    /// A JWT as authorisation grant (RFC 7523, 2.1).
    JwtBearer,
}

fn half_a_minute() -> u64 {
    30
}

fn secret() -> String {
    "secret".to_owned()
}

fn approle() -> String {
    "approle".to_owned()
}

fn jwt() -> String {
    "jwt".to_owned()
}

fn jwt_type() -> String {
    "urn:ietf:params:oauth:token-type:jwt".to_owned()
}

impl Source {
    /// As the settings have it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Vault(_) => "vault",
            Self::Federation(_) => "federation",
            Self::Exec { .. } => "exec",
            Self::Systemd { .. } => "systemd",
            Self::Keyring { .. } => "keyring",
            Self::Env { .. } => "env",
        }
    }

    fn check(&self) -> Result<(), String> {
        match self {
            Self::Vault(vault) => vault.check(),
            Self::Federation(federation) => {
                check_url("token_url", &federation.token_url)?;
                check_token(federation.token_file.as_ref(), federation.oidc.as_ref())
            }
            Self::Exec {
                command,
                timeout_seconds,
            } => {
                if command.first().is_none_or(String::is_empty) {
                    return Err("`command` names no program".to_owned());
                }
                match (1..=600).contains(timeout_seconds) {
                    true => Ok(()),
                    false => Err("`timeout_seconds` is not from 1 to 600".to_owned()),
                }
            }
            Self::Systemd { credential } => check_name("credential", credential),
            Self::Keyring { description }
                if description.is_empty() || description.contains('\0') =>
            {
                Err("`description` is empty".to_owned())
            }
            Self::Keyring { .. } => Ok(()),
            Self::Env { variables, .. } => {
                let is_name = |name: &String| {
                    let mut bytes = name.bytes();
                    !name.is_empty() && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
                };
                match !variables.is_empty() && variables.iter().all(is_name) {
                    true => Ok(()),
                    false => Err("`variables` names no variables".to_owned()),
                }
            }
        }
    }
}

impl Vault {
    fn check(&self) -> Result<(), String> {
        check_url("address", &self.address)?;
        check_path("mount", &self.mount)?;
        check_path("path", &self.path)?;
        if let Some(namespace) = &self.namespace {
            check_path("namespace", namespace)?;
        }
        match &self.login {
            Login::Approle { mount, .. } => check_path("login.mount", mount),
            Login::Jwt {
                mount,
                token_file,
                oidc,
                ..
            } => {
                check_path("login.mount", mount)?;
                check_token(token_file.as_ref(), oidc.as_ref())
            }
            Login::Token { .. } | Login::WrappedToken { .. } => Ok(()),
        }
    }
}

impl SecretSettings {
    /// Refuses what cannot be meant; the error is a sentence that begins behind the secret's name.
    pub fn check(&self) -> Result<(), String> {
        if self.sources.is_empty() {
            return Err("names no source".to_owned());
        }
        for (at, source) in self.sources.iter().enumerate() {
            let place = |why| format!("has a source ({}, {}) whose {why}", at + 1, source.kind());
            source.check().map_err(place)?;
        }
        Ok(())
    }
}

fn check_token(file: Option<&PathBuf>, oidc: Option<&ClientCredentials>) -> Result<(), String> {
    match (file, oidc) {
        (Some(_), None) => Ok(()),
        (None, Some(client)) => check_url("token_url", &client.token_url),
        _ => Err("token comes from nowhere, or from two places".to_owned()),
    }
}

/// Plain HTTP is for this machine alone: whoever is between would see tokens and keys.
fn check_url(key: &str, url: &str) -> Result<(), String> {
    let parsed = reqwest::Url::parse(url).map_err(|error| format!("`{key}` is no URL: {error}"))?;
    let is_here = matches!(parsed.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    if !parsed.username().is_empty() || parsed.password().is_some() {
        return Err(format!("`{key}` holds a name or password"));
    }
    match parsed.scheme() {
        "https" => Ok(()),
        "http" if is_here => Ok(()),
        "http" => Err(format!(
            "`{key}` is plain HTTP to another machine; use https"
        )),
        _ => Err(format!("`{key}` is neither https nor http")),
    }
}

/// Part of a URL's path: nothing that leaves it.
fn check_path(key: &str, path: &str) -> Result<(), String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    let climbs = path.split('/').any(|part| matches!(part, "" | "." | ".."));
    match path.chars().all(is_plain) && !climbs {
        true => Ok(()),
        false => Err(format!("`{key}` is no path such as llm/openai")),
    }
}

fn check_name(key: &str, name: &str) -> Result<(), String> {
    match name.contains('/') {
        true => Err(format!("`{key}` is no name")),
        false => check_path(key, name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<SecretSettings, String> {
        let settings: SecretSettings = toml::from_str(text).map_err(|error| error.to_string())?;
        settings.check()?;
        Ok(settings)
    }

    const VAULT: &str = "[[sources]]\nkind = 'vault'\naddress = 'https://vault.example:8200'\n\
        path = 'llm/openai'\nfield = 'api_key'\n";

    #[test]
    fn each_source_can_be_said() {
        for text in [
            format!("{VAULT}login = {{ kind = 'approle', role_id = 'r', secret_id_file = 'f' }}"),
            format!("{VAULT}login = {{ kind = 'jwt', role = 'r', token_file = 'f' }}"),
            format!(
                "{VAULT}[sources.login]\nkind = 'jwt'\nrole = 'r'\n[sources.login.oidc]\n\
                 token_url = 'https://id.example/token'\nclient_id = 'c'\nclient_secret_file = 'f'"
            ),
            format!("{VAULT}login = {{ kind = 'token', token_file = 'f' }}"),
            format!("{VAULT}login = {{ kind = 'wrapped-token', token_file = 'f' }}"),
            "[[sources]]\nkind = 'federation'\ntoken_url = 'https://sts.example/'\ntoken_file = 'f'\n\
             grant = 'jwt-bearer'"
                .to_owned(),
            "[[sources]]\nkind = 'exec'\ncommand = ['./key']".to_owned(),
            "[[sources]]\nkind = 'systemd'\ncredential = 'openai-key'".to_owned(),
            "[[sources]]\nkind = 'keyring'\ndescription = 'silversmith:openai'".to_owned(),
            "[[sources]]\nkind = 'env'\nvariables = ['OPENAI_API_KEY']\nfile = '.env'".to_owned(),
        ] {
            parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let login = "login = { kind = 'token', token_file = 'f' }";
        for text in [
            "sources = []".to_owned(),
            "[[sources]]\nkind = 'vault'".to_owned(),
            format!("{VAULT}login = {{ kind = 'password' }}"),
            format!("{}{login}", VAULT.replace("https", "http")),
            format!("{}{login}", VAULT.replace("https://", "https://u:p@")),
            format!("{}{login}", VAULT.replace("llm/openai", "../sys/seal")),
            format!("{}{login}", VAULT.replace("llm/openai", "llm?x=1")),
            format!("{}{login}", VAULT.replace("llm/openai", "")),
            "[[sources]]\nkind = 'exec'\ncommand = []".to_owned(),
            "[[sources]]\nkind = 'exec'\ncommand = ['k']\ntimeout_seconds = 0".to_owned(),
            "[[sources]]\nkind = 'systemd'\ncredential = '../shadow'".to_owned(),
            "[[sources]]\nkind = 'keyring'\ndescription = ''".to_owned(),
            "[[sources]]\nkind = 'env'\nvariables = []".to_owned(),
            "[[sources]]\nkind = 'env'\nvariables = ['A=B']".to_owned(),
            "[[sources]]\nkind = 'env'\nvariables = ['A']\nvalue = 'sk-1'".to_owned(),
        ] {
            assert!(parse(&text).is_err(), "{text}");
        }
    }
}
