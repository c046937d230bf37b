use super::*;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

const SIZE: usize = MIN_FILE as usize;

/// A job's work directory with one output, and the destination's parent.
struct Scene {
    work: tempfile::TempDir,
    host: tempfile::TempDir,
    copying: Copying,
    /// Keeps the job running.
    _finish: Sender<Finish>,
    finished: Receiver<Finish>,
}

impl Scene {
    fn new(budget: u64) -> Self {
        // In memory, as a job's outputs are.
        let folder = || tempfile::tempdir_in("/dev/shm").unwrap();
        let (work, host) = (folder(), folder());
        fs::create_dir(work.path().join("0")).unwrap();
        let opened = File::open(work.path()).unwrap();
        let (finish, finished) = channel();
        Self {
            copying: Copying::of(opened.into(), vec![host.path().to_owned()], budget),
            work,
            host,
            _finish: finish,
            finished,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.work.path().join("0").join(name)
    }

    fn write(&self, name: &str, content: u8) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, vec![content; SIZE]).unwrap();
        path
    }

    /// Two looks, for a file is settled when two see the same.
    fn look(&mut self) -> usize {
        for _ in 0..2 {
            assert!(self.copying.look(&self.finished).is_ok());
        }
        self.copying.early.0.len()
    }

    /// What the job's end delivers of its early copies.
    fn place(&mut self, path: &Path) -> Option<Vec<u8>> {
        let to = File::open(self.host.path()).unwrap();
        let metadata = fs::symlink_metadata(path).unwrap();
        let early = &mut self.copying.early;
        early.place(&metadata, to.as_fd(), c"placed")?;
        let placed = self.host.path().join("placed");
        let content = fs::read(&placed).unwrap();
        fs::remove_file(placed).unwrap();
        Some(content)
    }
}

#[test]
fn a_finished_file_is_copied_and_has_no_name_until_it_is_placed() {
    let mut scene = Scene::new(1 << 30);
    let path = scene.write("deep/er/f", b'x');
    fs::set_permissions(&path, PermissionsExt::from_mode(0o6755)).unwrap();
    fs::write(scene.path("small"), "x").unwrap();
    assert_eq!(scene.look(), 1);
    assert_eq!(fs::read_dir(scene.host.path()).unwrap().count(), 0);
    // Moving a file changes nothing in it.
    let moved = scene.path("moved");
    fs::rename(&path, &moved).unwrap();
    scene.copying.give_way();
    assert!(
        scene
            .place(&moved)
            .is_some_and(|placed| placed == [b'x'; SIZE])
    );
}

#[test]
fn a_file_that_is_open_for_writing_is_left_alone() {
    let mut scene = Scene::new(1 << 30);
    let path = scene.write("f", b'x');
    let writer = OpenOptions::new().append(true).open(&path).unwrap();
    assert_eq!(scene.look(), 0);
    drop(writer);
    assert_eq!(scene.look(), 1);
}

/// Every way to change a file that is copied already: none of the copies is used.
#[test]
fn a_file_that_somebody_touched_is_copied_again() {
    type Touch = (&'static str, fn(&Path));
    let touches: [Touch; 4] = [
        ("opened for writing", |path| {
            let mut options = OpenOptions::new();
            options.write(true).custom_flags(libc::O_NONBLOCK);
            let refused = options.open(path).unwrap_err();
            assert_eq!(refused.kind(), io::ErrorKind::WouldBlock);
        }),
        ("another mode", |path| {
            fs::set_permissions(path, PermissionsExt::from_mode(0o700)).unwrap();
        }),
        ("replaced", |path| {
            fs::remove_file(path).unwrap();
            fs::write(path, vec![b'y'; SIZE]).unwrap();
        }),
        ("replaced by rename", |path| {
            let other = path.with_extension("new");
            fs::write(&other, vec![b'y'; SIZE]).unwrap();
            fs::rename(other, path).unwrap();
        }),
    ];
    for (name, touch) in touches {
        let mut scene = Scene::new(1 << 30);
        let path = scene.write("f", b'x');
        assert_eq!(scene.look(), 1, "{name}");
        touch(&path);
        assert!(scene.place(&path).is_none(), "{name}");
    }
}

#[test]
fn who_wants_to_write_gets_the_file() {
    let mut scene = Scene::new(1 << 30);
    let path = scene.write("f", b'x');
    assert_eq!(scene.look(), 1);
    std::thread::scope(|scope| {
        // Truncates, which waits until the lease is given back.
        let writer = scope.spawn(|| fs::write(&path, "new").unwrap());
        while !scene.copying.early.0.is_empty() {
            scene.copying.give_way();
            std::thread::yield_now();
        }
        writer.join().unwrap();
    });
    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert!(scene.place(&path).is_none());
    // And is not disturbed a second time.
    scene.write("f", b'y');
    assert_eq!(scene.look(), 0);
}

#[test]
fn a_removed_file_frees_its_space() {
    let mut scene = Scene::new(1 << 30);
    let path = scene.write("f", b'x');
    assert_eq!(scene.look(), 1);
    fs::remove_file(path).unwrap();
    scene.copying.give_way();
    assert!(scene.copying.early.0.is_empty());
}

#[test]
fn what_is_copied_is_bounded_even_if_in_vain() {
    let mut scene = Scene::new(3 * MIN_FILE - 1);
    for name in ["a", "b", "c"] {
        scene.write(name, b'x');
    }
    assert_eq!(scene.look(), 2);
    for name in ["a", "b", "c"] {
        fs::remove_file(scene.path(name)).unwrap();
    }
    scene.copying.give_way();
    scene.write("d", b'x');
    assert_eq!(scene.look(), 0);
}

#[test]
fn links_pipes_and_second_names_are_left_alone() {
    let mut scene = Scene::new(1 << 30);
    let outside = scene.host.path().join("secret");
    fs::write(&outside, vec![b's'; SIZE]).unwrap();
    std::os::unix::fs::symlink(&outside, scene.path("link")).unwrap();
    std::os::unix::fs::symlink(scene.host.path(), scene.path("directory")).unwrap();
    let path = scene.write("one", b'x');
    fs::hard_link(path, scene.path("two")).unwrap();
    let output = File::open(scene.path("")).unwrap();
    rustix::fs::mknodat(
        output,
        "pipe",
        FileType::Fifo,
        Mode::from_raw_mode(0o644),
        0,
    )
    .unwrap();
    assert_eq!(scene.look(), 0);
}

#[test]
fn a_job_that_fails_ends_the_thread_and_leaves_nothing() {
    let scene = Scene::new(1 << 30);
    let path = scene.write("f", b'x');
    let Scene { work, host, .. } = scene;
    let opened = File::open(work.path()).unwrap();
    let mut copier = Copier {
        parents: vec![host.path().to_owned()],
        max_bytes: 1 << 30,
        thread: None,
    };
    copier.start(opened.into());
    drop(copier);
    // Nobody holds the file any more.
    let mut file = OpenOptions::new()
        .append(true)
        .custom_flags(libc::O_NONBLOCK)
        .open(path)
        .unwrap();
    file.write_all(b"more").unwrap();
    assert_eq!(fs::read_dir(host.path()).unwrap().count(), 0);
}
