//! The sources of one machine, and the order in which sources are asked.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::Path;

use linux_keyutils::{KeyRing, KeyRingIdentifier};
use silversmith_secrets::{
    Journal, Lease, SecretError, SecretRequest, SecretSettings, SecretUse, obtain, rotate,
};
use silversmith_types::Secret;

/// Keeps what is recorded, until it is told to fail.
#[derive(Default)]
struct Kept {
    lines: RefCell<Vec<String>>,
    room: usize,
}

impl Kept {
    fn with_room(room: usize) -> Self {
        Self {
            room,
            ..Self::default()
        }
    }
}

impl Journal for Kept {
    fn record(&mut self, used: &SecretUse) -> io::Result<()> {
        let mut lines = self.lines.borrow_mut();
        if lines.len() == self.room {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let code = used.code.unwrap_or_default();
        lines.push(
            format!("{:?} {} {code}", used.action, used.source)
                .trim()
                .to_owned(),
        );
        Ok(())
    }
}

struct Machine<'a> {
    folder: &'a Path,
    environment: BTreeMap<&'static str, &'a str>,
    production: bool,
}

impl Machine<'_> {
    fn with<T>(
        &self,
        settings: &str,
        act: impl FnOnce(&SecretRequest) -> Result<T, SecretError>,
    ) -> Result<T, SecretError> {
        let settings: SecretSettings = toml::from_str(settings).expect("settings");
        settings.check().expect("settings that can be meant");
        act(&SecretRequest {
            name: "key",
            settings: &settings,
            purpose: "test",
            run_id: "run-1",
            principal: "alice",
            folder: self.folder,
            production: self.production,
            now: "2026-11-24T10:00:00Z".parse().expect("a time"),
            environment: &|name| self.environment.get(name).map(OsString::from),
        })
    }

    fn obtain(&self, settings: &str, kept: &mut Kept) -> Result<Lease, SecretError> {
        self.with(settings, |request| obtain(request, kept))
    }
}

fn machine(folder: &Path) -> Machine<'_> {
    Machine {
        folder,
        environment: BTreeMap::new(),
        production: false,
    }
}

const ENV: &str = "[[sources]]\nkind = 'env'\nvariables = ['A_KEY', 'B_KEY']\nfile = '.env'\n";
const SYSTEMD: &str = "[[sources]]\nkind = 'systemd'\ncredential = 'key'\n";
const EXEC: &str = "[[sources]]\nkind = 'exec'\ncommand = ['sh', 'key.sh']\n";

#[test]
fn each_source_of_this_machine_gives_a_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::write(path.join(".env"), "B_KEY='from-file'\n").unwrap();
    std::fs::write(path.join("key"), "from-systemd\n").unwrap();
    std::fs::write(
        path.join("key.sh"),
        "echo '{\"Version\":1,\"Secret\":\"from-exec\"}'",
    )
    .unwrap();
    let mut here = machine(path);
    let value = |here: &Machine, settings: &str| {
        let lease = here.obtain(settings, &mut Kept::with_room(9)).unwrap();
        lease.secret().expose().to_owned()
    };
    assert_eq!(value(&here, ENV), "from-file");
    here.environment.insert("B_KEY", "from-environment");
    assert_eq!(value(&here, ENV), "from-environment");
    here.environment
        .insert("CREDENTIALS_DIRECTORY", path.to_str().unwrap());
    assert_eq!(value(&here, SYSTEMD), "from-systemd");
    assert_eq!(value(&here, EXEC), "from-exec");
}

/// Where the kernel lets this process have a keyring; containers often do not.
#[test]
fn the_kernel_s_keyring_gives_a_key() {
    let folder = tempfile::tempdir().unwrap();
    let settings = |what: &str| {
        format!("[[sources]]\nkind = 'keyring'\ndescription = 'silversmith-test:{what}'\n")
    };
    let missing = machine(folder.path()).obtain(&settings("none"), &mut Kept::with_room(9));
    assert_eq!(missing.err().unwrap().code(), "SS-SECRET-010");
    let ring = KeyRing::from_special_id(KeyRingIdentifier::Session, true);
    let added = ring.and_then(|ring| ring.add_key("silversmith-test:one", b"from-keyring"));
    let Ok(key) = added else {
        eprintln!("skipped: the kernel gives this process no keyring");
        return;
    };
    let lease = machine(folder.path()).obtain(&settings("one"), &mut Kept::with_room(9));
    assert_eq!(lease.unwrap().secret().expose(), "from-keyring");
    key.invalidate().unwrap();
}

/// The order is that of the settings; who is passed over is recorded, and told.
#[test]
fn no_source_is_passed_over_in_silence() {
    let folder = tempfile::tempdir().unwrap();
    let mut here = machine(folder.path());
    here.environment.insert("A_KEY", "from-environment");
    let mut kept = Kept::with_room(9);
    let lease = here
        .obtain(&format!("{SYSTEMD}{EXEC}{ENV}"), &mut kept)
        .unwrap();
    assert_eq!(lease.facts().source, "env");
    let told = lease.warnings();
    assert!(told[0].contains("was not had from systemd"), "{told:?}");
    assert!(told[1].contains("was not had from exec"), "{told:?}");
    assert!(told[2].contains("comes from the environment"), "{told:?}");
    assert_eq!(
        *kept.lines.borrow(),
        [
            "Requested systemd",
            "Unavailable systemd SS-SECRET-010",
            "Requested exec",
            "Unavailable exec SS-SECRET-014",
            "Requested env",
            "Obtained env",
        ]
    );
    here.production = true;
    let refused = here.obtain(ENV, &mut Kept::with_room(9)).err().unwrap();
    assert_eq!(refused.code(), "SS-SECRET-011");
}

/// Intent first: what cannot be recorded is not asked; what cannot be recorded afterwards is not used.
#[test]
fn a_use_that_cannot_be_recorded_does_not_happen() {
    let folder = tempfile::tempdir().unwrap();
    let touches = "touch asked; echo '{\"Version\":1,\"Secret\":\"from-exec\"}'";
    std::fs::write(folder.path().join("key.sh"), touches).unwrap();
    let asked = folder.path().join("asked");
    let here = machine(folder.path());
    for (room, was_asked) in [(0, false), (1, true)] {
        let refused = here.obtain(EXEC, &mut Kept::with_room(room)).err().unwrap();
        assert_eq!(refused.code(), "SS-SECRET-003");
        assert_eq!(asked.exists(), was_asked);
    }
    assert!(here.obtain(EXEC, &mut Kept::with_room(2)).is_ok());
}

#[test]
fn what_is_kept_elsewhere_is_changed_there() {
    let folder = tempfile::tempdir().unwrap();
    let value = Secret::parse(b"new".to_vec()).unwrap();
    let mut kept = Kept::with_room(9);
    let rotated = machine(folder.path()).with(EXEC, |request| rotate(request, &value, &mut kept));
    assert_eq!(rotated.unwrap_err().code(), "SS-SECRET-022");
}

#[test]
fn a_program_that_fails_or_talks_too_much_gives_no_key() {
    let folder = tempfile::tempdir().unwrap();
    let here = machine(folder.path());
    for script in ["exit 3", "echo hello", "yes", "echo '{}'"] {
        std::fs::write(folder.path().join("key.sh"), script).unwrap();
        let refused = here.obtain(EXEC, &mut Kept::with_room(9)).err().unwrap();
        assert_eq!(refused.code(), "SS-SECRET-014", "{script}: {refused}");
    }
}

/// A source could call its version anything: the key itself, or what would colour a terminal.
#[test]
fn what_a_source_calls_a_version_is_fit_to_be_shown() {
    let folder = tempfile::tempdir().unwrap();
    let here = machine(folder.path());
    let long = "v".repeat(1000);
    for (version, shown) in [
        ("7", "7"),
        ("a sk-value b", "(withheld: it holds the key)"),
        (r"\u001b[31m\nerror:\u202e", "?[31m?error:?"),
        (long.as_str(), &long[..128]),
    ] {
        let printed = format!(r#"{{"Version":1,"Secret":"sk-value","SecretVersion":"{version}"}}"#);
        std::fs::write(folder.path().join("printed"), printed).unwrap();
        std::fs::write(folder.path().join("key.sh"), "cat printed").unwrap();
        let lease = here.obtain(EXEC, &mut Kept::with_room(9)).unwrap();
        assert_eq!(lease.facts().version.as_deref(), Some(shown));
    }
}
