//! Listens to a running job: its streams, its helper, and the clock.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::Child;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};

use crate::early::Copier;
use crate::ended::{Layer, Outcome};
use crate::error::SandboxError;
use crate::feed::Feed;
use crate::launch::kill_with_all;
use crate::spec::{Limits, OnLine};
use crate::wire::{self, Refusal, Reply, Report};

/// How long init may take to end a job and account for it once asked.
const STOP_GRACE: Duration = Duration::from_secs(2);

/// How long the kernel may take to end a killed jail.
const KILL_GRACE: Duration = Duration::from_secs(10);

/// Everything that was heard of a job, up to the death of its last process.
#[derive(Default)]
pub(crate) struct Heard {
    /// Whether the helper is the right program.
    pub(crate) hello: bool,
    /// The limit that the supervisor found exceeded.
    pub(crate) reason: Option<Outcome>,
    pub(crate) layers: Vec<Layer>,
    pub(crate) refusal: Option<Refusal>,
    /// The account, and the directory with what the job left.
    pub(crate) report: Option<(Report, Option<OwnedFd>)>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    /// Begins when the program was started.
    pub(crate) copier: Copier,
}

impl Heard {
    pub(crate) fn new(copier: Copier) -> Self {
        Self {
            copier,
            ..Self::default()
        }
    }
}

/// Listens until the report is there and both streams are closed, which the kernel does when the last
/// process of the job is dead, and feeds the program meanwhile. Ends the job when time or the room for output
/// is used up.
pub(crate) fn listen(
    child: &mut Child,
    control: UnixStream,
    mut feed: Feed<'_>,
    started: Instant,
    limits: &Limits,
    on_stdout_line: Option<OnLine<'_>>,
    heard: &mut Heard,
) -> Result<(), SandboxError> {
    let mut stdout = Stream::new(child.stdout.take(), limits.stdout, on_stdout_line);
    let mut stderr = Stream::new(child.stderr.take(), limits.stdout, None);
    let mut control = Some(control);
    // A wall limit beyond what the clock can count is no limit.
    let mut phase = Phase::Running(started.checked_add(limits.wall));
    while (control.is_some() && heard.report.is_none()) || stdout.is_open() || stderr.is_open() {
        let ready = wait(control.as_ref(), &stdout, &stderr, &feed, phase.deadline())
            .map_err(|source| SandboxError::Supervision { source })?;
        if ready.feed {
            feed.write()
                .map_err(|source| SandboxError::Supervision { source })?;
        }
        if ready.control {
            hear(&mut control, heard).map_err(|source| SandboxError::Supervision { source })?;
        }
        let mut is_too_much = false;
        for (is_ready, stream) in [(ready.stdout, &mut stdout), (ready.stderr, &mut stderr)] {
            if is_ready {
                let outcome = stream
                    .read()
                    .map_err(|source| SandboxError::Supervision { source })?;
                is_too_much |= outcome == Flow::TooMuch;
            }
        }
        if is_too_much && matches!(phase, Phase::Running(_)) {
            heard.reason = Some(Outcome::Output);
            phase = stop(control.as_ref());
        }
        if phase
            .deadline()
            .is_some_and(|deadline| Instant::now() >= deadline)
        {
            phase = match phase {
                Phase::Running(_) => {
                    heard.reason = Some(Outcome::Timeout);
                    stop(control.as_ref())
                }
                Phase::Stopping(_) => {
                    kill_with_all(child);
                    Phase::Killed(Instant::now() + KILL_GRACE)
                }
                Phase::Killed(_) => return Err(SandboxError::Lost),
            };
        }
    }
    stdout.finish();
    heard.stdout = stdout.kept;
    heard.stderr = stderr.kept;
    Ok(())
}

/// How far the end of a job has come, and until when the present state may last.
enum Phase {
    Running(Option<Instant>),
    Stopping(Instant),
    Killed(Instant),
}

impl Phase {
    fn deadline(&self) -> Option<Instant> {
        match self {
            Self::Running(deadline) => *deadline,
            Self::Stopping(deadline) | Self::Killed(deadline) => Some(*deadline),
        }
    }
}

/// Asks init to end the job and account for it.
fn stop(control: Option<&UnixStream>) -> Phase {
    if let Some(mut control) = control {
        // When init does not listen any more the grace runs out, and it is killed.
        let _ = control.write_all(&[wire::STOP]);
    }
    Phase::Stopping(Instant::now() + STOP_GRACE)
}

struct Ready {
    control: bool,
    stdout: bool,
    stderr: bool,
    feed: bool,
}

fn wait(
    control: Option<&UnixStream>,
    stdout: &Stream<'_>,
    stderr: &Stream<'_>,
    feed: &Feed<'_>,
    deadline: Option<Instant>,
) -> io::Result<Ready> {
    let sources = [
        (control.map(AsFd::as_fd), PollFlags::IN),
        (stdout.pipe.as_ref().map(AsFd::as_fd), PollFlags::IN),
        (stderr.pipe.as_ref().map(AsFd::as_fd), PollFlags::IN),
        (feed.pipe(), PollFlags::OUT),
    ];
    let mut polled: Vec<_> = sources
        .iter()
        .filter_map(|(fd, flags)| Some(PollFd::from_borrowed_fd((*fd)?, *flags)))
        .collect();
    let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
    let timeout = left
        .map(Timespec::try_from)
        .transpose()
        .map_err(io::Error::other)?;
    match rustix::event::poll(&mut polled, timeout.as_ref()) {
        Ok(_) | Err(rustix::io::Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    let mut answers = polled.iter().map(|entry| !entry.revents().is_empty());
    let mut answer =
        |(source, _): &(Option<_>, _)| source.is_some() && answers.next().unwrap_or(false);
    Ok(Ready {
        control: answer(&sources[0]),
        stdout: answer(&sources[1]),
        stderr: answer(&sources[2]),
        feed: answer(&sources[3]),
    })
}

/// Takes in one message of the helper.
fn hear(control: &mut Option<UnixStream>, heard: &mut Heard) -> io::Result<()> {
    let Some(socket) = control else { return Ok(()) };
    match wire::receive::<Reply>(socket) {
        Ok(Some((reply, descriptor))) => match reply {
            Reply::Hello => heard.hello = true,
            Reply::Started { layers } => {
                heard.layers = layers;
                if let Some(work) = descriptor {
                    heard.copier.start(work);
                }
            }
            Reply::Refused(refusal) => heard.refusal = Some(refusal),
            Reply::Report(report) => heard.report = Some((report, descriptor)),
        },
        Ok(None) => *control = None,
        // A killed helper can leave half a message, or the request unread.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset
            ) =>
        {
            *control = None;
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

#[derive(PartialEq, Eq)]
enum Flow {
    Fine,
    TooMuch,
}

/// One of the job's streams, kept up to a bound.
struct Stream<'a> {
    pipe: Option<Box<dyn Pipe>>,
    kept: Vec<u8>,
    limit: u64,
    /// Where the first line begins that was not told yet.
    line_start: usize,
    on_line: Option<OnLine<'a>>,
}

/// The reading end of a pipe, of either of the standard library's two types.
trait Pipe: Read + AsFd {}
impl<T: Read + AsFd> Pipe for T {}

impl<'a> Stream<'a> {
    fn new<P: Pipe + 'static>(pipe: Option<P>, limit: u64, on_line: Option<OnLine<'a>>) -> Self {
        Self {
            pipe: pipe.map(|pipe| Box::new(pipe) as Box<dyn Pipe>),
            kept: Vec::new(),
            limit,
            line_start: 0,
            on_line,
        }
    }

    fn is_open(&self) -> bool {
        self.pipe.is_some()
    }

    /// Reads what is there. What exceeds the limit is read, so that the job's end is seen, and
    /// thrown away.
    fn read(&mut self) -> io::Result<Flow> {
        let Some(pipe) = &mut self.pipe else {
            return Ok(Flow::Fine);
        };
        let mut buffer = [0; 64 << 10];
        let count = match pipe.read(&mut buffer) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(Flow::Fine),
            Err(error) => return Err(error),
        };
        if count == 0 {
            self.pipe = None;
            return Ok(Flow::Fine);
        }
        let room = usize::try_from(self.limit).unwrap_or(usize::MAX) - self.kept.len();
        self.kept.extend_from_slice(&buffer[..count.min(room)]);
        self.tell_lines();
        Ok(if count > room {
            Flow::TooMuch
        } else {
            Flow::Fine
        })
    }

    fn tell_lines(&mut self) {
        let Some(on_line) = &mut self.on_line else {
            return;
        };
        while let Some(length) = self.kept[self.line_start..]
            .iter()
            .position(|&byte| byte == b'\n')
        {
            on_line(&self.kept[self.line_start..self.line_start + length]);
            self.line_start += length + 1;
        }
    }

    /// Tells the last line if it has no line feed.
    fn finish(&mut self) {
        if let Some(on_line) = &mut self.on_line
            && self.line_start < self.kept.len()
        {
            on_line(&self.kept[self.line_start..]);
        }
    }
}
