//! A prepared runtime and how to start a script in it.

use std::collections::BTreeMap;
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use silversmith_types::Digest;

use crate::error::RuntimeError;
use crate::install::{self, LOCK};
use crate::interpreter::{self, Interpreter, PYTHON_VARIABLE};
use crate::manifest::Manifest;
use crate::progress::{Phase, Progress};

/// Where to look and where to keep.
#[derive(Debug, Clone, Default)]
pub struct RuntimeOptions {
    /// The interpreter: a path, or a program on the search path. `None`: the first that fits.
    pub python: Option<OsString>,
    /// Directories to look in, as in the variable PATH.
    pub search_path: Option<OsString>,
    /// The directory under which runtimes are kept.
    pub cache: Option<PathBuf>,
}

impl RuntimeOptions {
    /// As the environment says: `SILVERSMITH_PYTHON`, `PATH`, and `XDG_CACHE_HOME` or `HOME`.
    pub fn from_environment() -> Self {
        let absolute = |name| {
            env::var_os(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
        };
        let caches =
            absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")));
        Self {
            python: env::var_os(PYTHON_VARIABLE).filter(|value| !value.is_empty()),
            search_path: env::var_os("PATH"),
            cache: caches.map(|caches| caches.join("silversmith").join("runtime")),
        }
    }
}

/// What a runtime is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions {
    /// Of the interpreter, such as `3.11.7`.
    pub python: String,
    /// Of Polars, such as `2.1.0`.
    pub polars: String,
}

/// A prepared runtime.
#[derive(Debug)]
pub struct Runtime {
    interpreter: Interpreter,
    home: PathBuf,
    site: PathBuf,
    manifest: Manifest,
    digest: Digest,
}

impl Runtime {
    /// The runtime, made first if it is not there. Processes that need the same one at the same
    /// time make it once.
    pub fn prepare(
        options: &RuntimeOptions,
        progress: &dyn Progress,
    ) -> Result<Self, RuntimeError> {
        let (interpreter, cache, home) = Self::place(options)?;
        let manifest = match load(&home, &interpreter) {
            Some(manifest) => manifest,
            None => make(&interpreter, &cache, &home, progress)?,
        };
        Ok(Self::of(interpreter, home, manifest))
    }

    /// The runtime, if it is there; nothing is installed.
    pub fn find(options: &RuntimeOptions) -> Result<Option<Self>, RuntimeError> {
        let (interpreter, _, home) = Self::place(options)?;
        let manifest = load(&home, &interpreter);
        Ok(manifest.map(|manifest| Self::of(interpreter, home, manifest)))
    }

    /// The interpreter, the cache, and the directory of the runtime in it.
    fn place(options: &RuntimeOptions) -> Result<(Interpreter, PathBuf, PathBuf), RuntimeError> {
        let cache = options.cache.clone().ok_or(RuntimeError::NoCache)?;
        let (python, path) = (options.python.as_deref(), options.search_path.as_deref());
        let interpreter = interpreter::find(python, path, &cache)?;
        let home = cache.join(key_of(&interpreter));
        Ok((interpreter, cache, home))
    }

    fn of(interpreter: Interpreter, home: PathBuf, manifest: Manifest) -> Self {
        let digest = manifest.digest();
        let site = install::site_of(&home);
        Self {
            interpreter,
            home,
            site,
            manifest,
            digest,
        }
    }

    /// The interpreter itself, never a launcher or a link.
    pub fn python(&self) -> &Path {
        &self.interpreter.executable
    }

    /// The directory with the packages.
    pub fn site_packages(&self) -> &Path {
        &self.site
    }

    /// The directory of this runtime in the cache.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// SHA-256 over the lock, the interpreter's version and every installed file.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// What it is made of.
    pub fn versions(&self) -> Versions {
        let [major, minor, micro] = self.interpreter.version;
        Versions {
            python: format!("{major}.{minor}.{micro}"),
            polars: locked_version("polars"),
        }
    }

    /// Everything that the jail must show at the same place, besides the system's directories that
    /// it shows anyway.
    pub fn read_only_paths(&self) -> Vec<PathBuf> {
        let mut paths = self.interpreter.paths();
        paths.push(self.site.clone());
        paths
    }

    /// The command that runs this text as a program, with these arguments. Options as those of
    /// [`Runtime::command`].
    pub fn command_of_text<I, S>(&self, text: &str, arguments: I) -> Vec<OsString>
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        let text = ["-c", text].map(OsString::from);
        let arguments = arguments.into_iter().map(|word| word.as_ref().to_owned());
        self.with_options(text.into_iter().chain(arguments))
    }

    /// The command that runs a script with these arguments, `script` being its path in the jail.
    ///
    /// The options have the effect of `-I -S -B` (no script directory, user packages or `site` on
    /// the module path, no byte code written) except that the environment counts, because it is
    /// [`Runtime::environment`] and holds the hash seed, which `-I` would ignore.
    pub fn command<I, S>(&self, script: &Path, arguments: I) -> Vec<OsString>
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        let arguments = arguments.into_iter().map(|word| word.as_ref().to_owned());
        self.with_options(std::iter::once(script.into()).chain(arguments))
    }

    fn with_options(&self, words: impl Iterator<Item = OsString>) -> Vec<OsString> {
        let mut command = vec![self.interpreter.executable.clone().into_os_string()];
        command.extend(["-s", "-P", "-S", "-B"].map(OsString::from));
        command.extend(words);
        command
    }

    /// The whole environment of a script: nothing of the caller's own is in it but the number of
    /// threads that this machine offers.
    pub fn environment(&self, hash_seed: u32) -> BTreeMap<OsString, OsString> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        // The jail bounds threads at 64 by default, and Polars keeps more than one pool.
        let threads = threads.min(16).to_string();
        let hash_seed = hash_seed.to_string();
        let fixed = [
            ("HOME", "/nonexistent"),
            ("LANG", "C.UTF-8"),
            ("POLARS_MAX_THREADS", &threads),
            // Large jobs spill to disk; left to itself, Polars does so below `/var/tmp`, which the
            // jail does not let it write, and then hangs.
            ("POLARS_OOC_SPILL_DIR", "/tmp"),
            ("POLARS_TEMP_DIR", "/tmp"),
            // For which it makes code at run time, which the jail does not let it do.
            ("POLARS_SKIP_CPU_CHECK", "1"),
            ("PYTHONHASHSEED", &hash_seed),
            ("PYTHONUNBUFFERED", "1"),
            ("PYTHONUTF8", "1"),
            ("TMPDIR", "/tmp"),
            ("TZ", "UTC"),
        ];
        let mut environment: BTreeMap<_, _> = fixed
            .map(|(name, value)| (OsString::from(name), OsString::from(value)))
            .into();
        environment.insert("PYTHONPATH".into(), self.site.clone().into_os_string());
        if let Some(libraries) = self.interpreter.library_path() {
            environment.insert("LD_LIBRARY_PATH".into(), libraries);
        }
        environment
    }

    /// Hashes every file again and compares it with what was prepared. Takes about a second; what
    /// [`Runtime::prepare`] compares (names, sizes, times) takes milliseconds.
    pub fn verify(&self) -> Result<(), RuntimeError> {
        match self.manifest.first_changed_content(&self.site) {
            Ok(None) => Ok(()),
            Ok(Some(path)) => Err(RuntimeError::Changed { path }),
            Err(error) => Err(RuntimeError::of_cache(&self.home)(error)),
        }
    }
}

/// The name of a runtime's directory: one for each lock, interpreter and platform.
fn key_of(interpreter: &Interpreter) -> String {
    let text = format!(
        "{LOCK}\n{}\n{}",
        interpreter.description, interpreter.platform
    );
    Digest::of(text.as_bytes()).to_hex()[..16].to_owned()
}

fn locked_version(package: &str) -> String {
    let line = LOCK
        .lines()
        .find_map(|line| line.strip_prefix(package)?.strip_prefix("=="));
    line.and_then(|rest| rest.split_whitespace().next())
        .unwrap_or_default()
        .to_owned()
}

/// The manifest of a runtime that is there and as it was prepared.
fn load(home: &Path, interpreter: &Interpreter) -> Option<Manifest> {
    let text = fs::read(install::manifest_of(home)).ok()?;
    let manifest: Manifest = serde_json::from_slice(&text).ok()?;
    let is_ours = manifest.lock == Digest::of(LOCK.as_bytes())
        && manifest.interpreter == interpreter.description;
    let is_whole = matches!(manifest.first_difference(&install::site_of(home)), Ok(None));
    (is_ours && is_whole).then_some(manifest)
}

/// Makes the runtime under its lock, unless another process made it meanwhile. One that is there
/// and differs from its manifest is made again.
fn make(
    interpreter: &Interpreter,
    cache: &Path,
    home: &Path,
    progress: &dyn Progress,
) -> Result<Manifest, RuntimeError> {
    fs::create_dir_all(cache).map_err(RuntimeError::of_cache(cache))?;
    let lock_path = home.with_extension("lock");
    let lock = File::options().create(true).append(true).open(&lock_path);
    let lock = lock.map_err(RuntimeError::of_cache(cache))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            progress.phase(Phase::Waiting);
            lock.lock().map_err(RuntimeError::of_cache(cache))?;
        }
        Err(TryLockError::Error(error)) => return Err(RuntimeError::of_cache(cache)(error)),
    }
    if let Some(manifest) = load(home, interpreter) {
        return Ok(manifest);
    }
    if home.exists() {
        fs::remove_dir_all(home).map_err(RuntimeError::of_cache(cache))?;
    }
    install::install(interpreter, home, progress)
}
