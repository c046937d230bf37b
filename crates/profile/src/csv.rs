//! Records out of bytes: RFC 4180, strictly, in place.
//!
//! A quote is allowed around a whole field and doubled inside such a field, nowhere else. That is
//! what makes a file divisible: at any byte, the number of quotes before it says whether it is
//! inside a field.

use crate::error::Fault;
use crate::limits::MAX_FIELD_BYTES;

/// Where a cell's text is in the block.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    start: u32,
    len: u32,
}

impl Cell {
    /// The text of the cell.
    #[inline]
    pub(crate) fn of<'b>(&self, block: &'b [u8]) -> &'b [u8] {
        &block[self.start as usize..(self.start + self.len) as usize]
    }
}

/// Reads records from a block that begins at the start of one.
pub(crate) struct Records<'b> {
    block: &'b mut [u8],
    at: usize,
    line: u64,
    /// Whether the block ends where the file ends, or where a record does.
    complete: bool,
}

/// A record was read, or there is none left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Its cells were appended. It began on this line.
    Record { line: u64 },
    /// Nothing was left.
    End,
    /// The block ends inside a record that begins on this line.
    Incomplete { line: u64 },
}

/// A fault and the line on which its record begins.
pub(crate) type Located = (u64, Fault);

impl<'b> Records<'b> {
    /// `line` is the physical line of the first byte. `complete` says that the block does not end
    /// inside a record unless the file does.
    pub(crate) fn new(block: &'b mut [u8], line: u64, complete: bool) -> Self {
        Self {
            block,
            at: 0,
            line,
            complete,
        }
    }

    /// The block. Text of records that were read is where their cells say.
    pub(crate) fn block(&self) -> &[u8] {
        self.block
    }

    /// The byte after what was read.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// Appends the cells of the next record, at most `limit` of them and one more.
    pub(crate) fn read(&mut self, cells: &mut Vec<Cell>, limit: usize) -> Result<Next, Located> {
        if self.at == self.block.len() {
            return Ok(Next::End);
        }
        let line = self.line;
        if self.is_empty_line() {
            return Err((line, Fault::EmptyLine));
        }
        let first = cells.len();
        loop {
            let end = match self.field(cells) {
                Ok(end) => end,
                Err(fault) => return Err((line, fault)),
            };
            match end {
                FieldEnd::Comma if cells.len() - first > limit => {
                    return Ok(Next::Record { line });
                }
                FieldEnd::Comma => {}
                FieldEnd::Line => return Ok(Next::Record { line }),
                FieldEnd::Incomplete => return Ok(Next::Incomplete { line }),
            }
        }
    }

    /// An empty line could be a row of a one-column table, or nothing: nobody can say which.
    fn is_empty_line(&self) -> bool {
        matches!(&self.block[self.at..], [b'\n', ..] | [b'\r', b'\n', ..])
    }

    fn field(&mut self, cells: &mut Vec<Cell>) -> Result<FieldEnd, Fault> {
        if self.block.get(self.at) == Some(&b'"') {
            self.quoted(cells)
        } else {
            self.bare(cells)
        }
    }

    fn bare(&mut self, cells: &mut Vec<Cell>) -> Result<FieldEnd, Fault> {
        let start = self.at;
        let length = self.block[start..]
            .iter()
            .position(|byte| SPECIAL[usize::from(*byte)]);
        let Some(length) = length else {
            self.at = self.block.len();
            if !self.complete {
                return Ok(FieldEnd::Incomplete);
            }
            push(cells, start, self.at - start)?;
            return Ok(FieldEnd::Line);
        };
        push(cells, start, length)?;
        self.at = start + length;
        match self.block[self.at] {
            b'"' => Err(Fault::StrayQuote),
            _ => self.delimiter(Fault::StrayCarriageReturn),
        }
    }

    /// A field that begins with a quote. Doubled quotes are made single where they stand.
    fn quoted(&mut self, cells: &mut Vec<Cell>) -> Result<FieldEnd, Fault> {
        let start = self.at + 1;
        let mut from = start;
        let mut to = start;
        loop {
            let Some(length) = memchr::memchr(b'"', &self.block[from..]) else {
                self.at = self.block.len();
                return if self.complete {
                    Err(Fault::UnterminatedQuote)
                } else {
                    Ok(FieldEnd::Incomplete)
                };
            };
            let piece = from..from + length;
            self.line += memchr::memchr_iter(b'\n', &self.block[piece.clone()]).count() as u64;
            if to != from {
                self.block.copy_within(piece.clone(), to);
            }
            to += length;
            self.at = piece.end + 1;
            if self.block.get(self.at) != Some(&b'"') {
                break;
            }
            self.block[to] = b'"';
            to += 1;
            from = self.at + 1;
        }
        push(cells, start, to - start)?;
        if self.at == self.block.len() {
            return Ok(if self.complete {
                FieldEnd::Line
            } else {
                FieldEnd::Incomplete
            });
        }
        self.delimiter(Fault::StrayQuote)
    }

    /// The comma or the line end at the current byte.
    fn delimiter(&mut self, otherwise: Fault) -> Result<FieldEnd, Fault> {
        match &self.block[self.at..] {
            [b',', ..] => {
                self.at += 1;
                Ok(FieldEnd::Comma)
            }
            [b'\n', ..] => {
                self.at += 1;
                self.line += 1;
                Ok(FieldEnd::Line)
            }
            [b'\r', b'\n', ..] => {
                self.at += 2;
                self.line += 1;
                Ok(FieldEnd::Line)
            }
            [b'\r'] if !self.complete => {
                self.at += 1;
                Ok(FieldEnd::Incomplete)
            }
            _ => Err(otherwise),
        }
    }
}

enum FieldEnd {
    Comma,
    Line,
    Incomplete,
}

fn push(cells: &mut Vec<Cell>, start: usize, len: usize) -> Result<(), Fault> {
    if len > MAX_FIELD_BYTES {
        return Err(Fault::FieldTooLong);
    }
    // Blocks are bounded by `MAX_RECORD_BYTES` and the block size, far below 4 GiB.
    cells.push(Cell {
        start: start as u32,
        len: len as u32,
    });
    Ok(())
}

/// The bytes that end a bare field, or must not stand in it.
static SPECIAL: [bool; 256] = {
    let mut table = [false; 256];
    table[b',' as usize] = true;
    table[b'\n' as usize] = true;
    table[b'\r' as usize] = true;
    table[b'"' as usize] = true;
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    type Rows = Vec<(u64, Vec<String>)>;

    fn rows(text: &str, complete: bool) -> Result<(Rows, Next), Located> {
        let mut block = text.as_bytes().to_vec();
        let mut records = Records::new(&mut block, 1, complete);
        let mut rows = Vec::new();
        loop {
            let mut cells = Vec::new();
            match records.read(&mut cells, 100)? {
                Next::Record { line } => {
                    let texts = cells
                        .iter()
                        .map(|cell| String::from_utf8(cell.of(records.block()).to_vec()).unwrap());
                    rows.push((line, texts.collect()));
                }
                end => return Ok((rows, end)),
            }
        }
    }

    fn texts(text: &str) -> Vec<Vec<String>> {
        rows(text, true)
            .unwrap()
            .0
            .into_iter()
            .map(|(_, row)| row)
            .collect()
    }

    #[test]
    fn quotes_and_line_ends() {
        let text = "a,\"b,c\"\r\n\"x\"\"y\",\"\"\nlast,\"two\r\nlines\"";
        let (rows, end) = rows(text, true).unwrap();
        assert_eq!(end, Next::End);
        let expected: Rows = vec![
            (1, vec!["a".into(), "b,c".into()]),
            (2, vec!["x\"y".into(), "".into()]),
            (3, vec!["last".into(), "two\r\nlines".into()]),
        ];
        assert_eq!(rows, expected);
    }

    #[test]
    fn a_quoted_empty_field_is_a_row_of_its_own() {
        assert_eq!(texts("a\n\"\"\nb\n"), [["a"], [""], ["b"]]);
        assert_eq!(texts(",\n"), [["", ""]]);
    }

    #[test]
    fn what_is_refused_and_where() {
        for (text, line, fault) in [
            ("a\nb\"c\n", 2, Fault::StrayQuote),
            ("a\n\"b\"c\n", 2, Fault::StrayQuote),
            ("a\n\"b\nc\n", 2, Fault::UnterminatedQuote),
            ("a\n\"\n\n\"\"", 2, Fault::UnterminatedQuote),
            ("a\nb\rc\n", 2, Fault::StrayCarriageReturn),
            ("a\nb\r", 2, Fault::StrayCarriageReturn),
            ("a\n\"b\"\rc", 2, Fault::StrayQuote),
        ] {
            assert_eq!(rows(text, true), Err((line, fault)), "{text:?}");
        }
        let long = format!("a\n{}\n", "x".repeat(MAX_FIELD_BYTES + 1));
        assert_eq!(rows(&long, true), Err((2, Fault::FieldTooLong)));
    }

    #[test]
    fn a_block_that_ends_inside_a_record_says_so() {
        for text in [
            "a\nb",
            "a\n\"b",
            "a\n\"b\"",
            "a\nb,",
            "a\nb\r",
            "a\n\"b\"\r",
        ] {
            assert_eq!(
                rows(text, false).unwrap().1,
                Next::Incomplete { line: 2 },
                "{text:?}"
            );
        }
        assert_eq!(rows("a\n", false).unwrap().1, Next::End);
    }
}
