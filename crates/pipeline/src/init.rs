//! A new project folder.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use silversmith_example::{DEFAULT_SEED, generate};
use silversmith_types::RunId;

use crate::error::PipelineError;
use crate::keys::ProjectKeys;
use crate::project::Project;
use crate::settings::{ProfileName, SETTINGS_FILE};
use silversmith_store::files::FileError;
use silversmith_store::files::write_atomically;

const SETTINGS: &str = include_str!("silversmith.toml");
const IGNORED: &str = ".silversmith/\nartifacts/\ntmp/\n";

/// What `init` made.
pub struct Initialised {
    /// The example's Bronze run.
    pub bronze_run: RunId,
    /// The files, relative to the folder.
    pub files: Vec<PathBuf>,
}

/// Makes a project in `folder`: settings, a signing key, and the example. Refuses where settings or
/// keys are there already.
pub fn init(folder: &Path) -> Result<Initialised, PipelineError> {
    for taken in [SETTINGS_FILE, ".silversmith"] {
        let path = folder.join(taken);
        if path.exists() {
            return Err(PipelineError::InTheWay { path });
        }
    }
    let private = folder.join(".silversmith");
    let fail = |source| FileError::Write {
        path: private.clone(),
        source,
    };
    fs::create_dir_all(&private).map_err(fail)?;
    fs::set_permissions(&private, fs::Permissions::from_mode(0o700)).map_err(fail)?;
    let example = generate(DEFAULT_SEED, 1);
    let mut files = Vec::new();
    for (name, bytes) in example.files() {
        write_atomically(&folder.join(&name), bytes, 0o644)?;
        files.push(PathBuf::from(name));
    }
    let project = Project::open(folder, ProfileName::Dev)?;
    ProjectKeys::create(&project)?;
    let ignored = folder.join(".gitignore");
    if !ignored.exists() {
        write_atomically(&ignored, IGNORED.as_bytes(), 0o644)?;
    }
    // Last, so that a folder with settings is a complete project.
    write_atomically(&folder.join(SETTINGS_FILE), SETTINGS.as_bytes(), 0o644)?;
    files.push(PathBuf::from(SETTINGS_FILE));
    Ok(Initialised {
        bronze_run: example.run_id,
        files,
    })
}
