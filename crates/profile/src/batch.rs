//! Some rows of a table with the hashes of their cells.

use crate::column::Presence;
use crate::csv::Cell;

/// Rows that are handled in one go.
pub(crate) struct Batch<'b> {
    /// The text.
    pub(crate) block: &'b [u8],
    /// Row by row.
    pub(crate) cells: &'b [Cell],
    /// Columns of the table.
    pub(crate) width: usize,
    /// Column by column, one hash a row.
    pub(crate) hashes: &'b [u64],
    /// Column by column.
    pub(crate) presence: &'b [Presence],
}

impl<'b> Batch<'b> {
    /// Rows in the batch.
    pub(crate) fn rows(&self) -> usize {
        self.cells.len() / self.width.max(1)
    }

    /// The text of a cell.
    pub(crate) fn cell(&self, row: usize, column: usize) -> &'b [u8] {
        self.cells[row * self.width + column].of(self.block)
    }

    /// The hashes of a column.
    pub(crate) fn hashes(&self, column: usize) -> &'b [u64] {
        &self.hashes[column * self.rows()..(column + 1) * self.rows()]
    }

    /// Which cells of a column hold text.
    pub(crate) fn presence(&self, column: usize) -> &'b [Presence] {
        &self.presence[column * self.rows()..(column + 1) * self.rows()]
    }
}
