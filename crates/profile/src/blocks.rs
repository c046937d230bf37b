//! A file as blocks of whole records, with its digest and the line numbers.

use std::io::{self, Read};

use memchr::{memchr_iter, memrchr};
use silversmith_types::{Digest, Sha256Hasher};

use crate::limits::MAX_RECORD_BYTES;

/// Whole records, or the last bytes of the file.
pub(crate) struct Block {
    /// From 0, in file order.
    pub(crate) index: u64,
    /// Physical line of the first byte, from 1.
    pub(crate) line: u64,
    /// The text.
    pub(crate) bytes: Vec<u8>,
    /// Whether it ends with a record or with the file. Otherwise a record is longer than
    /// [`MAX_RECORD_BYTES`].
    pub(crate) complete: bool,
}

/// Cuts a stream into blocks. Nothing but the number of quotes decides where a record may end, so
/// that a quoted line break never does.
pub(crate) struct Splitter<R> {
    reader: R,
    size: usize,
    hasher: Sha256Hasher,
    carried: Vec<u8>,
    index: u64,
    line: u64,
    total: u64,
    ended: bool,
}

impl<R: Read> Splitter<R> {
    /// `size` is the usual size of a block in bytes.
    pub(crate) fn new(reader: R, size: usize) -> Self {
        Self {
            reader,
            size: size.max(1),
            hasher: Sha256Hasher::default(),
            carried: Vec::new(),
            index: 0,
            line: 1,
            total: 0,
            ended: false,
        }
    }

    /// Bytes read so far.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// The next block, in the memory of `spare`; `None` at the end.
    pub(crate) fn next(&mut self, mut spare: Vec<u8>) -> io::Result<Option<Block>> {
        spare.clear();
        spare.append(&mut self.carried);
        let mut quotes = memchr_iter(b'"', &spare).count();
        loop {
            let before = spare.len();
            self.fill(&mut spare)?;
            quotes += memchr_iter(b'"', &spare[before..]).count();
            if self.ended {
                return Ok(self.last(spare));
            }
            if let Some(end) = last_record_end(&spare, quotes) {
                // A fresh vector for the rest keeps `spare` the large, reused one.
                self.carried.extend_from_slice(&spare[end..]);
                spare.truncate(end);
                return Ok(Some(self.block(spare, true)));
            }
            if spare.len() > MAX_RECORD_BYTES {
                self.ended = true;
                return Ok(Some(self.block(spare, false)));
            }
        }
    }

    /// The digest and the size of everything; reads what is left.
    pub(crate) fn finish(mut self) -> io::Result<(Digest, u64)> {
        let mut spare = Vec::new();
        while !self.ended {
            spare.clear();
            self.fill(&mut spare)?;
        }
        Ok((self.hasher.finish(), self.total))
    }

    fn fill(&mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        let before = bytes.len();
        if !self.ended {
            let wanted = self.size as u64;
            let read = (&mut self.reader).take(wanted).read_to_end(bytes)? as u64;
            self.ended = read < wanted;
            self.total += read;
            self.hasher.update(&bytes[before..]);
        }
        Ok(())
    }

    fn last(&mut self, bytes: Vec<u8>) -> Option<Block> {
        (!bytes.is_empty()).then(|| self.block(bytes, true))
    }

    fn block(&mut self, bytes: Vec<u8>, complete: bool) -> Block {
        let block = Block {
            index: self.index,
            line: self.line,
            bytes,
            complete,
        };
        self.index += 1;
        self.line += memchr_iter(b'\n', &block.bytes).count() as u64;
        block
    }
}

/// The place after the last line end outside quotes. `quotes` is the number of quotes in `bytes`.
fn last_record_end(bytes: &[u8], quotes: usize) -> Option<usize> {
    let mut end = bytes.len();
    let mut outside = quotes.is_multiple_of(2);
    loop {
        let quote = memrchr(b'"', &bytes[..end]);
        let start = quote.map_or(0, |at| at + 1);
        if outside && let Some(newline) = memrchr(b'\n', &bytes[start..end]) {
            return Some(start + newline + 1);
        }
        end = quote?;
        outside = !outside;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(text: &str, size: usize) -> (Vec<(u64, String, bool)>, Digest) {
        let mut splitter = Splitter::new(text.as_bytes(), size);
        let mut blocks = Vec::new();
        while let Some(block) = splitter.next(Vec::new()).unwrap() {
            let text = String::from_utf8(block.bytes).unwrap();
            blocks.push((block.line, text, block.complete));
        }
        let (digest, total) = splitter.finish().unwrap();
        assert_eq!(total, text.len() as u64);
        (blocks, digest)
    }

    #[test]
    fn a_quoted_line_break_does_not_end_a_block() {
        let text = "a,b\n\"x\ny\",1\n\"\"\"\n\",2\nz,3";
        for size in 1..text.len() + 2 {
            let (blocks, digest) = blocks(text, size);
            let joined: String = blocks.iter().map(|(_, text, _)| text.as_str()).collect();
            assert_eq!(joined, text);
            assert_eq!(digest, Digest::of(text.as_bytes()));
            for (line, piece, complete) in &blocks {
                assert!(complete);
                let starts_at = piece.as_ptr() as usize;
                assert!(starts_at != 0);
                let before = &text[..text.find(piece.as_str()).unwrap()];
                assert_eq!(before.matches('"').count() % 2, 0, "{size} {piece:?}");
                assert_eq!(*line, 1 + before.matches('\n').count() as u64);
            }
        }
    }

    #[test]
    fn nothing_gives_no_block() {
        assert_eq!(blocks("", 10).0, []);
    }

    #[test]
    fn an_open_quote_is_given_up_after_the_longest_record() {
        let text = format!("a\n\"{}", "x\n".repeat(MAX_RECORD_BYTES));
        let mut splitter = Splitter::new(text.as_bytes(), 1 << 20);
        let first = splitter.next(Vec::new()).unwrap().unwrap();
        assert_eq!((first.bytes.len(), first.complete), (2, true));
        let second = splitter.next(Vec::new()).unwrap().unwrap();
        assert!(!second.complete && second.line == 2);
        assert!(second.bytes.len() < MAX_RECORD_BYTES + (2 << 20));
    }
}
