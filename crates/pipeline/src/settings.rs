//! `silversmith.toml`: settings of a project. Unknown keys are refused.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use silversmith_budget::BudgetSettings;
use silversmith_intake::{Limits, LowerLimits, ReportRule, Rules, UnknownKeys};
use silversmith_model::ModelSettings;
use silversmith_sandbox::WeakerLayer;
use silversmith_secrets::SecretSettings;

use crate::error::PipelineError;
use silversmith_store::files::read_bounded;

/// The settings file of a project folder.
pub const SETTINGS_FILE: &str = "silversmith.toml";
/// Largest settings file that is read; a hundred times what all settings need.
const MAX_SETTINGS: u64 = 256 * 1024;

/// Most times that an author is asked again; an author that needs more will not get there.
const MAX_REPAIRS: u32 = 5;
/// The longest that an answer may take: a person may be asked, and they have a day.
const MAX_ANSWER_SECONDS: u64 = 24 * 60 * 60;

/// What stands for the embedded rules in the order of models.
pub(crate) const RULES: &str = "rules";

/// All settings. A missing file means all defaults.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Where things are.
    pub paths: Paths,
    /// How much a run of a module may use.
    pub limits: RunLimits,
    /// What is read of the files that describe a run.
    pub intake: IntakeSettings,
    /// Value evidence.
    pub evidence: EvidenceSettings,
    /// Who writes plans, besides the rules.
    pub author: AuthorSettings,
    /// What may be spent on models.
    pub budget: BudgetSettings,
    /// Where keys come from, by name.
    pub secrets: BTreeMap<String, SecretSettings>,
    /// The jail.
    pub sandbox: SandboxSettings,
    /// What each profile asks for.
    pub profiles: Profiles,
}

/// Where things are, relative to the project folder.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Paths {
    /// Bronze runs.
    pub bronze: PathBuf,
    /// Silver runs.
    pub silver: PathBuf,
    /// Drafts of the reports that describe a run.
    pub drafts: PathBuf,
    /// The module.
    pub module: PathBuf,
    /// The contract (ODCS), where there is one.
    pub contract: Option<PathBuf>,
}

/// How much a run of a module may use.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RunLimits {
    /// Seconds from start to end.
    pub wall_seconds: u64,
    /// Memory of the process, in MiB.
    pub memory_mib: u64,
    /// Output, in MiB.
    pub output_mib: u64,
}

/// What is read of the files that describe a run, and what of it an author may see.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct IntakeSettings {
    /// Whether a cleaned report may be sent.
    pub report: ReportRule,
    /// What becomes of keys of the context that are not known; production refuses them always.
    pub unknown_keys: UnknownKeys,
    /// Bounds that are lower than the built-in ones.
    pub limits: LowerLimits,
}

/// Value evidence.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EvidenceSettings {
    /// Values seen fewer times are never named.
    pub min_count: u64,
}

/// Who writes plans, besides the rules.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuthorSettings {
    /// How often an author is asked again when its answer is no plan; at most 5.
    pub repairs: u32,
    /// The program behind `--author exec`.
    pub exec: Option<ExecSettings>,
    /// The models behind `--author llm` in the order in which they are asked; the next where one cannot
    /// answer. `rules` may stand at the end.
    pub llm: Vec<String>,
    /// What the models are, by name.
    pub models: BTreeMap<String, ModelSettings>,
}

/// A program that answers requests.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExecSettings {
    /// The program and its arguments. A program with a `/` is a path from the project's folder.
    pub command: Vec<String>,
    /// How long one answer may take, in seconds.
    #[serde(default = "ExecSettings::two_minutes")]
    pub timeout_seconds: u64,
}

/// The jail.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SandboxSettings {
    /// Whether interpreters get ready in it while a build or a trial does other work. They hold 60 MB
    /// each meanwhile.
    pub warm: bool,
    /// What `--accept-weaker-sandbox` may accept.
    pub accept_weaker: AcceptWeaker,
}

/// Layers of the jail whose absence may be accepted, by profile. None unless named here; the required
/// layers have no name here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AcceptWeaker {
    /// In `dev`.
    pub dev: BTreeSet<WeakerLayer>,
    /// In `production`.
    pub production: BTreeSet<WeakerLayer>,
}

/// What each profile asks for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Profiles {
    /// For work on one machine.
    pub dev: ProfileSettings,
    /// For runs that others rely on.
    pub production: ProfileSettings,
}

/// What one profile asks for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileSettings {
    /// People who must approve a module before it is released.
    pub approvals: u32,
}

/// A profile by name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ProfileName {
    /// `dev`.
    #[default]
    Dev,
    /// `production`.
    Production,
}

impl Default for Paths {
    fn default() -> Self {
        Self {
            bronze: "artifacts/bronze".into(),
            silver: "artifacts/silver".into(),
            drafts: "tmp/draft_reports/silver".into(),
            module: "src/runs/load_2_silver_layer.py".into(),
            contract: None,
        }
    }
}

impl Default for RunLimits {
    fn default() -> Self {
        Self {
            wall_seconds: 3600,
            memory_mib: 8192,
            output_mib: 16 * 1024,
        }
    }
}

impl Default for EvidenceSettings {
    fn default() -> Self {
        Self { min_count: 10 }
    }
}

impl Default for AuthorSettings {
    fn default() -> Self {
        Self {
            repairs: 1,
            exec: None,
            llm: Vec::new(),
            models: BTreeMap::new(),
        }
    }
}

impl ExecSettings {
    fn two_minutes() -> u64 {
        120
    }
}

impl Default for SandboxSettings {
    fn default() -> Self {
        Self {
            warm: true,
            accept_weaker: AcceptWeaker::default(),
        }
    }
}

impl Default for Profiles {
    fn default() -> Self {
        Self {
            dev: ProfileSettings { approvals: 0 },
            production: ProfileSettings { approvals: 1 },
        }
    }
}

impl Settings {
    /// Reads the settings of a project folder.
    pub fn load(folder: &Path) -> Result<Self, PipelineError> {
        let path = folder.join(SETTINGS_FILE);
        if !path.exists() {
            return Ok(Self::default());
        }
        let bytes = read_bounded(&path, MAX_SETTINGS)?;
        let refuse = |message: String| PipelineError::Settings {
            path: path.clone(),
            message,
        };
        Self::parse(&bytes).map_err(refuse)
    }

    /// Reads settings; the error says what is wrong and where.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned())?;
        let settings: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), String> {
        if self.evidence.min_count < 2 {
            return Err("`evidence.min_count` below 2 would name values of single rows".to_owned());
        }
        if let Err(error) = Limits::default().lowered(&self.intake.limits) {
            return Err(format!("`intake.limits`: {error}"));
        }
        let limits = &self.limits;
        if limits.wall_seconds == 0 || limits.memory_mib < 256 || limits.output_mib == 0 {
            return Err("`limits` leave no room for a run (memory from 256 MiB)".to_owned());
        }
        if self.author.repairs > MAX_REPAIRS {
            return Err(format!("`author.repairs` is more than {MAX_REPAIRS}"));
        }
        self.check_models()?;
        if let Some(exec) = &self.author.exec {
            if exec.command.first().is_none_or(String::is_empty) {
                return Err("`author.exec.command` names no program".to_owned());
            }
            if !(1..=MAX_ANSWER_SECONDS).contains(&exec.timeout_seconds) {
                return Err(format!(
                    "`author.exec.timeout_seconds` is not from 1 to {MAX_ANSWER_SECONDS}"
                ));
            }
        }
        Ok(())
    }

    fn check_models(&self) -> Result<(), String> {
        let author = &self.author;
        self.budget.check()?;
        for (name, secret) in &self.secrets {
            secret
                .check()
                .map_err(|why| format!("`secrets.{name}` {why}"))?;
        }
        for (name, model) in &author.models {
            let wrong = |why: String| format!("`author.models.{name}` {why}");
            model.check().map_err(wrong)?;
            if name == RULES {
                return Err(wrong("has the name of the embedded rules".to_owned()));
            }
            let secret = model.secret.as_ref();
            if let Some(secret) = secret.filter(|secret| !self.secrets.contains_key(*secret)) {
                return Err(wrong(format!(
                    "names the secret {secret:?}, which there is not"
                )));
            }
        }
        for (at, name) in author.llm.iter().enumerate() {
            let is_last = at + 1 == author.llm.len();
            match author.models.get(name) {
                _ if author.llm.iter().take(at).any(|before| before == name) => {
                    return Err(format!("`author.llm` names {name:?} twice"));
                }
                Some(model) if self.budget.limits_money() && model.price.is_none() => {
                    return Err(format!(
                        "`author.models.{name}` has no `price`, and `budget` limits money"
                    ));
                }
                Some(_) => {}
                None if name == RULES && is_last => {}
                None if name == RULES => {
                    return Err(
                        "`author.llm` asks others behind the rules, which always answer".to_owned(),
                    );
                }
                None => return Err(format!("`author.llm` names {name:?}, which there is not")),
            }
        }
        Ok(())
    }

    /// The layers of the jail whose absence may be accepted under a profile.
    pub fn accept_weaker(&self, profile: ProfileName) -> &BTreeSet<WeakerLayer> {
        match profile {
            ProfileName::Dev => &self.sandbox.accept_weaker.dev,
            ProfileName::Production => &self.sandbox.accept_weaker.production,
        }
    }

    /// The settings of a profile.
    pub fn profile(&self, name: ProfileName) -> &ProfileSettings {
        match name {
            ProfileName::Dev => &self.profiles.dev,
            ProfileName::Production => &self.profiles.production,
        }
    }
}

impl IntakeSettings {
    /// The rules of intake under a profile.
    pub fn rules(&self, profile: ProfileName) -> Rules {
        let lowered = Limits::default().lowered(&self.limits);
        Rules {
            // Settings that do not lower were refused; those of a record could only lead elsewhere.
            limits: lowered.unwrap_or_default(),
            unknown_keys: match profile {
                ProfileName::Dev => self.unknown_keys,
                ProfileName::Production => UnknownKeys::Refuse,
            },
            report: self.report,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<Settings, PipelineError> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(SETTINGS_FILE), text).unwrap();
        Settings::load(folder.path())
    }

    #[test]
    fn no_file_and_an_empty_file_mean_the_defaults() {
        assert_eq!(load("").unwrap(), Settings::default());
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Settings::load(folder.path()).unwrap(), Settings::default());
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for text in [
            "x = 1",
            "[paths]\nbronz = 'a'",
            "[profiles.dev]\napprovals = -1",
            "[evidence]\nmin_count = 1",
            "[limits]\nmemory_mib = 1",
            "[intake]\nreport = 'all'",
            "[intake.limits]\ntables = 1001",
            "[intake.limits]\ncontext_bytes = 0",
            "[intake.limits]\ntable = 1",
            "[sandbox.accept_weaker]\ndev = true",
            "[sandbox.accept_weaker]\nall = ['landlock']",
            "[sandbox]\nwarm = 'yes'",
            "[author]\nrepairs = 6",
            "[author.exec]\ncommand = []",
            "[author.exec]\ncommand = ['']",
            "[author.exec]\ntimeout_seconds = 3",
            "[author.exec]\ncommand = ['a']\ntimeout_seconds = 0",
            "[author.exec]\ncommand = ['a']\ntimeout_seconds = 86401",
            "[author.exec]\ncommand = 'a b'",
            "[author]\nllm = ['a']",
            "[author]\nllm = ['rules', 'rules']",
            "[author]\nllm = ['rules', 'a']\n[author.models.a]\nprovider = 'openai'\nmodel = 'm'",
            "[author.models.rules]\nprovider = 'openai'\nmodel = 'm'",
            "[author.models.a]\nprovider = 'openai'\nmodel = ''",
            "[author.models.a]\nprovider = 'openai'\nmodel = 'm'\nsecret = 's'",
            "[author]\nllm = ['a']\n[author.models.a]\nprovider = 'openai'\nmodel = 'm'\n[budget.day]\nmoney = 1",
            "[secrets.a]\nsources = []",
            "[budget]\ncurrency = 'dollars'",
            "[budget.week]\ntokens = 1",
            "[paths",
        ] {
            assert!(
                matches!(load(text), Err(PipelineError::Settings { .. })),
                "{text}"
            );
        }
    }

    /// The layers that every jail has, by the names that records have for them.
    #[test]
    fn no_required_layer_can_be_named_as_one_to_do_without() {
        for layer in [
            "user-namespace",
            "unprivileged-user",
            "mount-namespace",
            "pid-namespace",
            "network-namespace",
            "ipc-namespace",
            "uts-namespace",
            "cgroup-namespace",
            "capabilities",
            "no-new-privs",
            "seccomp",
            "limits",
            "copy-out",
            "jail",
            "all",
            "*",
        ] {
            let refused = load(&format!("[sandbox.accept_weaker]\ndev = ['{layer}']"));
            let message = refused.unwrap_err().to_string();
            assert!(message.contains("expected `landlock`"), "{message}");
        }
    }

    #[test]
    fn each_profile_accepts_what_is_named_for_it_and_nothing_by_default() {
        let none = Settings::default();
        let dev = load("[sandbox.accept_weaker]\ndev = ['landlock']").unwrap();
        for (settings, profile, count) in [
            (&none, ProfileName::Dev, 0),
            (&none, ProfileName::Production, 0),
            (&dev, ProfileName::Dev, 1),
            (&dev, ProfileName::Production, 0),
        ] {
            assert_eq!(settings.accept_weaker(profile).len(), count);
        }
    }

    #[test]
    fn intake_is_lowered_by_the_project_and_strict_in_production() {
        let settings = load("[intake]\nreport = 'sanitised'\n[intake.limits]\ntables = 7").unwrap();
        let dev = settings.intake.rules(ProfileName::Dev);
        assert_eq!(dev.limits.tables, 7);
        assert_eq!(dev.report, ReportRule::Sanitised);
        assert_eq!(dev.unknown_keys, UnknownKeys::Note);
        let production = Settings::default().intake.rules(ProfileName::Production);
        assert_eq!(production.unknown_keys, UnknownKeys::Refuse);
        assert_eq!(production.report, ReportRule::Withhold);
    }
}
