//! One table: a reader thread cuts the file into blocks, the others count what is in them.

use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use silversmith_types::{ColumnName, Digest, TableName};

use crate::batch::Batch;
use crate::blocks::{Block, Splitter};
use crate::column::{Column, Presence};
use crate::csv::{Cell, Located, Next, Records};
use crate::error::{Fault, ProfileError};
use crate::formats::Calendar;
use crate::head::{Head, read_head};
use crate::limits::{BATCH_CELLS, HEAD_BYTES, MAX_TABLE_DISTINCT, MIN_DISTINCT};
use crate::rows::{Rows, Watch};
use crate::{Options, Progress};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A table that was read whole.
pub(crate) struct Counted {
    pub(crate) table: TableName,
    pub(crate) names: Vec<ColumnName>,
    pub(crate) sha256: Digest,
    pub(crate) bytes: u64,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Rows,
}

/// Reads a table once and counts.
pub(crate) fn count_table(
    table: &TableName,
    reader: &mut (dyn Read + Send),
    options: &Options,
    calendar: &Calendar,
    progress: &dyn Progress,
) -> Result<Counted, ProfileError> {
    let unreadable = |source| ProfileError::Read {
        table: table.clone(),
        source,
    };
    let located = |(line, fault)| ProfileError::Content {
        table: table.clone(),
        line,
        fault,
    };
    let mut first = Vec::new();
    reader
        .take(HEAD_BYTES as u64)
        .read_to_end(&mut first)
        .map_err(unreadable)?;
    let whole = first.len() < HEAD_BYTES;
    let text = first.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&first);
    let Head { names, watch } = read_head(text, whole, calendar).map_err(located)?;
    let splitter = Splitter::new(first.as_slice().chain(reader), options.block_bytes.max(1));
    let job = Job {
        width: names.len(),
        watch: &watch,
        max_distinct: options.max_distinct.get(),
        calendar,
    };
    let (state, sha256, bytes) = job
        .run(splitter, options.threads.get(), progress)
        .map_err(unreadable)?
        .map_err(located)?;
    Ok(Counted {
        table: table.clone(),
        names,
        sha256,
        bytes,
        columns: state.columns,
        rows: state.rows,
    })
}

/// What every worker knows.
struct Job<'j> {
    width: usize,
    watch: &'j Watch,
    max_distinct: usize,
    calendar: &'j Calendar,
}

/// What a worker counts.
struct State {
    columns: Vec<Column>,
    rows: Rows,
    cells: Vec<Cell>,
    hashes: Vec<u64>,
    presence: Vec<Presence>,
    /// The first fault that this worker met, with the block it is in.
    fault: Option<(u64, Located)>,
}

impl Job<'_> {
    fn run<R: Read>(
        &self,
        mut splitter: Splitter<R>,
        threads: usize,
        progress: &dyn Progress,
    ) -> io::Result<Result<(State, Digest, u64), Located>> {
        let failed = AtomicBool::new(false);
        let (blocks, queue) = sync_channel::<Block>(threads);
        let (spares, spare_queue) = channel::<Vec<u8>>();
        // Shared by the workers alone: when the last of them is gone, the reader is told.
        let queue = Arc::new(Mutex::new(queue));
        let states = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads)
                .map(|_| {
                    let spares = spares.clone();
                    let (queue, failed) = (Arc::clone(&queue), &failed);
                    scope.spawn(move || self.work(&queue, &spares, failed))
                })
                .collect();
            drop((queue, spares));
            let read = feed(&mut splitter, blocks, &spare_queue, &failed, progress);
            let states: Vec<State> = workers
                .into_iter()
                .map(|worker| {
                    worker
                        .join()
                        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
                })
                .collect();
            read.map(|()| states)
        })?;
        let (states, faults): (Vec<State>, Vec<_>) = states
            .into_iter()
            .map(|mut state| {
                let fault = state.fault.take();
                (state, fault)
            })
            .unzip();
        if let Some((_, located)) = faults.into_iter().flatten().min_by_key(|(block, _)| *block) {
            return Ok(Err(located));
        }
        let (sha256, bytes) = splitter.finish()?;
        Ok(Ok((self.merge(states), sha256, bytes)))
    }

    fn work(
        &self,
        queue: &Mutex<Receiver<Block>>,
        spares: &Sender<Vec<u8>>,
        failed: &AtomicBool,
    ) -> State {
        let mut state = self.state();
        loop {
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(mut block) = next else {
                return state;
            };
            if state.fault.is_none() {
                let index = block.index;
                state.fault = self
                    .count(&mut block, &mut state)
                    .err()
                    .map(|fault| (index, fault));
            }
            if state.fault.is_some() {
                // Blocks after this one need not be read; those before it are in the queue.
                failed.store(true, Ordering::Relaxed);
            } else {
                // When nobody waits for spares any more, this one is not needed.
                let _ = spares.send(block.bytes);
            }
        }
    }

    fn state(&self) -> State {
        let fair = (MAX_TABLE_DISTINCT / self.width.max(1)).max(MIN_DISTINCT);
        let capacity = fair.min(self.max_distinct);
        State {
            columns: (0..self.width).map(|_| Column::new(capacity)).collect(),
            rows: Rows::new(self.watch, self.max_distinct),
            cells: Vec::new(),
            hashes: Vec::new(),
            presence: Vec::new(),
            fault: None,
        }
    }

    /// Counts the rows of a block, up to the first fault.
    fn count(&self, block: &mut Block, state: &mut State) -> Result<(), Located> {
        let is_first = block.index == 0;
        let mut bytes = block.bytes.as_mut_slice();
        if is_first && bytes.starts_with(BYTE_ORDER_MARK) {
            bytes = &mut bytes[BYTE_ORDER_MARK.len()..];
        }
        let unreadable = first_unreadable(bytes, block.complete);
        let mut records = Records::new(bytes, block.line, block.complete);
        if is_first {
            // The head was read and checked before.
            records.read(&mut state.cells, self.width)?;
        }
        loop {
            state.cells.clear();
            let next = self.read_batch(&mut records, &mut state.cells, unreadable)?;
            self.count_batch(records.block(), state);
            match next {
                Next::Record { .. } => {}
                Next::End => return Ok(()),
                Next::Incomplete { line } => return Err((line, Fault::RecordTooLong)),
            }
        }
    }

    /// Reads records until there are enough for a batch.
    fn read_batch(
        &self,
        records: &mut Records<'_>,
        cells: &mut Vec<Cell>,
        unreadable: Option<Unreadable>,
    ) -> Result<Next, Located> {
        loop {
            let before = cells.len();
            let next = records.read(cells, self.width)?;
            let Next::Record { line } = next else {
                cells.truncate(before);
                return Ok(next);
            };
            if let Some(byte) = unreadable.filter(|byte| byte.at < records.position()) {
                return Err((
                    line,
                    if byte.is_nul {
                        Fault::Nul
                    } else {
                        Fault::InvalidUtf8
                    },
                ));
            }
            let found = cells.len() - before;
            if found != self.width {
                return Err((
                    line,
                    Fault::FieldCount {
                        expected: self.width,
                        found,
                    },
                ));
            }
            if cells.len() >= BATCH_CELLS {
                return Ok(next);
            }
        }
    }

    fn count_batch(&self, block: &[u8], state: &mut State) {
        let State {
            columns,
            rows,
            cells,
            hashes,
            presence,
            ..
        } = state;
        hashes.clear();
        presence.clear();
        for (at, column) in columns.iter_mut().enumerate() {
            for cell in cells.iter().skip(at).step_by(self.width) {
                let (hash, present) = column.add(self.calendar, cell.of(block));
                hashes.push(hash);
                presence.push(present);
            }
        }
        rows.add(&Batch {
            block,
            cells,
            width: self.width,
            hashes,
            presence,
        });
    }

    fn merge(&self, states: Vec<State>) -> State {
        let mut states = states.into_iter();
        let mut whole = states.next().unwrap_or_else(|| self.state());
        for state in states {
            for (mine, theirs) in whole.columns.iter_mut().zip(&state.columns) {
                mine.absorb(self.calendar, theirs);
            }
            whole.rows.absorb(&state.rows);
        }
        for column in &mut whole.columns {
            column.finish(self.calendar);
        }
        whole
    }
}

/// Hands out the blocks of the file. It ends early when the workers have, which is when they fail.
fn feed<R: Read>(
    splitter: &mut Splitter<R>,
    blocks: SyncSender<Block>,
    spares: &Receiver<Vec<u8>>,
    failed: &AtomicBool,
    progress: &dyn Progress,
) -> io::Result<()> {
    loop {
        let before = splitter.total();
        let spare = spares.try_recv().unwrap_or_default();
        let Some(block) = splitter.next(spare)? else {
            return Ok(());
        };
        progress.advanced(splitter.total() - before);
        if failed.load(Ordering::Relaxed) || blocks.send(block).is_err() {
            return Ok(());
        }
    }
}

/// A byte that is no text.
#[derive(Debug, Clone, Copy)]
struct Unreadable {
    at: usize,
    is_nul: bool,
}

/// The first byte that is no text, if there is one. A block that ends inside a record may end inside
/// a character.
fn first_unreadable(bytes: &[u8], complete: bool) -> Option<Unreadable> {
    let invalid = std::str::from_utf8(bytes)
        .err()
        .filter(|error| complete || error.error_len().is_some())
        .map(|error| Unreadable {
            at: error.valid_up_to(),
            is_nul: false,
        });
    let end = invalid.map_or(bytes.len(), |byte| byte.at);
    memchr::memchr(0, &bytes[..end])
        .map(|at| Unreadable { at, is_nul: true })
        .or(invalid)
}
