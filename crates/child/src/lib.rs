//! A process that is asked one thing: its input is written, its output read up to a bound, and at the
//! deadline it is killed with all that it left in its process group.

use std::io::{self, Read, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use zeroize::Zeroizing;

/// How long its output may stay open after it ended and was killed with all its group.
const LAST_BYTES: Duration = Duration::from_secs(5);

/// How much of a process is heard, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Bytes of standard output; what is beyond them is not read.
    pub output: usize,
    /// Bytes of standard error.
    pub words: usize,
    /// From its start to its end.
    pub timeout: Duration,
}

/// What a process that ended by itself left.
#[derive(Debug)]
pub struct Ended {
    /// How it ended.
    pub status: ExitStatus,
    /// What it said on standard output. One that said more than may be heard was stopped there, and
    /// cannot be blamed for its status.
    pub output: Vec<u8>,
    /// What it said on standard error.
    pub words: Vec<u8>,
}

/// Why there is nothing to hear.
#[derive(Debug, thiserror::Error)]
pub enum ChildError {
    /// It cannot be started.
    #[error("cannot be started: {0}")]
    Start(io::Error),
    /// It took too long and was killed.
    #[error("gave no answer in {} s", .0.as_secs_f64())]
    Timeout(Duration),
    /// Its output could not be read to the end.
    #[error("its output cannot be read: {0}")]
    Output(io::Error),
}

/// Starts a process and hears it to its end. When this returns, it and what it left in its process group
/// have ended.
pub fn ask(
    mut command: Command,
    input: Zeroizing<Vec<u8>>,
    bounds: Bounds,
) -> Result<Ended, ChildError> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(ChildError::Start)?;
    let deadline = Instant::now() + bounds.timeout;
    say(&mut child, input);
    let output = hear(child.stdout.take(), bounds.output);
    let words = hear(child.stderr.take(), bounds.words);
    let ended_in_time = has_ended(&child).recv_timeout(left(deadline)).is_ok();
    // The child is not reaped yet, and so the number of the group is still its own.
    if let Some(group) = Pid::from_raw(child.id().try_into().unwrap_or_default()) {
        // An error says that nobody is left in it.
        let _ = kill_process_group(group, Signal::KILL);
    }
    let status = child.wait().map_err(ChildError::Output)?;
    if !ended_in_time {
        return Err(ChildError::Timeout(bounds.timeout));
    }
    let open = |_| ChildError::Output(io::ErrorKind::TimedOut.into());
    let output = output.recv_timeout(LAST_BYTES).map_err(open)?;
    let words = words.recv_timeout(LAST_BYTES).map_err(open)?;
    Ok(Ended {
        status,
        output: output.map_err(ChildError::Output)?,
        words: words.unwrap_or_default(),
    })
}

/// The last line of what a process said, with what a terminal might obey taken out.
pub fn last_line(words: &[u8]) -> String {
    let words = String::from_utf8_lossy(words);
    let last = words.lines().rev().find(|line| !line.trim().is_empty());
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    last.unwrap_or("it said nothing")
        .chars()
        .map(plain)
        .take(300)
        .collect()
}

/// Writes the input. A process that answers without reading it all is nothing to complain of.
fn say(child: &mut Child, input: Zeroizing<Vec<u8>>) {
    if let Some(mut stdin) = child.stdin.take() {
        thread::spawn(move || _ = stdin.write_all(&input));
    }
}

/// Reads up to a limit, then closes.
fn hear(
    from: Option<impl Read + Send + 'static>,
    limit: usize,
) -> Receiver<Result<Vec<u8>, io::Error>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = match from {
            Some(from) => from.take(limit as u64).read_to_end(&mut bytes),
            None => Ok(0),
        };
        // Nobody listens any more after a timeout.
        let _ = sender.send(read.map(|_| bytes));
    });
    receiver
}

/// Tells when the child has ended, and leaves it to be reaped.
fn has_ended(child: &Child) -> Receiver<()> {
    let (sender, receiver) = mpsc::channel();
    let pid = Pid::from_raw(child.id().try_into().unwrap_or_default());
    thread::spawn(move || {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while let Some(pid) = pid {
            match waitid(WaitId::Pid(pid), options) {
                Err(rustix::io::Errno::INTR) => {}
                _ => break,
            }
        }
        let _ = sender.send(());
    });
    receiver
}

fn left(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str, input: &str, bounds: Bounds) -> Result<Ended, ChildError> {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        ask(command, Zeroizing::new(input.as_bytes().to_vec()), bounds)
    }

    const BOUNDS: Bounds = Bounds {
        output: 10,
        words: 10,
        timeout: Duration::from_secs(20),
    };

    #[test]
    fn input_goes_in_and_both_outputs_come_back() {
        let ended = sh("cat; echo oh >&2; exit 3", "hello", BOUNDS).unwrap();
        assert_eq!(ended.output, b"hello");
        assert_eq!(ended.words, b"oh\n");
        assert_eq!(ended.status.code(), Some(3));
    }

    #[test]
    fn no_more_is_heard_than_may_be() {
        let ended = sh("yes", "", BOUNDS).unwrap();
        assert_eq!(ended.output.len(), 10);
    }

    #[test]
    fn what_hangs_is_ended() {
        let short = Bounds {
            timeout: Duration::from_millis(50),
            ..BOUNDS
        };
        let hangs = sh("sleep 1000 & sleep 1000", "", short);
        assert!(matches!(hangs, Err(ChildError::Timeout(_))));
        let nothing = Command::new("/nowhere/at/all");
        let started = ask(nothing, Zeroizing::default(), BOUNDS);
        assert!(matches!(started, Err(ChildError::Start(_))));
    }

    #[test]
    fn its_last_line_cannot_speak_to_a_terminal() {
        assert_eq!(last_line(b"a\nb\x1b[31m\n\n"), "b [31m");
        assert_eq!(last_line(b""), "it said nothing");
    }
}
