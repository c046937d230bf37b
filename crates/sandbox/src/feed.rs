//! The input of a program that waits for it: a pipe that only the supervisor can write to.

use std::io::{self, PipeReader, PipeWriter, Write};
use std::os::fd::{AsFd, BorrowedFd};

/// The end of the pipe that is held before there is anything to write.
#[derive(Debug)]
pub(crate) struct Inlet(PipeWriter);

impl Inlet {
    /// The pipe, and the end that the program gets.
    pub(crate) fn new() -> io::Result<(Self, PipeReader)> {
        let (theirs, ours) = io::pipe()?;
        // A program that does not read must not make its supervisor wait.
        rustix::io::ioctl_fionbio(&ours, true)?;
        Ok((Self(ours), theirs))
    }

    /// Begins to write.
    pub(crate) fn feed(self, bytes: &[u8]) -> Feed<'_> {
        Feed {
            pipe: Some(self.0),
            left: bytes,
        }
    }
}

/// Bytes on their way. The pipe is closed behind the last one.
#[derive(Debug, Default)]
pub(crate) struct Feed<'a> {
    pipe: Option<PipeWriter>,
    left: &'a [u8],
}

impl Feed<'_> {
    /// What to poll for room, while there is something to write.
    pub(crate) fn pipe(&self) -> Option<BorrowedFd<'_>> {
        self.pipe.as_ref().map(AsFd::as_fd)
    }

    /// Writes what there is room for.
    pub(crate) fn write(&mut self) -> io::Result<()> {
        let Some(pipe) = &mut self.pipe else {
            return Ok(());
        };
        match pipe.write(self.left) {
            Ok(count) => self.left = &self.left[count..],
            Err(error) => match error.kind() {
                io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted => {}
                // Nobody reads any more: how the program ended tells why.
                io::ErrorKind::BrokenPipe => self.left = &[],
                _ => return Err(error),
            },
        }
        if self.left.is_empty() {
            self.pipe = None;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn a_reader_that_does_not_read_makes_nobody_wait_and_one_that_does_gets_all() {
        let bytes = vec![7; 1 << 20];
        let (inlet, mut reader) = Inlet::new().unwrap();
        let mut feed = inlet.feed(&bytes);
        feed.write().unwrap();
        feed.write().unwrap();
        assert!(feed.pipe().is_some() && feed.left.len() < bytes.len());
        let mut got = Vec::new();
        let mut chunk = [0; 4096];
        while feed.pipe().is_some() {
            let count = reader.read(&mut chunk).unwrap();
            got.extend_from_slice(&chunk[..count]);
            feed.write().unwrap();
        }
        reader.read_to_end(&mut got).unwrap();
        assert_eq!(got, bytes);
    }

    #[test]
    fn a_reader_that_is_gone_and_nothing_to_write_end_it() {
        let (inlet, reader) = Inlet::new().unwrap();
        drop(reader);
        let mut feed = inlet.feed(b"x");
        feed.write().unwrap();
        assert!(feed.pipe().is_none());
        let (inlet, mut reader) = Inlet::new().unwrap();
        let mut feed = inlet.feed(b"");
        feed.write().unwrap();
        assert_eq!(reader.read(&mut [0]).unwrap(), 0);
    }
}
