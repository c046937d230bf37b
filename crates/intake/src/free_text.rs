//! What free text holds that matters, as findings. The text itself is in none of them.

use std::collections::BTreeMap;
use std::ops::Range;

use silversmith_types::evidence::PersonalKind;

use crate::finding::{Code, Findings, Input, Place};
use crate::injection::{Kind, Surface, of_removed, scan_canonical};
use crate::text::{Canonical, canonical};

/// Findings of one code that are listed with their place; the rest is counted. A text of a thousand
/// orders must not crowd out what else was found.
const LISTED: usize = 25;

/// Something in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Where, in bytes of the text as it came.
    pub(crate) span: Range<usize>,
    /// The same in the canonical form.
    pub(crate) canonical: Range<usize>,
    /// What.
    pub(crate) what: What,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    /// It acts on a reader.
    Acts(Kind),
    /// It is a person's, or a secret.
    Personal(PersonalKind),
}

/// A text that was looked through.
#[derive(Debug)]
pub(crate) struct Examined {
    /// Its canonical form.
    pub(crate) canonical: Canonical,
    /// In the order of the text.
    pub(crate) found: Vec<Found>,
}

/// Looks through a text. `surfaces` cuts its canonical form into prose and examples of code.
pub(crate) fn examine(
    text: &str,
    surfaces: impl Fn(&str) -> Vec<(Range<usize>, Surface)>,
) -> Examined {
    let canonical = canonical(text);
    let mut found = Vec::new();
    for removed in &canonical.removed {
        let at = canonical.derived.position_of(removed.span.start);
        found.extend(
            of_removed(text, removed)
                .into_iter()
                .map(|suspicion| Found {
                    span: suspicion.span,
                    canonical: at..at,
                    what: What::Acts(suspicion.kind),
                }),
        );
    }
    let clean = canonical.derived.as_str();
    for (range, surface) in surfaces(clean) {
        for suspicion in scan_canonical(&clean[range.clone()], surface) {
            let at = range.start + suspicion.span.start..range.start + suspicion.span.end;
            found.push(Found {
                span: canonical.derived.origin(at.clone()),
                canonical: at,
                what: What::Acts(suspicion.kind),
            });
        }
    }
    for value in silversmith_personal::find(clean) {
        found.push(Found {
            span: canonical.derived.origin(value.span.clone()),
            canonical: value.span,
            what: What::Personal(value.kind),
        });
    }
    found.sort_by_key(|found| (found.span.start, found.what));
    Examined { canonical, found }
}

/// All of a text as sentences.
pub(crate) fn prose(text: &str) -> Vec<(Range<usize>, Surface)> {
    vec![(0..text.len(), Surface::Prose)]
}

/// Records what is in a short text at `pointer`: each code once. The text is withheld by the caller.
pub(crate) fn record_short(text: &str, input: Input, pointer: &str, findings: &mut Findings) {
    if !findings.looks_through(text) {
        return;
    }
    let mut what: Vec<What> = examine(text, prose)
        .found
        .iter()
        .map(|found| found.what)
        .collect();
    what.sort_unstable();
    what.dedup();
    for what in what {
        record(
            what,
            input,
            Place::Pointer(pointer.to_owned()),
            None,
            findings,
        );
    }
}

/// Records what is in a long text, each at its place.
pub(crate) fn record_long(
    found: &[Found],
    input: Input,
    mut place: impl FnMut(usize) -> Place,
    findings: &mut Findings,
) {
    let mut counts: BTreeMap<Code, usize> = BTreeMap::new();
    for found in found {
        *counts.entry(code(found.what)).or_default() += 1;
    }
    let mut seen: BTreeMap<Code, usize> = BTreeMap::new();
    for found in found {
        let code = code(found.what);
        let (seen, count) = (seen.entry(code).or_default(), counts[&code]);
        *seen += 1;
        if *seen < LISTED || *seen == LISTED && count == LISTED {
            record(found.what, input, place(found.span.start), None, findings);
        } else if *seen == LISTED {
            let others = count - LISTED;
            record(
                found.what,
                input,
                place(found.span.start),
                Some(others),
                findings,
            );
        }
    }
}

fn record(what: What, input: Input, place: Place, others: Option<usize>, findings: &mut Findings) {
    let mut message = match what {
        What::Acts(kind) => of_kind(kind).1.to_owned(),
        What::Personal(kind) => format!("holds {}", personal(kind)),
    };
    if let Some(others) = others {
        message += &format!("; so do {others} further places");
    }
    match what {
        What::Acts(_) => findings.neutralise(code(what), input, place, message),
        What::Personal(_) => findings.mask(code(what), input, place, message),
    }
}

fn code(what: What) -> Code {
    match what {
        What::Acts(kind) => of_kind(kind).0,
        What::Personal(_) => Code::TextMasked,
    }
}

fn of_kind(kind: Kind) -> (Code, &'static str) {
    match kind {
        Kind::Instruction => (Code::Instruction, "tells a model what to do"),
        Kind::Role => {
            let message = "pretends to be a turn of a conversation, or the end of the data";
            (Code::RoleMarker, message)
        }
        Kind::Template => (Code::Template, "holds what a template language evaluates"),
        Kind::Code => (
            Code::CodeInText,
            "holds code that has no place in a description of data",
        ),
        Kind::Encoded => (Code::Encoded, "is written so that only a program reads it"),
        Kind::Exfiltration => (
            Code::Exfiltration,
            "holds an address that carries something away",
        ),
        Kind::Hidden => (
            Code::Hidden,
            "holds what a program reads and a person does not see",
        ),
        Kind::Active => (Code::ActiveMarkup, "holds what a browser would run or load"),
        Kind::Invisible => {
            let message = "holds characters that do not show, or that reorder others";
            (Code::InvisibleText, message)
        }
        Kind::Control => (Code::ControlText, "holds control characters"),
        Kind::Lookalike => {
            let message = "mixes letters of two alphabets that look alike in one word";
            (Code::Lookalike, message)
        }
        Kind::Repetition => (Code::Repetition, "repeats the same thing over and over"),
    }
}

/// The kind with its article, for messages.
pub(crate) fn personal(kind: PersonalKind) -> &'static str {
    match kind {
        PersonalKind::Name => "the name of a person",
        PersonalKind::Email => "an e-mail address",
        PersonalKind::Phone => "a telephone number",
        PersonalKind::Address => "a postal address",
        PersonalKind::BirthDate => "a date of birth",
        PersonalKind::Network => "a network address",
        PersonalKind::Secret => "a secret",
        PersonalKind::FreeText => "text about a person",
        PersonalKind::Special => "data of a special category",
        PersonalKind::Identifier => "a number of a person",
        PersonalKind::BankAccount => "a bank account",
        PersonalKind::PaymentCard => "a payment card",
    }
}
