//! The statement about a module: in-toto v1 with the SLSA provenance v1 predicate.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use silversmith_plan::module::Header;
use silversmith_types::strict_json::{self, Bounds};
use silversmith_types::{Digest, RunId, TableName, Timestamp};

const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";
const PREDICATE_TYPE: &str = "https://slsa.dev/provenance/v1";

/// How modules are built, as `docs/build/v0.md` describes it: from a plan, with the parameters and
/// dependencies that [`seal`](crate::seal) lists.
pub const BUILD_TYPE: &str = "https://github.com/silversmith-data/silversmith/build/v0";
/// Who builds: this program, on the machine of whoever holds the key.
const BUILDER: &str = "https://github.com/silversmith-data/silversmith/builder/local";
/// The name of the subject.
pub const MODULE_NAME: &str = "load_2_silver_layer.py";

/// What a build rests on beside what the header says.
#[derive(Debug)]
pub(crate) struct BuildFacts {
    /// The Bronze files, where their digests are those of the header.
    pub(crate) bronze: BTreeMap<TableName, Digest>,
    pub(crate) policy: Digest,
    pub(crate) runtime: Digest,
    pub(crate) trial_report: Digest,
    /// What the jail recorded of the trial's runs; absent in statements of versions that did not say.
    pub(crate) sandbox: Option<Digest>,
    /// Layers of the jail that the trial was accepted to run without.
    pub(crate) accepted_weaker: BTreeSet<String>,
    /// What was kept from the author; absent in statements of versions that did not record it.
    pub(crate) data_policy: Option<DataPolicyFacts>,
}

/// The record of personal data and of what was kept from the author, as the statement has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataPolicyFacts {
    /// Digest of `data_policy.json`.
    pub digest: Digest,
    /// How many of what: never a value.
    pub counts: BTreeMap<String, u64>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Statement {
    #[serde(rename = "_type")]
    statement_type: String,
    subject: Vec<Resource>,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    predicate: Predicate,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Predicate {
    build_definition: BuildDefinition,
    run_details: RunDetails,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct BuildDefinition {
    build_type: String,
    external_parameters: ExternalParameters,
    internal_parameters: InternalParameters,
    resolved_dependencies: Vec<Resource>,
}

/// What the person who builds decides.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ExternalParameters {
    bronze_run: RunId,
    as_of: Timestamp,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    accepted_weaker: BTreeSet<String>,
}

/// What the tool decides.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct InternalParameters {
    author: String,
    /// Always `plan`: the module was compiled from a plan.
    mode: String,
    plan: Sha256,
    tool: String,
    transforms: Sha256,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RunDetails {
    builder: Builder,
    byproducts: Vec<Resource>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Builder {
    id: String,
    version: BTreeMap<String, String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Resource {
    name: String,
    digest: Sha256,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    annotations: BTreeMap<String, u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sha256 {
    sha256: Digest,
}

impl Statement {
    /// The statement about a module with this digest and header.
    pub(crate) fn new(module: Digest, header: &Header, facts: &BuildFacts) -> Self {
        let dependencies = dependencies(header, facts);
        let (tool, version) = header.tool.split_once('/').unwrap_or((&header.tool, ""));
        Self {
            statement_type: STATEMENT_TYPE.to_owned(),
            subject: vec![resource(MODULE_NAME, module)],
            predicate_type: PREDICATE_TYPE.to_owned(),
            predicate: Predicate {
                build_definition: BuildDefinition {
                    build_type: BUILD_TYPE.to_owned(),
                    external_parameters: ExternalParameters {
                        bronze_run: header.bronze_run.clone(),
                        as_of: header.as_of,
                        accepted_weaker: facts.accepted_weaker.clone(),
                    },
                    internal_parameters: InternalParameters {
                        author: header.author.clone(),
                        mode: "plan".to_owned(),
                        plan: Sha256 {
                            sha256: header.plan,
                        },
                        tool: header.tool.clone(),
                        transforms: Sha256 {
                            sha256: header.transforms,
                        },
                    },
                    resolved_dependencies: dependencies,
                },
                run_details: RunDetails {
                    builder: Builder {
                        id: BUILDER.to_owned(),
                        version: BTreeMap::from([(tool.to_owned(), version.to_owned())]),
                    },
                    byproducts: byproducts(header, facts),
                },
            },
        }
    }

    /// The canonical bytes: what is signed.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        // Serialising plain data with text keys into memory cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads a statement. Only the bytes that `to_bytes` writes are accepted.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let bounds = Bounds {
            bytes: crate::dsse::MAX_ENVELOPE,
            nodes: 20_000,
            depth: Bounds::DEPTH,
            members: 20_000,
        };
        strict_json::parse(bytes, bounds).map_err(|error| error.to_string())?;
        let statement: Self =
            serde_json::from_slice(bytes).map_err(|_| "it has another shape".to_owned())?;
        if statement.to_bytes() != bytes {
            return Err("it is not in canonical form".to_owned());
        }
        Ok(statement)
    }

    /// What is not as every statement of ours has it: name of the check, and what is wrong.
    pub(crate) fn constants(&self) -> [(&'static str, bool, &'static str); 3] {
        let definition = &self.predicate.build_definition;
        let plan_mode = definition.internal_parameters.mode == "plan";
        let builder = self.predicate.run_details.builder.id == BUILDER;
        [
            (
                "statement-type",
                self.statement_type == STATEMENT_TYPE,
                STATEMENT_TYPE,
            ),
            (
                "predicate-type",
                self.predicate_type == PREDICATE_TYPE,
                PREDICATE_TYPE,
            ),
            (
                "build-type",
                definition.build_type == BUILD_TYPE && plan_mode && builder,
                BUILD_TYPE,
            ),
        ]
    }

    /// The digest of the one subject.
    pub(crate) fn subject(&self) -> Option<Digest> {
        match self.subject.as_slice() {
            [only] if only.name == MODULE_NAME => Some(only.digest.sha256),
            _ => None,
        }
    }

    /// The facts that only the statement has; `None` where one is missing, given twice or unknown.
    pub(crate) fn facts(&self) -> Option<BuildFacts> {
        let mut named: BTreeMap<&str, Digest> = BTreeMap::new();
        let dependencies = &self.predicate.build_definition.resolved_dependencies;
        for resource in dependencies
            .iter()
            .chain(&self.predicate.run_details.byproducts)
        {
            if named
                .insert(&resource.name, resource.digest.sha256)
                .is_some()
            {
                return None;
            }
        }
        let files = named.iter().filter_map(|(name, digest)| {
            Some((
                name.strip_prefix(BRONZE_FILE)?.parse::<TableName>().ok()?,
                *digest,
            ))
        });
        let byproducts = &self.predicate.run_details.byproducts;
        let data_policy = byproducts.iter().find(|found| found.name == DATA_POLICY);
        Some(BuildFacts {
            bronze: files.collect(),
            policy: *named.get("policy")?,
            runtime: *named.get("runtime")?,
            trial_report: *named.get("trial-report")?,
            sandbox: named.get(SANDBOX).copied(),
            accepted_weaker: self
                .predicate
                .build_definition
                .external_parameters
                .accepted_weaker
                .clone(),
            data_policy: data_policy.map(|found| DataPolicyFacts {
                digest: found.digest.sha256,
                counts: found.annotations.clone(),
            }),
        })
    }

    /// Whether this is what would be stated about a module with this header: every field of the
    /// header is in the statement, and nothing else is.
    pub(crate) fn agrees_with(&self, module: Digest, header: &Header) -> bool {
        let Some(facts) = self.facts() else {
            return false;
        };
        let files_agree = facts.bronze.is_empty()
            || header.bronze == Some(Header::digest_of_bronze(&facts.bronze));
        files_agree && Self::new(module, header, &facts).to_bytes() == self.to_bytes()
    }
}

const BRONZE_FILE: &str = "bronze/";
const DATA_POLICY: &str = "data-policy";
const SANDBOX: &str = "sandbox";

fn byproducts(header: &Header, facts: &BuildFacts) -> Vec<Resource> {
    let mut list = vec![
        resource("plan", header.plan),
        resource("trial-report", facts.trial_report),
    ];
    list.extend(facts.sandbox.map(|digest| resource(SANDBOX, digest)));
    list.extend(facts.data_policy.as_ref().map(|policy| Resource {
        annotations: policy.counts.clone(),
        ..resource(DATA_POLICY, policy.digest)
    }));
    list
}

/// In a fixed order, so that the same build gives the same bytes.
fn dependencies(header: &Header, facts: &BuildFacts) -> Vec<Resource> {
    let mut list = vec![
        resource("context", header.context),
        resource("report", header.report),
    ];
    list.extend(header.contract.map(|digest| resource("contract", digest)));
    // The list of the Bronze files as sha256sum writes it, and the files themselves where known.
    list.extend(
        header
            .bronze
            .map(|digest| resource("bronze.sha256", digest)),
    );
    let files = facts.bronze.iter();
    list.extend(files.map(|(table, digest)| resource(&format!("{BRONZE_FILE}{table}"), *digest)));
    list.push(resource("skeleton", header.skeleton));
    list.push(resource("policy", facts.policy));
    list.push(resource("runtime", facts.runtime));
    list
}

fn resource(name: &str, digest: Digest) -> Resource {
    Resource {
        name: name.to_owned(),
        digest: Sha256 { sha256: digest },
        annotations: BTreeMap::new(),
    }
}
