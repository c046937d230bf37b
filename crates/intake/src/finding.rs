use std::fmt;

use serde::{Serialize, Serializer};

use crate::naming::Naming;
use crate::withheld::Ledger;

/// One thing that intake found, in the shape of `check --json`.
///
/// Messages name tables and columns and never repeat a value or a text of an input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it is; stable.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// The input it is in.
    pub input: Input,
    /// Where in it, if anywhere in particular.
    #[serde(flatten)]
    pub place: Place,
    /// What was done about it.
    pub action: Action,
    /// What is wrong, in one sentence.
    pub message: String,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The inputs are rejected.
    Error,
    /// The inputs are admitted, and a person should look.
    Warning,
    /// For the record.
    Note,
}

/// The inputs of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// `silver_run_agent_context.json`.
    Context,
    /// `silver_run_human_report.md`.
    Report,
    /// The data contract.
    Contract,
}

/// Where in an input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A JSON pointer (RFC 6901); for the contract into its YAML. Empty: the document.
    Pointer(String),
    /// A line and column, for what is found before there is a structure.
    Span(Position),
}

/// A place in a text, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// What was done about a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// The inputs were rejected.
    Rejected,
    /// Something that tried to act on a reader, a model or a parser was removed, or reduced to an
    /// alias.
    Neutralised,
    /// A personal value or a secret was replaced by a token or an alias.
    Masked,
    /// It was kept from the author whole, though harmless.
    Withheld,
    /// Nothing; it is on record.
    Noted,
}

macro_rules! codes {
    ($($(#[doc = $meaning:literal])+ $name:ident = $text:literal, $help:expr;)+) => {
        /// What a finding is. The text form, for example `SS-INTAKE-004`, never changes its meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $($(#[doc = $meaning])+ $name,)+
        }

        impl Code {
            /// Every code there is.
            pub const ALL: &'static [Code] = &[$(Code::$name),+];

            /// The stable text form.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }

            /// What to do about it, in one line.
            pub fn help(self) -> Option<&'static str> {
                match self {
                    $(Self::$name => $help,)+
                }
            }
        }
    };
}

const PROFILE_AGAIN: Option<&str> =
    Some("write context and report anew with `silversmith profile`");

const LOOK: Option<&str> = Some("see who wrote this; docs/untrusted-input.md says what was done");

codes! {
    /// An input has more bytes than is admitted.
    TooLarge = "SS-INTAKE-001", Some("docs/untrusted-input.md has the bounds and their reasons");
    /// The context is no JSON document within bounds.
    NotJson = "SS-INTAKE-002", PROFILE_AGAIN;
    /// An object of the context has the same key twice.
    DuplicateKey = "SS-INTAKE-003", PROFILE_AGAIN;
    /// A key is missing or unknown, or a value has the wrong type.
    Shape = "SS-INTAKE-004", PROFILE_AGAIN;
    /// A text is too long, or a key holds characters that do not show.
    Text = "SS-INTAKE-005", Some("docs/untrusted-input.md has the bounds and their reasons");
    /// A table or column name is not acceptable.
    Name = "SS-INTAKE-006", Some("rename it in Bronze and profile again");
    /// A run id, layer or time is malformed, or ids do not belong together.
    Run = "SS-INTAKE-007", PROFILE_AGAIN;
    /// Too many tables or columns, or none at all.
    Count = "SS-INTAKE-008", Some("docs/untrusted-input.md has the bounds and their reasons");
    /// Numbers that cannot be together.
    Numbers = "SS-INTAKE-009", PROFILE_AGAIN;
    /// Lists of tables that disagree.
    Tables = "SS-INTAKE-010", PROFILE_AGAIN;
    /// Lists of columns that disagree.
    Columns = "SS-INTAKE-011", PROFILE_AGAIN;
    /// Value evidence that does not fit the profile.
    Evidence = "SS-INTAKE-012", PROFILE_AGAIN;
    /// Value evidence that names what it must not name.
    Disclosure = "SS-INTAKE-013", PROFILE_AGAIN;
    /// A table could not be read when the context was written.
    FailedTable = "SS-INTAKE-014", Some("repair the file in Bronze and profile again");
    /// A key of the context that its format does not have; it is dropped, or refused in production.
    UnknownKey = "SS-INTAKE-015", Some("remove it, or see docs/schema/context.schema.json");
    /// Names that a file system or a warehouse takes for the same.
    AlikeNames = "SS-INTAKE-016", Some("rename one of them in Bronze and profile again");
    /// A table of the context is not in Bronze, or the reverse.
    BronzeTables = "SS-INTAKE-020", PROFILE_AGAIN;
    /// A column was renamed, moved, added or removed since the context was written.
    BronzeColumns = "SS-INTAKE-021", PROFILE_AGAIN;
    /// Bronze has another number of rows than the context says.
    BronzeRows = "SS-INTAKE-022", PROFILE_AGAIN;
    /// A Bronze file is not the one that the evidence was taken from.
    BronzeFile = "SS-INTAKE-023", PROFILE_AGAIN;
    /// The same file gives other evidence than the context has.
    BronzeEvidence = "SS-INTAKE-024", PROFILE_AGAIN;
    /// The report is not UTF-8 text.
    ReportText = "SS-INTAKE-030", Some("save the report as UTF-8 text");
    /// The report has too many or too long lines.
    ReportLines = "SS-INTAKE-031", Some("docs/untrusted-input.md has the bounds and their reasons");
    /// The report does not name the Bronze run of the context.
    ReportRun = "SS-INTAKE-032", Some("give the report that was written with this context");
    /// The contract is no YAML document within bounds, or uses what is not admitted.
    NotYaml = "SS-INTAKE-040", Some("anchors, aliases, tags and several documents are not read");
    /// The contract is not of the shape of ODCS v3.
    ContractShape = "SS-INTAKE-041", Some("see https://bitol-io.github.io/open-data-contract-standard/");
    /// The contract names a table that the run does not have.
    ContractTable = "SS-INTAKE-042", Some("name it as the file in Bronze is named, or remove it");
    /// The contract names a column that its table does not have.
    ContractColumn = "SS-INTAKE-043", Some("name it as the header in Bronze does, or remove it");
    /// `silversmith.quarantine` allows something that does not exist.
    ContractConsent = "SS-INTAKE-044",
        Some("allow any of duplicate_key, null_key, duplicate_row, invalid_value");
    /// Terms that contradict each other.
    ContractTerms = "SS-INTAKE-045", Some("keep one of the terms that contradict each other");
    /// A part of the contract that would matter and is not read.
    ContractUnread = "SS-INTAKE-046", None;
    /// Text that is kept from the author.
    Withheld = "SS-INTAKE-050", None;
    /// A name that reads as an instruction or holds markup; it travels as its alias alone.
    NameNeutralised = "SS-INTAKE-051", Some("rename it in Bronze and profile again");
    /// A name that holds a personal value or a secret; it travels as its alias alone.
    NameMasked = "SS-INTAKE-052", Some("rename it in Bronze and profile again");
    /// A value in the evidence that reads as an instruction or holds markup.
    ValueNeutralised = "SS-INTAKE-053", None;
    /// A value in the evidence that is a personal value or a secret.
    ValueMasked = "SS-INTAKE-054", None;
    /// Evidence of a column whose name says that it holds personal data, while the context does not.
    ColumnMasked = "SS-INTAKE-055", PROFILE_AGAIN;
    /// A text tells a model what to do.
    Instruction = "SS-INTAKE-060", LOOK;
    /// A text pretends to be a turn of a conversation, or the end of the data.
    RoleMarker = "SS-INTAKE-061", LOOK;
    /// A text holds what a template language evaluates.
    Template = "SS-INTAKE-062", None;
    /// A text holds code that has no place in a description of data.
    CodeInText = "SS-INTAKE-063", LOOK;
    /// A text is written so that only a program reads it.
    Encoded = "SS-INTAKE-064", LOOK;
    /// A text holds an address that carries something away.
    Exfiltration = "SS-INTAKE-065", LOOK;
    /// A text holds what a program reads and a person does not see.
    Hidden = "SS-INTAKE-066", LOOK;
    /// A text holds what a browser would run or load.
    ActiveMarkup = "SS-INTAKE-067", None;
    /// A text holds characters that do not show, or that reorder others.
    InvisibleText = "SS-INTAKE-068", LOOK;
    /// A text holds control characters, as in escape sequences of a terminal.
    ControlText = "SS-INTAKE-069", LOOK;
    /// A word mixes letters of two alphabets that look alike.
    Lookalike = "SS-INTAKE-070", LOOK;
    /// The same thing over and over.
    Repetition = "SS-INTAKE-071", None;
    /// A text holds a personal value or a secret.
    TextMasked = "SS-INTAKE-072", None;
    /// More findings than are listed.
    More = "SS-INTAKE-099", None;
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let input = match self.input {
            Input::Context => "context",
            Input::Report => "report",
            Input::Contract => "contract",
        };
        match &self.place {
            Place::Pointer(pointer) if pointer.is_empty() => write!(f, "{input}: ")?,
            Place::Pointer(pointer) => write!(f, "{input} {pointer}: ")?,
            Place::Span(at) => write!(f, "{input} {}:{}: ", at.line, at.column)?,
        }
        write!(f, "{} [{}]", self.message, self.code)
    }
}

/// Bytes of short texts that are looked through in one admission: a seventh of a second's work.
const LOOKED_THROUGH: usize = 1 << 20;

/// Findings while they are collected.
#[derive(Debug)]
pub(crate) struct Findings {
    /// How tables and columns are called; known once the context is read.
    pub(crate) naming: Naming,
    /// What is kept back on the way.
    pub(crate) ledger: Ledger,
    /// Bytes of short texts that are still looked through.
    look_through: usize,
    list: Vec<Finding>,
    limit: usize,
    unlisted: usize,
    rejected: bool,
}

impl Findings {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            naming: Naming::default(),
            ledger: Ledger::default(),
            look_through: LOOKED_THROUGH,
            list: Vec::new(),
            limit,
            unlisted: 0,
            rejected: false,
        }
    }

    /// Adds a finding for which the inputs are rejected.
    pub(crate) fn reject(
        &mut self,
        code: Code,
        input: Input,
        place: impl Into<Place>,
        message: impl Into<String>,
    ) {
        self.rejected = true;
        let (place, message) = (place.into(), message.into());
        self.push(Finding {
            code,
            severity: Severity::Error,
            input,
            place,
            action: Action::Rejected,
            message,
        });
    }

    /// Adds a finding that a person should look at.
    pub(crate) fn warn(
        &mut self,
        code: Code,
        input: Input,
        place: impl Into<Place>,
        message: impl Into<String>,
    ) {
        let (place, message) = (place.into(), message.into());
        self.push(Finding {
            code,
            severity: Severity::Warning,
            input,
            place,
            action: Action::Noted,
            message,
        });
    }

    /// Adds a finding about something that tried to act on whoever reads it.
    pub(crate) fn neutralise(
        &mut self,
        code: Code,
        input: Input,
        place: impl Into<Place>,
        message: impl Into<String>,
    ) {
        let (place, message) = (place.into(), message.into());
        self.push(Finding {
            code,
            severity: Severity::Warning,
            input,
            place,
            action: Action::Neutralised,
            message,
        });
    }

    /// Adds a finding about a personal value or a secret. The message names its kind alone.
    pub(crate) fn mask(
        &mut self,
        code: Code,
        input: Input,
        place: impl Into<Place>,
        message: impl Into<String>,
    ) {
        let (place, message) = (place.into(), message.into());
        self.push(Finding {
            code,
            severity: Severity::Warning,
            input,
            place,
            action: Action::Masked,
            message,
        });
    }

    /// Adds a finding for the record.
    pub(crate) fn note(
        &mut self,
        code: Code,
        input: Input,
        place: impl Into<Place>,
        message: impl Into<String>,
    ) {
        let (place, message) = (place.into(), message.into());
        self.push(Finding {
            code,
            severity: Severity::Note,
            input,
            place,
            action: Action::Noted,
            message,
        });
    }

    /// Adds a finding about text that was kept from the author.
    pub(crate) fn withhold(&mut self, input: Input, place: impl Into<Place>, message: String) {
        let place = place.into();
        let code = Code::Withheld;
        self.push(Finding {
            code,
            severity: Severity::Note,
            input,
            place,
            action: Action::Withheld,
            message,
        });
    }

    fn push(&mut self, mut finding: Finding) {
        if self.list.len() < self.limit {
            if let Place::Pointer(pointer) = &mut finding.place {
                *pointer = self.naming.pointer(pointer);
            }
            self.list.push(finding);
            return;
        }
        self.unlisted += 1;
        // Whatever fills the list, the reason for a rejection is in it.
        let is_error = |finding: &Finding| finding.severity == Severity::Error;
        if is_error(&finding)
            && !self.list.iter().any(is_error)
            && let Some(last) = self.list.last_mut()
        {
            if let Place::Pointer(pointer) = &mut finding.place {
                *pointer = self.naming.pointer(pointer);
            }
            *last = finding;
        }
    }

    /// Whether a text that is withheld is to be looked through. The run's texts have some kilobytes;
    /// beyond a megabyte what they hold is withheld unread.
    pub(crate) fn looks_through(&mut self, text: &str) -> bool {
        match self.look_through.checked_sub(text.len()) {
            Some(left) => {
                self.look_through = left;
                !self.is_full()
            }
            None => false,
        }
    }

    /// Whether no more findings are listed one by one.
    pub(crate) fn is_full(&self) -> bool {
        self.list.len() >= self.limit
    }

    /// Whether the inputs are rejected already.
    pub(crate) fn rejected(&self) -> bool {
        self.rejected
    }

    /// The findings, and what was kept back.
    pub(crate) fn finish(mut self) -> (Vec<Finding>, Ledger) {
        if self.unlisted > 0 {
            let severity = if self.rejected {
                Severity::Error
            } else {
                Severity::Warning
            };
            let action = if self.rejected {
                Action::Rejected
            } else {
                Action::Noted
            };
            let message = format!("{} further findings are not listed", self.unlisted);
            let (code, input, place) = (Code::More, Input::Context, Place::Pointer(String::new()));
            self.list.push(Finding {
                code,
                severity,
                input,
                place,
                action,
                message,
            });
        }
        (self.list, self.ledger)
    }
}

impl From<String> for Place {
    fn from(pointer: String) -> Self {
        Self::Pointer(pointer)
    }
}

impl From<&str> for Place {
    fn from(pointer: &str) -> Self {
        Self::Pointer(pointer.to_owned())
    }
}

impl From<Position> for Place {
    fn from(position: Position) -> Self {
        Self::Span(position)
    }
}

/// A pointer one level deeper.
pub(crate) fn child(pointer: &str, name: impl fmt::Display) -> String {
    let name = name.to_string().replace('~', "~0").replace('/', "~1");
    format!("{pointer}/{name}")
}
