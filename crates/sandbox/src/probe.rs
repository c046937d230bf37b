//! What this machine offers, layer by layer, and why it lacks what it lacks.

use crate::early::Copier;
use crate::ended::{Layer, LayerProbe};
use crate::error::SandboxError;
use crate::helper;
use crate::machine::{Machine, Why};
use crate::request;
use crate::spec::Limits;
use crate::supervisor::Sandbox;
use crate::wire::{self, Refusal, RefusalKind, Survey, Tried};

/// How long all layers together may take to be tried; they take some milliseconds.
const SURVEY_PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

/// What this machine offers: each layer tried by itself, and in the last line, `jail`, all of them at
/// once. Jobs run where every required layer is available.
pub fn probe() -> Vec<LayerProbe> {
    match Sandbox::new() {
        Ok(sandbox) => sandbox.probe(),
        Err(error) => vec![jail_line(Some(&error))],
    }
}

impl Sandbox {
    /// As [`probe`], with this sandbox's helper.
    pub fn probe(&self) -> Vec<LayerProbe> {
        let mut lines = self.survey();
        lines.push(jail_line(self.check().err().as_ref()));
        lines
    }

    /// Builds a whole jail and runs nothing in it: whether jobs can run, before anything else is
    /// done for them. Gives the layers that they would get.
    pub fn check(&self) -> Result<Vec<Layer>, SandboxError> {
        let request = self.with_accepted(request::of_probe());
        let seen = self
            .supervise(&request, &Limits::default(), None, Copier::default())
            .map_err(|error| self.explained(error))?;
        match seen.heard.report {
            Some(_) => Ok(seen.heard.layers),
            None => Err(self.explained(SandboxError::Lost)),
        }
    }

    /// A refusal together with every layer that this machine lacks, and why.
    pub(crate) fn explained(&self, error: SandboxError) -> SandboxError {
        let is_of_a_layer = error.is_missing_protection()
            && !matches!(error, SandboxError::Platform | SandboxError::Helper { .. });
        if !is_of_a_layer {
            return error;
        }
        let mut missing = self.survey();
        missing.retain(|layer| layer.required && !layer.available);
        match missing.is_empty() {
            true => error,
            false => SandboxError::Unprotected {
                refusal: Box::new(error),
                missing,
            },
        }
    }

    /// Each layer tried by itself. Empty where the helper does not answer, which running a job will
    /// say with its reason.
    fn survey(&self) -> Vec<LayerProbe> {
        let Some(survey) = self.ask_for_survey() else {
            return Vec::new();
        };
        let machine = Machine {
            // Root of a user namespace of its own is an ordinary user.
            is_root: survey.is_root,
            ..Machine::read()
        };
        let lacks_users = survey.tried.iter().any(|tried| {
            tried.layer == "user-namespace" && tried.required && tried.result.is_err()
        });
        let lines = survey.tried.into_iter();
        lines
            .map(|tried| line(tried, &machine, lacks_users))
            .collect()
    }

    fn ask_for_survey(&self) -> Option<Survey> {
        let helper = self.start_helper(&[helper::SURVEY]).ok()?;
        let control = &helper.control;
        control.set_read_timeout(Some(SURVEY_PATIENCE)).ok()?;
        wire::send(control, &request::of_probe(), None).ok()?;
        let (_hello, _) = wire::receive::<wire::Reply>(control).ok()??;
        let (survey, _) = wire::receive::<Survey>(control).ok()??;
        Some(survey)
    }
}

fn line(tried: Tried, machine: &Machine, lacks_users: bool) -> LayerProbe {
    let Tried {
        layer,
        required,
        result,
    } = tried;
    let refusal = match result {
        Ok(detail) => {
            return LayerProbe {
                name: layer,
                required,
                available: true,
                detail,
                cause: None,
                remedy: None,
            };
        }
        Err(refusal) => refusal,
    };
    let Why { cause, remedy } = why(&layer, &refusal, machine, lacks_users);
    LayerProbe {
        detail: detail(&refusal),
        name: layer,
        required,
        available: false,
        cause: Some(cause),
        remedy: (!remedy.is_empty()).then_some(remedy),
    }
}

/// Why a layer is missing. One that could not even be tried says what stood in the way, unless its
/// own obstacle can be seen all the same.
fn why(layer: &str, refusal: &Refusal, machine: &Machine, lacks_users: bool) -> Why {
    let on_its_own = |kind, step: &str| {
        let own = Refusal {
            kind,
            step: step.to_owned(),
            path: Vec::new(),
            errno: 0,
        };
        machine.why(&own)
    };
    let waits_for_users =
        lacks_users && layer != "user-namespace" && refusal.kind == RefusalKind::UserNamespace;
    let waits_for = match (layer, refusal.kind) {
        _ if waits_for_users => "user-namespace",
        (
            "own-proc" | "mounts" | "own-root" | "granting-private-files",
            RefusalKind::Namespaces,
        ) => "mount-namespace and pid-namespace",
        ("own-root", RefusalKind::Proc) => "own-proc",
        _ => return machine.why(refusal),
    };
    if layer == "own-proc" && machine.masked_proc.is_some() && !machine.is_root {
        return on_its_own(RefusalKind::Proc, "");
    }
    if let Some(kind) = kind_of(layer)
        && machine.max_namespaces.get(kind) == Some(&0)
    {
        return on_its_own(RefusalKind::Namespaces, kind);
    }
    Why {
        cause: format!("cannot be tried without {waits_for}"),
        remedy: String::new(),
    }
}

/// The kernel's word for the namespace of a layer.
fn kind_of(layer: &str) -> Option<&str> {
    match layer.strip_suffix("-namespace")? {
        "mount" => Some("mnt"),
        "network" => Some("net"),
        kind => Some(kind),
    }
}

fn detail(refusal: &Refusal) -> String {
    match refusal.errno {
        0 => refusal.step.clone(),
        errno => {
            let answer = std::io::Error::from_raw_os_error(errno);
            format!("{}: {answer}", refusal.step)
        }
    }
}

fn jail_line(error: Option<&SandboxError>) -> LayerProbe {
    LayerProbe {
        name: "jail".to_owned(),
        required: true,
        available: error.is_none(),
        detail: match error {
            None => "jobs can run".to_owned(),
            Some(error) => format!("{} {}", error.code(), error.refusal()),
        },
        // Where the layers by themselves say why, this line does not repeat it.
        cause: None,
        remedy: error
            .filter(|error| error.missing().is_empty())
            .and_then(SandboxError::help),
    }
}
