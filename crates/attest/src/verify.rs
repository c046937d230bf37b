use std::collections::BTreeSet;

use serde::Serialize;
use silversmith_plan::module::Header;
use silversmith_types::Digest;

use crate::dsse::{Envelope, MAX_ENVELOPE, PAYLOAD_TYPE, decode_base64, pae};
use crate::keys::{BadSignature, TrustedKeys};
use crate::statement::{DataPolicyFacts, MODULE_NAME, Statement};

/// Largest module that is verified. The skeleton has 40 kB, and transforms stay far below the rest.
const MAX_MODULE: usize = 64 << 20;

/// One check of a verification, in the shape of `verify --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Stable name.
    pub name: String,
    /// Whether it holds.
    pub ok: bool,
    /// What was found, in one sentence.
    pub detail: String,
}

/// A module with a statement about it that a trusted key signed. Only [`verify`] makes one.
#[derive(Debug)]
pub struct SealedModule {
    source: String,
    header: Header,
    envelope: Vec<u8>,
    key: Digest,
    policy: Digest,
    trial_report: Digest,
    sandbox: Option<Digest>,
    accepted_weaker: BTreeSet<String>,
    data_policy: Option<DataPolicyFacts>,
}

impl SealedModule {
    /// The Python source, whose bytes were verified.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// SHA-256 of the source.
    pub fn digest(&self) -> Digest {
        Digest::of(self.source.as_bytes())
    }

    /// Where it comes from.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The signed statement: a DSSE envelope, one line of JSON.
    pub fn envelope(&self) -> &[u8] {
        &self.envelope
    }

    /// The id of the key that signed.
    pub fn key_id(&self) -> Digest {
        self.key
    }

    /// The policy that it was verified against when it was built.
    pub fn policy_digest(&self) -> Digest {
        self.policy
    }

    /// The report of its trial.
    pub fn trial_report_digest(&self) -> Digest {
        self.trial_report
    }

    /// What the jail recorded of the runs of its trial: outcome, usage, layers and violations. Absent in
    /// statements of versions that did not say.
    pub fn sandbox_digest(&self) -> Option<Digest> {
        self.sandbox
    }

    /// The layers of the jail that its trial was accepted to run without.
    pub fn accepted_weaker(&self) -> &BTreeSet<String> {
        &self.accepted_weaker
    }

    /// The record of personal data and of what was kept from its author.
    pub fn data_policy(&self) -> Option<&DataPolicyFacts> {
        self.data_policy.as_ref()
    }
}

/// Checks an envelope and its statement against the bytes of a module. Each check rests on those
/// before it, so the first that fails is the last in the list.
pub fn verify(
    module: &[u8],
    envelope: &[u8],
    keys: &TrustedKeys,
) -> Result<(SealedModule, Vec<Check>), Vec<Check>> {
    let mut checks = Checks::default();
    match examine(module, envelope, keys, &mut checks) {
        Some(sealed) => Ok((sealed, checks.list)),
        None => Err(checks.list),
    }
}

#[derive(Default)]
struct Checks {
    list: Vec<Check>,
}

impl Checks {
    fn pass(&mut self, name: &str, detail: impl Into<String>) {
        self.list.push(Check {
            name: name.to_owned(),
            ok: true,
            detail: detail.into(),
        });
    }

    fn fail<T>(&mut self, name: &str, detail: impl Into<String>) -> Option<T> {
        self.list.push(Check {
            name: name.to_owned(),
            ok: false,
            detail: detail.into(),
        });
        None
    }
}

fn examine(
    module: &[u8],
    envelope: &[u8],
    keys: &TrustedKeys,
    checks: &mut Checks,
) -> Option<SealedModule> {
    if module.len() > MAX_MODULE {
        let detail = format!(
            "the module has {} bytes, and at most {MAX_MODULE} are read",
            module.len()
        );
        return checks.fail("size", detail);
    }
    if envelope.len() > MAX_ENVELOPE {
        let size = envelope.len();
        let detail = format!("the envelope has {size} bytes, and at most {MAX_ENVELOPE} are read");
        return checks.fail("size", detail);
    }
    checks.pass(
        "size",
        format!(
            "module {} bytes, envelope {} bytes",
            module.len(),
            envelope.len()
        ),
    );
    let (key, payload) = check_envelope(envelope, keys, checks)?;
    let statement = match Statement::parse(&payload) {
        Ok(statement) => statement,
        Err(why) => {
            return checks.fail("statement", format!("the statement cannot be read: {why}"));
        }
    };
    checks.pass("statement", "canonical JSON without duplicate keys");
    for (name, ok, expected) in statement.constants() {
        if !ok {
            return checks.fail(name, format!("is not {expected}"));
        }
        checks.pass(name, expected);
    }
    let digest = Digest::of(module);
    match statement.subject() {
        Some(subject) if subject == digest => checks.pass("subject", format!("sha256 {digest}")),
        Some(subject) => {
            let detail = format!("the statement is about sha256 {subject}, the module is {digest}");
            return checks.fail("subject", detail);
        }
        None => {
            return checks.fail(
                "subject",
                format!("there is not one subject `{MODULE_NAME}`"),
            );
        }
    }
    let (source, header) = check_header(module, digest, &statement, checks)?;
    let facts = statement.facts()?;
    Some(SealedModule {
        source,
        header,
        envelope: envelope.to_vec(),
        key,
        policy: facts.policy,
        trial_report: facts.trial_report,
        sandbox: facts.sandbox,
        accepted_weaker: facts.accepted_weaker,
        data_policy: facts.data_policy,
    })
}

/// Everything up to the signature. Gives the key that signed and the payload.
fn check_envelope(
    bytes: &[u8],
    keys: &TrustedKeys,
    checks: &mut Checks,
) -> Option<(Digest, Vec<u8>)> {
    let envelope = match Envelope::parse(bytes) {
        Ok(envelope) => envelope,
        Err(why) => return checks.fail("envelope", why),
    };
    let Some(payload) = decode_base64(&envelope.payload) else {
        return checks.fail("envelope", "the payload is not canonical base64");
    };
    checks.pass("envelope", "DSSE, strictly read");
    if envelope.payload_type != PAYLOAD_TYPE {
        return checks.fail("payload-type", format!("is not {PAYLOAD_TYPE}"));
    }
    checks.pass("payload-type", PAYLOAD_TYPE);
    let [signature] = envelope.signatures.as_slice() else {
        let count = envelope.signatures.len();
        return checks.fail("signatures", format!("there are {count} instead of one"));
    };
    let Some(der) = decode_base64(&signature.sig) else {
        return checks.fail("signatures", "the signature is not canonical base64");
    };
    checks.pass("signatures", "exactly one");
    let Ok(id) = signature.keyid.parse::<Digest>() else {
        return checks.fail("key", "the key id is not the SHA-256 of a public key");
    };
    let Some(key) = keys.get(id) else {
        return checks.fail(
            "key",
            format!("key {id} is not among the {} trusted keys", keys.len()),
        );
    };
    checks.pass("key", format!("key {id} is trusted"));
    match key.verify(&pae(&envelope.payload_type, &payload), &der) {
        Ok(()) => checks.pass("signature", "ECDSA P-256 with SHA-256"),
        Err(BadSignature::NotDer) => return checks.fail("signature", "is no canonical DER"),
        Err(BadSignature::HighS) => return checks.fail("signature", "is not in low-S form"),
        Err(BadSignature::Mismatch) => {
            return checks.fail("signature", "is not one of this key on this statement");
        }
    }
    Some((id, payload))
}

fn check_header(
    module: &[u8],
    digest: Digest,
    statement: &Statement,
    checks: &mut Checks,
) -> Option<(String, Header)> {
    let Ok(source) = std::str::from_utf8(module) else {
        return checks.fail("header", "the module is not UTF-8 text");
    };
    let header = match Header::parse(source) {
        Ok(header) => header,
        Err(error) => return checks.fail("header", error.to_string()),
    };
    if !statement.agrees_with(digest, &header) {
        return checks.fail(
            "header",
            "the header of the module and the statement disagree",
        );
    }
    checks.pass("header", "every field is in the statement");
    Some((source.to_owned(), header))
}

/// The digest of the module that an envelope claims to be about, to find the envelope of a module
/// among several. Nothing is verified: use [`verify`] with what was found.
pub fn subject_of(envelope: &[u8]) -> Option<Digest> {
    let envelope = Envelope::parse(envelope).ok()?;
    let payload = decode_base64(&envelope.payload)?;
    Statement::parse(&payload).ok()?.subject()
}

#[cfg(test)]
mod tests;
