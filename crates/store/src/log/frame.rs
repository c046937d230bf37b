//! Frames: what one group commit adds to the file of a log. All of a frame is there, or nothing of it counts.
//!
//! ```text
//! "SLF1"  length of the body   body                                              CRC32C of all before
//! 4       4                    count 4, then count × (length 4, entry), checkpoint   4
//! ```
//!
//! Numbers are little-endian. The checkpoint is a signed note about the log with the frame's entries.

/// Begins a frame.
pub(super) const MAGIC: [u8; 4] = *b"SLF1";
/// Largest body that is written or read.
pub(super) const MAX_BODY: usize = 64 << 20;
/// Magic and length.
pub(super) const OPENING: usize = 8;
/// The checksum.
pub(super) const CLOSING: usize = 4;

/// The parts of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    entries: &'a [u8],
    pub(super) checkpoint: &'a [u8],
}

/// The bytes of a frame; `None` where they would be more than are read.
pub(super) fn encode(entries: &[&[u8]], checkpoint: &[u8]) -> Option<Vec<u8>> {
    let entries_size: usize = entries.iter().map(|entry| 4 + entry.len()).sum();
    let body = 4 + entries_size + checkpoint.len();
    let length = u32::try_from(body).ok().filter(|_| body <= MAX_BODY)?;
    let mut bytes = Vec::with_capacity(OPENING + body + CLOSING);
    bytes.extend(MAGIC);
    bytes.extend(length.to_le_bytes());
    bytes.extend(u32::try_from(entries.len()).ok()?.to_le_bytes());
    for entry in entries {
        bytes.extend(u32::try_from(entry.len()).ok()?.to_le_bytes());
        bytes.extend_from_slice(entry);
    }
    bytes.extend_from_slice(checkpoint);
    let checksum = crc32c::crc32c(&bytes);
    bytes.extend(checksum.to_le_bytes());
    Some(bytes)
}

/// How many bytes a frame has in all that begins like this.
pub(super) fn length(opening: &[u8]) -> Option<usize> {
    let (magic, rest) = opening.split_first_chunk::<4>()?;
    let (body, _) = take(rest)?;
    (*magic == MAGIC && body <= MAX_BODY).then_some(OPENING + body + CLOSING)
}

impl<'a> Frame<'a> {
    /// Reads a frame that is exactly these bytes.
    pub(super) fn decode(bytes: &'a [u8]) -> Option<Self> {
        (length(bytes)? == bytes.len()).then_some(())?;
        let (content, checksum) = bytes.split_last_chunk::<CLOSING>()?;
        (crc32c::crc32c(content) == u32::from_le_bytes(*checksum)).then_some(())?;
        let (count, entries) = take(content.get(OPENING..)?)?;
        let mut rest = entries;
        for _ in 0..count {
            let (size, behind) = take(rest)?;
            rest = behind.get(size..)?;
        }
        let (entries, checkpoint) = entries.split_at(entries.len() - rest.len());
        // A commit of nothing would be a second head of the same tree.
        (count > 0).then_some(Self {
            entries,
            checkpoint,
        })
    }

    /// The entries, and where each begins in the frame.
    pub(super) fn entries(&self) -> impl Iterator<Item = (usize, &'a [u8])> + use<'a> {
        let all = self.entries;
        let mut at = 0;
        std::iter::from_fn(move || {
            let (size, rest) = take(all.get(at..)?)?;
            let entry = rest.get(..size)?;
            let begin = OPENING + 4 + at + 4;
            at += 4 + size;
            Some((begin, entry))
        })
    }
}

/// A number, and what stands behind it.
fn take(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((usize::try_from(u32::from_le_bytes(*number)).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_frame_is_whole_or_none() {
        let bytes = encode(&[b"one", b"", b"three"], b"head\n").unwrap();
        let frame = Frame::decode(&bytes).unwrap();
        let entries: Vec<_> = frame.entries().collect();
        assert_eq!(entries, [(16, &b"one"[..]), (23, b""), (27, b"three")]);
        assert_eq!(frame.checkpoint, b"head\n");
        assert_eq!(&bytes[27..32], b"three");
        assert_eq!(length(&bytes), Some(bytes.len()));
        for end in 0..bytes.len() {
            assert_eq!(Frame::decode(&bytes[..end]), None);
        }
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Frame::decode(&flipped), None, "bit {bit}");
        }
        assert_eq!(Frame::decode(&[&bytes[..], b"x"].concat()), None);
        assert_eq!(Frame::decode(&encode(&[], b"head\n").unwrap()), None);
        assert_eq!(encode(&[&vec![0; MAX_BODY]], b""), None);
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read(
            entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 1..9),
            checkpoint in prop::collection::vec(any::<u8>(), 0..50),
        ) {
            let borrowed: Vec<&[u8]> = entries.iter().map(Vec::as_slice).collect();
            let bytes = encode(&borrowed, &checkpoint).unwrap();
            let frame = Frame::decode(&bytes).unwrap();
            prop_assert_eq!(frame.entries().map(|(_, entry)| entry).collect::<Vec<_>>(), borrowed);
            prop_assert_eq!(frame.checkpoint, &checkpoint[..]);
        }

        #[test]
        fn any_bytes_have_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut framed = MAGIC.to_vec();
            let size = u32::try_from(bytes.len()).unwrap();
            framed.extend(size.to_le_bytes());
            framed.extend(&bytes);
            let checksum = crc32c::crc32c(&framed);
            framed.extend(checksum.to_le_bytes());
            if let Some(frame) = Frame::decode(&framed) {
                prop_assert!(frame.entries().count() > 0);
            }
        }
    }
}
