use silversmith_types::ColumnName;

use crate::value::ColumnType;

/// The columns of a table at one point of a plan, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    columns: Vec<(ColumnName, ColumnType)>,
}

impl Schema {
    /// A Bronze table: every column is text.
    pub fn bronze<'a>(columns: impl IntoIterator<Item = &'a ColumnName>) -> Self {
        let columns = columns
            .into_iter()
            .map(|name| (name.clone(), ColumnType::Text))
            .collect();
        Self { columns }
    }

    /// A schema of these columns. The names must be distinct.
    pub fn new(columns: Vec<(ColumnName, ColumnType)>) -> Self {
        Self { columns }
    }

    /// Names and types in order.
    pub fn columns(&self) -> &[(ColumnName, ColumnType)] {
        &self.columns
    }

    /// Names in order.
    pub fn names(&self) -> impl Iterator<Item = &ColumnName> {
        self.columns.iter().map(|(name, _)| name)
    }

    /// Where a column stands.
    pub fn position(&self, name: &ColumnName) -> Option<usize> {
        self.columns.iter().position(|(column, _)| column == name)
    }

    /// The type of a column.
    pub fn type_of(&self, name: &ColumnName) -> Option<ColumnType> {
        self.columns
            .iter()
            .find(|(column, _)| column == name)
            .map(|(_, ty)| *ty)
    }

    /// The columns with these names, in their order; names that do not exist are left out.
    pub fn project(&self, names: &[ColumnName]) -> Self {
        let found = names
            .iter()
            .filter_map(|name| Some((name.clone(), self.type_of(name)?)));
        Self {
            columns: found.collect(),
        }
    }

    /// Gives a column a type: in place where it exists, at the end where it does not.
    pub fn set(&mut self, name: &ColumnName, ty: ColumnType) {
        match self.columns.iter_mut().find(|(column, _)| column == name) {
            Some((_, slot)) => *slot = ty,
            None => self.columns.push((name.clone(), ty)),
        }
    }
}
