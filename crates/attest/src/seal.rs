use std::collections::BTreeMap;

use silversmith_plan::module::Header;
use silversmith_trial::TriedModule;
use silversmith_types::Digest;
use silversmith_types::trial::{Sample, TrialReport};

use crate::dsse::{Envelope, PAYLOAD_TYPE, pae};
use crate::keys::{KeyError, Signer, SigningError, TrustedKeys};
use crate::statement::{BuildFacts, DataPolicyFacts, Statement};
use crate::verify::{Check, SealedModule, verify};

/// Why a module was not sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The trial report is about another module.
    #[error("the trial was of another module")]
    OtherModule,
    /// The key did not sign.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// The signer's public key cannot be read.
    #[error("the signer has no usable public key: {0}")]
    Key(#[from] KeyError),
    /// The new envelope does not verify: a defect of the signer.
    #[error("the new statement does not verify ({})", failed(.0))]
    Unverifiable(Vec<Check>),
}

impl SealError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::OtherModule => "SS-ATTEST-010",
            Self::Signing(_) => "SS-ATTEST-011",
            Self::Key(_) => "SS-ATTEST-012",
            Self::Unverifiable(_) => "SS-ATTEST-013",
        }
    }

    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::OtherModule => None,
            Self::Key(error) => error.help(),
            Self::Signing(_) | Self::Unverifiable(_) => {
                Some("see `silversmith doctor` for the state of the keys".to_owned())
            }
        }
    }
}

fn failed(checks: &[Check]) -> String {
    let names = checks
        .iter()
        .filter(|check| !check.ok)
        .map(|check| check.name.as_str());
    names.collect::<Vec<_>>().join(", ")
}

/// Signs the statement about a module that passed its trial. What comes out was verified with the
/// signer's own public key, as anybody would verify it.
pub fn seal(
    tried: TriedModule,
    data_policy: DataPolicyFacts,
    signer: &dyn Signer,
) -> Result<SealedModule, SealError> {
    let verified = tried.module();
    let (module, report) = (verified.module(), tried.report());
    if report.module != module.digest() {
        return Err(SealError::OtherModule);
    }
    let facts = BuildFacts {
        bronze: bronze_files(report, module.header()),
        policy: verified.policy_digest(),
        runtime: report.runtime,
        trial_report: Digest::of(&report.canonical_bytes()),
        sandbox: Some(Digest::of(&report.sandbox_bytes())),
        accepted_weaker: report.accepted_layers(),
        data_policy: Some(data_policy),
    };
    sign(module.source(), module.header(), &facts, signer)
}

/// The digests of the Bronze files, where the trial read them whole and they make up what the
/// header states; a trial on a sample measures the sample.
fn bronze_files(
    report: &TrialReport,
    header: &Header,
) -> BTreeMap<silversmith_types::TableName, Digest> {
    let tables = report.tables.iter();
    let files = tables
        .map(|(table, trial)| (table.clone(), trial.before.sha256))
        .collect();
    let whole = report.sample == Sample::Full;
    if whole && header.bronze == Some(Header::digest_of_bronze(&files)) {
        files
    } else {
        BTreeMap::new()
    }
}

pub(crate) fn sign(
    source: &str,
    header: &Header,
    facts: &BuildFacts,
    signer: &dyn Signer,
) -> Result<SealedModule, SealError> {
    let payload = Statement::new(Digest::of(source.as_bytes()), header, facts).to_bytes();
    let signature = signer.sign(&pae(PAYLOAD_TYPE, &payload))?;
    let envelope = Envelope::new(&payload, signer.key_id(), &signature).to_bytes();
    let mut keys = TrustedKeys::default();
    keys.add_pem(signer.public_key_pem().as_bytes())?;
    let (sealed, _) =
        verify(source.as_bytes(), &envelope, &keys).map_err(SealError::Unverifiable)?;
    Ok(sealed)
}
