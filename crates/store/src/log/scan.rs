//! Reading a log: from the beginning or from a known head, frame by frame, each held against the entries.

use std::fs::File;
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use silversmith_tlog::{Checkpoint, Frontier, Note, VerifierKey, leaf_hash};
use silversmith_types::Digest;

use super::frame::{self, Frame};
use super::{LOG, LogError};
use crate::files::{FileError, open_regular};

/// Begins the file of the acknowledged head.
const HEAD_FORMAT: &str = "silversmith log head v1";
/// Largest such file: 64 peaks and a checkpoint.
const MAX_HEAD: usize = 16 << 10;

/// A frame that was read.
pub(super) struct Read<'a> {
    pub(super) start: u64,
    pub(super) frame: Frame<'a>,
    pub(super) checkpoint: &'a str,
}

/// A reader of frames.
pub(super) struct Scan<'a> {
    path: PathBuf,
    file: &'a File,
    input: Option<BufReader<&'a File>>,
    key: &'a VerifierKey,
    at: u64,
    edge: Frontier,
    bytes: Vec<u8>,
    last: Option<String>,
}

impl<'a> Scan<'a> {
    pub(super) fn from(
        path: &Path,
        file: &'a File,
        at: u64,
        edge: Frontier,
        key: &'a VerifierKey,
    ) -> Self {
        Self {
            path: path.to_owned(),
            file,
            input: None,
            key,
            at,
            edge,
            bytes: Vec::new(),
            last: None,
        }
    }

    /// The next frame, whose checkpoint speaks of the entries up to it; `None` at the end, and before a frame at
    /// the end that is not whole. Signatures are not looked at: [`Scan::finish`] does so with the last one, which
    /// vouches for everything before it.
    pub(super) fn next(&mut self) -> Result<Option<Read<'_>>, LogError> {
        if !self.read()? {
            return Ok(None);
        }
        let start = self.at;
        let damaged = |why| LogError::Damaged {
            path: self.path.clone(),
            at: start,
            entries: self.edge.size(),
            why,
        };
        let frame = Frame::decode(&self.bytes).ok_or_else(|| damaged("it is no frame"))?;
        let mut edge = self.edge.clone();
        let entries = frame.entries();
        entries.for_each(|(_, entry)| edge.append(leaf_hash(entry)));
        let expected = Checkpoint {
            origin: self.key.name().to_owned(),
            size: edge.size(),
            root: edge.root(),
        };
        let checkpoint = std::str::from_utf8(frame.checkpoint).ok();
        let signed = checkpoint.and_then(|text| text.strip_prefix(&expected.to_string()));
        let (Some(checkpoint), Some(_)) = (checkpoint, signed) else {
            return Err(damaged("its checkpoint is not that of its entries"));
        };
        self.at += self.bytes.len() as u64;
        self.edge = edge;
        self.last = Some(checkpoint.to_owned());
        Ok(Some(Read {
            start,
            frame,
            checkpoint,
        }))
    }

    /// Where the last whole frame ends, and the tree up to there.
    pub(super) fn finish(self) -> Result<(u64, Frontier), LogError> {
        if let Some(text) = &self.last {
            let signed = Note::parse(text.as_bytes()).map_err(Into::into);
            let signed = signed.and_then(|note| Checkpoint::verify(&note, self.key));
            if signed.is_err() {
                return Err(LogError::Damaged {
                    path: self.path,
                    at: self.at,
                    entries: self.edge.size(),
                    why: "the last checkpoint is not signed by the log",
                });
            }
        }
        Ok((self.at, self.edge))
    }

    /// Reads the bytes of the next frame. False at the end.
    fn read(&mut self) -> Result<bool, LogError> {
        let path = self.path.clone();
        let failed = |source| FileError::Read { path, source };
        let read = self.read_frame().map_err(failed)?;
        match read {
            Some(true) => Ok(true),
            Some(false) => Ok(false),
            None if self.is_torn()? => Ok(false),
            None => Err(LogError::Damaged {
                path: self.path.clone(),
                at: self.at,
                entries: self.edge.size(),
                why: "it is no frame, and others follow",
            }),
        }
    }

    /// Whether there is a frame; `None` for something that is none.
    fn read_frame(&mut self) -> io::Result<Option<bool>> {
        if self.input.is_none() {
            let mut file = self.file;
            file.seek(SeekFrom::Start(self.at))?;
            self.input = Some(BufReader::with_capacity(1 << 20, file));
        }
        let Some(input) = &mut self.input else {
            return Ok(None);
        };
        self.bytes.clear();
        let opening = frame::OPENING as u64;
        input.by_ref().take(opening).read_to_end(&mut self.bytes)?;
        if self.bytes.is_empty() {
            return Ok(Some(false));
        }
        let Some(length) = frame::length(&self.bytes) else {
            return Ok(None);
        };
        let rest = (length - frame::OPENING) as u64;
        input.by_ref().take(rest).read_to_end(&mut self.bytes)?;
        Ok(Frame::decode(&self.bytes).map(|_| true))
    }

    /// Whether no whole frame follows what is none: its writer was killed, and nobody has relied on it.
    fn is_torn(&self) -> Result<bool, LogError> {
        let failed = |source| FileError::Read {
            path: self.path.clone(),
            source,
        };
        let mut rest = Vec::new();
        let mut file = self.file;
        file.seek(SeekFrom::Start(self.at)).map_err(failed)?;
        // A torn frame is no longer than a frame may be, so what follows one is within twice that.
        let most = 2 * frame::MAX_BODY as u64;
        file.take(most).read_to_end(&mut rest).map_err(failed)?;
        let whole = |at: usize| {
            let bytes = rest.get(at..).unwrap_or_default();
            let length = frame::length(bytes)?;
            Frame::decode(bytes.get(..length)?)
        };
        let mut places = rest.windows(4).enumerate().skip(1);
        let is_followed = places.any(|(at, magic)| magic == frame::MAGIC && whole(at).is_some());
        Ok(!is_followed)
    }
}

/// The head that was last acknowledged, as it stands beside the log.
pub(super) struct Known {
    start: u64,
    pub(super) end: u64,
    pub(super) edge: Frontier,
    checkpoint: String,
}

/// The text of the head file: places of the last frame, peaks of the tree, and the checkpoint.
pub(super) fn head_text(start: u64, end: u64, edge: &Frontier, checkpoint: &str) -> String {
    let peaks = edge.peaks().iter().map(|peak| format!("{peak}\n"));
    let peaks: String = peaks.collect();
    format!("{HEAD_FORMAT}\n{start} {end}\n{peaks}\n{checkpoint}")
}

/// Reads the head file. None where it says nothing that the log signed: it is written without a sync, so a crash
/// may leave anything.
pub(super) fn read_head(file: &File, key: &VerifierKey) -> Option<Known> {
    let mut bytes = vec![0; MAX_HEAD];
    let mut length = 0;
    while let Some(rest) = bytes.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match file.read_at(rest, length as u64).ok()? {
            0 => break,
            read => length += read,
        }
    }
    let text = std::str::from_utf8(bytes.get(..length)?).ok()?;
    let (known, checkpoint) = text.split_once("\n\n")?;
    let mut lines = known.lines();
    (lines.next()? == HEAD_FORMAT).then_some(())?;
    let (start, end) = lines.next()?.split_once(' ')?;
    let (start, end) = (start.parse().ok()?, end.parse().ok()?);
    let peaks: Result<Vec<Digest>, _> = lines.map(str::parse).collect();
    let note = Note::parse(checkpoint.as_bytes()).ok()?;
    let head = Checkpoint::verify(&note, key).ok()?;
    let edge = Frontier::from_peaks(head.size, peaks.ok()?)?;
    (edge.root() == head.root).then(|| Known {
        start,
        end,
        edge,
        checkpoint: checkpoint.to_owned(),
    })
}

impl Known {
    /// Sees that the log has the frame of this head where it was.
    pub(super) fn confirmed(self, file: &File) -> Result<Self, LogError> {
        let forgotten = |why: &str| LogError::Forgotten {
            acknowledged: self.edge.size(),
            why: why.to_owned(),
        };
        let size = self.end.checked_sub(self.start);
        let most = (frame::OPENING + frame::MAX_BODY + frame::CLOSING) as u64;
        let size = size.filter(|size| *size <= most);
        let size = size.and_then(|size| usize::try_from(size).ok());
        let mut bytes = vec![0; size.ok_or_else(|| forgotten("its place is none"))?];
        let read = file.read_exact_at(&mut bytes, self.start);
        read.map_err(|_| forgotten("the file ends before it"))?;
        let frame = Frame::decode(&bytes);
        match frame.is_some_and(|frame| frame.checkpoint == self.checkpoint.as_bytes()) {
            true => Ok(self),
            false => Err(forgotten("something else stands in its place")),
        }
    }
}

/// An entry as [`verify`] meets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen<'a> {
    /// Its number, from 0.
    pub index: u64,
    /// Its bytes.
    pub entry: &'a [u8],
}

/// Reads a whole log of a folder: every frame, every entry, and the signature of the last head, which commits to
/// all before it. Gives the tree; an unfinished frame at the end is passed over. A folder without a log has an
/// empty one.
pub fn verify(
    folder: &Path,
    key: &VerifierKey,
    mut each: impl FnMut(Seen),
) -> Result<Frontier, LogError> {
    let path = folder.join(LOG);
    let file = match open_regular(&path) {
        Err(FileError::Read { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            return Ok(Frontier::default());
        }
        file => file?,
    };
    let mut scan = Scan::from(&path, &file, 0, Frontier::default(), key);
    let mut index = 0;
    while let Some(read) = scan.next()? {
        for (_, entry) in read.frame.entries() {
            each(Seen { index, entry });
            index += 1;
        }
    }
    Ok(scan.finish()?.1)
}
