//! Texts from data that stand in the evidence: what reads as an instruction or as a person is taken
//! out, so that nothing that is derived from a brief can hold it.

use std::collections::BTreeMap;

use silversmith_types::evidence::{
    ColumnEvidence, Evidence, JoinEvidence, Normalisation, ValueCount,
};

use crate::evidence_check::evidence_pointer;
use crate::finding::{Action, Code, Findings, Input, child};
use crate::screen::{Harm, harm};
use crate::withheld::Category;

/// Values whose verdict is remembered: code sets repeat the same few words.
const REMEMBERED: usize = 4_096;

/// Screens the evidence. `stated` says that it comes from the context, where a name may say that a
/// column holds personal data while the evidence does not.
pub(crate) fn screen_evidence(evidence: &mut Evidence, stated: bool, findings: &mut Findings) {
    let mut screen = Screen {
        judged: BTreeMap::new(),
        findings,
    };
    for (name, table) in &mut evidence.tables {
        for (at, column) in table.columns.iter_mut().enumerate() {
            let pointer = || format!("{}/columns/{at}", evidence_pointer(name));
            if stated && column.personal.is_none() {
                let kind = silversmith_personal::column_kind(name.stem(), column.name.as_str());
                column.personal = kind;
                if kind.is_some() && names_values(column) {
                    withhold_values(column);
                    let message = "the name of the column says that it holds personal data; \
                                   its values are left out";
                    let findings = &mut *screen.findings;
                    findings.mask(Code::ColumnMasked, Input::Context, pointer(), message);
                    findings.ledger.add(Category::Values, Action::Masked, 1);
                }
            }
            screen.column(&pointer, column);
        }
    }
    for (at, join) in evidence.joins.iter_mut().enumerate() {
        screen.join(at, join);
    }
}

fn names_values(column: &ColumnEvidence) -> bool {
    column.codes.is_some()
        || !column.variants.is_empty()
        || column.numbers.range.is_some()
        || column.formats.iter().any(|format| format.range.is_some())
}

fn withhold_values(column: &mut ColumnEvidence) {
    // A code set that is not named has no cells that are too rare to be named.
    column.codes = None;
    column.rare_cells = 0;
    column.variants.clear();
    column.numbers.range = None;
    for format in &mut column.formats {
        format.range = None;
    }
}

struct Screen<'f> {
    judged: BTreeMap<String, Option<Harm>>,
    findings: &'f mut Findings,
}

impl Screen<'_> {
    fn column(&mut self, pointer: &dyn Fn() -> String, column: &mut ColumnEvidence) {
        if let Some(codes) = &mut column.codes {
            let gone = self.values(&|| child(&pointer(), "codes"), codes);
            column.rare_cells = column.rare_cells.saturating_add(gone);
        }
        self.values(
            &|| child(&pointer(), "null_tokens"),
            &mut column.null_tokens,
        );
        for group in &mut column.variants {
            self.values(&|| child(&pointer(), "variants"), group);
        }
        column.variants.retain(|group| group.len() > 1);
    }

    /// Takes out what is not harmless; gives the cells that had it.
    fn values(&mut self, pointer: &dyn Fn() -> String, values: &mut Vec<ValueCount>) -> u64 {
        let mut gone = 0_u64;
        let mut at = 0;
        values.retain(|value| {
            let harm = self.judge(&value.value);
            if let Some(harm) = harm {
                gone = gone.saturating_add(value.count);
                self.tell(child(&pointer(), at), harm);
            }
            at += 1;
            harm.is_none()
        });
        gone
    }

    fn join(&mut self, at: usize, join: &mut JoinEvidence) {
        let Some(normalised) = &join.normalised else {
            return;
        };
        let Normalisation::StripPrefix { prefix } = &normalised.by else {
            return;
        };
        if let Some(harm) = self.judge(prefix) {
            self.tell(
                format!("/silversmith_evidence/joins/{at}/normalised/by/prefix"),
                harm,
            );
            join.normalised = None;
        }
    }

    fn judge(&mut self, text: &str) -> Option<Harm> {
        if let Some(known) = self.judged.get(text) {
            return *known;
        }
        let found = harm(text);
        if self.judged.len() < REMEMBERED {
            self.judged.insert(text.to_owned(), found);
        }
        found
    }

    fn tell(&mut self, pointer: String, harm: Harm) {
        let findings = &mut *self.findings;
        let input = Input::Context;
        match harm {
            Harm::Acts => {
                let message = "a value that reads as an instruction or holds markup is left out";
                findings.neutralise(Code::ValueNeutralised, input, pointer, message);
                findings
                    .ledger
                    .add(Category::Values, Action::Neutralised, 1);
            }
            Harm::Personal => {
                let message = "a value that is a person's or a secret is left out";
                findings.mask(Code::ValueMasked, input, pointer, message);
                findings.ledger.add(Category::Values, Action::Masked, 1);
            }
        }
    }
}
