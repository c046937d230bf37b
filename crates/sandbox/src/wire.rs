//! Messages between the supervisor and its helper: a length, then JSON.

use std::collections::BTreeSet;
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::ended::Layer;
use crate::spec::WeakerLayer;

/// The largest message. Command lines are bounded by the kernel at 2 MiB and JSON writes a byte
/// with at most four characters.
const MAX_MESSAGE: usize = 16 << 20;

/// What the supervisor says after the request: end the job and account for it.
pub(crate) const STOP: u8 = b'k';
/// See [`STOP`]: from here on the program that waited has its input.
pub(crate) const HANDED_OVER: u8 = b'g';

/// Bytes, because paths and arguments need not be UTF-8.
pub(crate) type Bytes = Vec<u8>;

/// What the helper is to do. Sent once.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Request {
    /// Empty: build everything, then end. That is a probe.
    pub(crate) command: Vec<Bytes>,
    /// Host path, path inside.
    pub(crate) read_only: Vec<(Bytes, Bytes)>,
    /// Paths inside; output `n` is the directory `n` of the work file system.
    pub(crate) outputs: Vec<Bytes>,
    pub(crate) environment: Vec<(Bytes, Bytes)>,
    pub(crate) working_directory: Bytes,
    /// The program is started before its input is there: the reading end of a pipe comes with this
    /// message and becomes its standard input, and what it may use up counts from [`HANDED_OVER`].
    pub(crate) waits: bool,
    pub(crate) cpu_ms: u64,
    pub(crate) memory: u64,
    pub(crate) pids: u32,
    pub(crate) disk: u64,
    /// Layers whose absence the caller accepts.
    pub(crate) accepted: BTreeSet<WeakerLayer>,
    /// Parts of the jail that the job is run without.
    #[cfg(feature = "ablation")]
    pub(crate) left_out: Vec<crate::ablation::Part>,
    /// Where outputs go to on the host.
    #[cfg(feature = "ablation")]
    pub(crate) destinations: Vec<Bytes>,
}

/// What came of trying each layer by itself.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Survey {
    /// Whether jobs are root's, which need no user namespace.
    pub(crate) is_root: bool,
    pub(crate) tried: Vec<Tried>,
}

/// What came of trying one layer.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Tried {
    pub(crate) layer: String,
    /// Whether a job is refused without it.
    pub(crate) required: bool,
    /// How it would be in force, or what refused it.
    pub(crate) result: Result<String, Refusal>,
}

/// What the helper says.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Reply {
    /// The helper is the right program and has read the request.
    Hello,
    /// The jail stands and the program was started in it. The work directory's descriptor comes
    /// with this message.
    Started { layers: Vec<Layer> },
    /// The jail could not be built, or the program not started.
    Refused(Refusal),
    /// Everything in the jail is dead. The work directory's descriptor comes with this message too.
    Report(Report),
}

/// Why the jail could not be built.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Refusal {
    pub(crate) kind: RefusalKind,
    /// What was being done.
    pub(crate) step: String,
    /// The path concerned, or nothing.
    pub(crate) path: Bytes,
    /// The kernel's answer, or 0.
    pub(crate) errno: i32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum RefusalKind {
    UserNamespace,
    Namespaces,
    Proc,
    FileSystem,
    Grant,
    Privileges,
    Seccomp,
    Landlock,
    Command,
    Protocol,
}

/// The evidence about a job that ran. By default that it was stopped, and nothing else.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) end: End,
    /// CPU time before the input was handed over.
    pub(crate) waited_cpu_ms: u64,
    pub(crate) cpu_user_ms: u64,
    pub(crate) cpu_system_ms: u64,
    pub(crate) peak_memory: u64,
    pub(crate) bytes_written: u64,
    pub(crate) peak_disk: u64,
    pub(crate) peak_processes: u64,
    pub(crate) processes_started: u64,
    /// The system calls that were refused, where the kernel tells of them.
    pub(crate) refused: Vec<RefusedCall>,
}

/// A system call that was refused. Its name is the jail's own word, and bounded.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RefusedCall {
    pub(crate) name: String,
    pub(crate) count: u64,
    /// Whether the job was ended for it.
    pub(crate) ends: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum End {
    Exited(i32),
    Signalled(i32),
    /// The supervisor asked for the end, and knows why.
    #[default]
    Stopped,
    Cpu,
    Memory,
    Pids,
    Disk,
    /// It made a system call that no job has a reason to make.
    Seccomp,
}

/// Sends one message, with a descriptor when there is one.
pub(crate) fn send<T: Serialize>(
    socket: &UnixStream,
    message: &T,
    descriptor: Option<&OwnedFd>,
) -> io::Result<()> {
    let body = serde_json::to_vec(message).map_err(io::Error::other)?;
    let length = u32::try_from(body.len()).map_err(io::Error::other)?;
    // The descriptor travels with the header's bytes; four bytes are never split.
    send_with(socket, &length.to_le_bytes(), descriptor)?;
    (&mut &*socket).write_all(&body)
}

fn send_with(socket: &UnixStream, bytes: &[u8], descriptor: Option<&OwnedFd>) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let descriptors: Vec<_> = descriptor.iter().map(|fd| fd.as_fd()).collect();
    if !descriptors.is_empty() && !control.push(SendAncillaryMessage::ScmRights(&descriptors)) {
        return Err(io::Error::other("no room for a descriptor"));
    }
    let sent = rustix::net::sendmsg(
        socket,
        &[IoSlice::new(bytes)],
        &mut control,
        SendFlags::NOSIGNAL,
    )?;
    if sent == bytes.len() {
        Ok(())
    } else {
        Err(io::Error::from(io::ErrorKind::WriteZero))
    }
}

/// Sends one byte, with a descriptor when there is one, and makes no call but `sendmsg`.
pub(crate) fn send_descriptor(socket: &UnixStream, descriptor: Option<&OwnedFd>) -> io::Result<()> {
    send_with(socket, &[0], descriptor)
}

/// Receives what [`send_descriptor`] sent. `None` when the other end closed the socket instead.
pub(crate) fn receive_descriptor(socket: &UnixStream) -> io::Result<Option<Option<OwnedFd>>> {
    let (count, descriptor) = receive_with(socket, &mut [0])?;
    Ok((count > 0).then_some(descriptor))
}

/// Receives one message. `None` when the other end closed the socket before a message began.
pub(crate) fn receive<T: DeserializeOwned>(
    socket: &UnixStream,
) -> io::Result<Option<(T, Option<OwnedFd>)>> {
    let mut header = [0; 4];
    let (received, descriptor) = receive_with(socket, &mut header)?;
    if received == 0 {
        return Ok(None);
    }
    (&mut &*socket).read_exact(&mut header[received..])?;
    let length = u32::from_le_bytes(header) as usize;
    if length > MAX_MESSAGE {
        return Err(io::Error::from(io::ErrorKind::InvalidData));
    }
    let mut body = vec![0; length];
    (&mut &*socket).read_exact(&mut body)?;
    let message = serde_json::from_slice(&body).map_err(io::Error::other)?;
    Ok(Some((message, descriptor)))
}

fn receive_with(socket: &UnixStream, bytes: &mut [u8]) -> io::Result<(usize, Option<OwnedFd>)> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let received = rustix::io::retry_on_intr(|| {
        rustix::net::recvmsg(
            socket,
            &mut [IoSliceMut::new(bytes)],
            &mut control,
            RecvFlags::CMSG_CLOEXEC,
        )
    })?;
    let mut descriptor = None;
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(descriptors) = message {
            descriptor = descriptors.into_iter().next().or(descriptor);
        }
    }
    Ok((received.bytes, descriptor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_descriptor_travels_with_its_message() {
        let (here, there) = UnixStream::pair().unwrap();
        let file = OwnedFd::from(std::fs::File::open("/dev/null").unwrap());
        send(&here, &Reply::Hello, Some(&file)).unwrap();
        send(&here, &Reply::Hello, None).unwrap();
        drop(here);
        let (_, first) = receive::<Reply>(&there).unwrap().unwrap();
        assert!(first.is_some());
        let (_, second) = receive::<Reply>(&there).unwrap().unwrap();
        assert!(second.is_none());
        assert!(receive::<Reply>(&there).unwrap().is_none());
    }

    #[test]
    fn a_length_beyond_the_bound_is_refused_before_anything_is_allocated() {
        let (here, there) = UnixStream::pair().unwrap();
        (&here).write_all(&u32::MAX.to_le_bytes()).unwrap();
        let error = receive::<Reply>(&there).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }
}
