//! Names of people: a given name with a surname, a title with a name, a role with a name.

use silversmith_types::evidence::PersonalKind;

use crate::find::{Found, rank};
use crate::lexicon::List;
use crate::line::Line;
use crate::scripts;

/// Most words of a name.
const MAX_WORDS: usize = 6;
/// Most titles before a name after the first: `Herr Prof. Dr. Dr.`.
const MAX_TITLES: usize = 3;

/// Finds names in the line.
pub(crate) fn find(line: &Line<'_>, found: &mut Vec<Found>) {
    find_cells(line, found);
    let mut at = 0;
    while at < line.words.len() {
        let name = titled(line, at)
            .or_else(|| full(line, at))
            .or_else(|| reversed(line, at))
            .or_else(|| listed(line, at))
            .or_else(|| initials(line, at))
            .or_else(|| introduced(line, at))
            .or_else(|| scripts::slavic(line, at))
            .or_else(|| scripts::han(line, at));
        match name {
            Some((from, to)) => {
                found.push(Found {
                    span: line.words[from].start..end(line, to),
                    kind: PersonalKind::Name,
                    recogniser: "person_name",
                    rank: rank::GUESS,
                });
                at = to + 1;
            }
            None => at += 1,
        }
    }
}

/// The first and the last word.
pub(crate) type Span = Option<(usize, usize)>;

/// An initial ends with its point.
fn end(line: &Line<'_>, to: usize) -> usize {
    let end = line.words[to].end;
    let initial = is_initial(line, to) && line.gap(to).starts_with('.');
    end + usize::from(initial)
}

/// How much a word is a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likely {
    No,
    /// In no list.
    Unknown,
    /// A name and a word.
    Word,
    /// A name.
    Yes,
}

/// A word of letters with a capital.
pub(crate) fn is_name_like(line: &Line<'_>, at: usize) -> bool {
    let Some(word) = line.words.get(at) else {
        return false;
    };
    word.traits.capital() && word.traits.all_letters()
}

fn given(line: &Line<'_>, at: usize) -> Likely {
    let name = line.name(at);
    if name.given() {
        Likely::Yes
    } else if name.given_word() {
        Likely::Word
    } else {
        Likely::No
    }
}

fn surname(line: &Line<'_>, at: usize) -> Likely {
    let name = line.name(at);
    if name.surname() {
        Likely::Yes
    } else if name.surname_word() {
        Likely::Word
    } else if name.no_name() || !is_mixed(line, at) || line.word(at).chars().count() < 2 {
        Likely::No
    } else {
        Likely::Unknown
    }
}

/// A capital and then lower case: `Maria DB` is nobody, `IDs` are nothing.
pub(crate) fn is_mixed(line: &Line<'_>, at: usize) -> bool {
    let word = line.word(at);
    let mut chars = word.chars();
    let first = chars.next().is_some_and(char::is_uppercase);
    // `McDonald` and `MacArthur` have a second capital, `DataFrame` has too.
    let rest = word
        .strip_prefix("Mc")
        .or_else(|| word.strip_prefix("Mac"))
        .and_then(|rest| rest.get(1..));
    first
        && rest
            .unwrap_or(chars.as_str())
            .chars()
            .all(|c| !c.is_uppercase())
}

fn is_initial(line: &Line<'_>, at: usize) -> bool {
    let Some(word) = line.words.get(at) else {
        return false;
    };
    word.traits.capital() && word.traits.all_letters() && line.word(at).chars().count() == 1
}

fn is_particle(line: &Line<'_>, at: usize) -> bool {
    line.lists(at).has(List::NameParticle)
}

/// The last word of a name that starts at a word known to be part of it: what follows is joined to it
/// or known as a name itself.
fn extend(line: &Line<'_>, from: usize) -> usize {
    let mut last = from;
    let mut at = from;
    while at + 1 < line.words.len() && at - from < MAX_WORDS {
        let gap = line.gap(at);
        let next = at + 1;
        let joined = matches!(gap, "-" | "'") && is_name_like(line, next);
        let known = gap == " "
            && is_name_like(line, next)
            && (surname(line, next) > Likely::Unknown || given(line, next) == Likely::Yes)
            && !line.name(next).no_name();
        if joined || known {
            last = next;
        } else if !(gap == " " && is_particle(line, next) && next - last <= 2) {
            break;
        }
        at = next;
    }
    last
}

/// The name of the family that follows a given name: over initials, further given names, particles.
fn family(line: &Line<'_>, from: usize) -> Option<(usize, Likely)> {
    let mut at = from;
    for _ in 0..MAX_WORDS {
        let gap = line.gap(at);
        let next = at + 1;
        let initial = is_initial(line, at) && matches!(gap, ". " | ".");
        if !(matches!(gap, " " | "-" | "_" | "+" | "  " | " '" | " \"" | "\" ") || initial)
            || next >= line.words.len()
        {
            return None;
        }
        if is_initial(line, next) {
            // `O'Brien` and `D'Amico` start so.
            if line.gap(next) == "'" && is_name_like(line, next + 1) {
                return Some((next + 1, Likely::Yes));
            }
            at = next;
            continue;
        }
        if is_particle(line, next) && !is_name_like(line, next) {
            at = next;
            continue;
        }
        if !is_name_like(line, next) {
            return None;
        }
        if given(line, next) == Likely::Yes
            && matches!(line.gap(next), " " | "-")
            && is_name_like(line, next + 1)
            && surname(line, next + 1) != Likely::No
        {
            at = next;
            continue;
        }
        let likely = surname(line, next).max(if given(line, next) == Likely::Yes {
            Likely::Unknown
        } else {
            Likely::No
        });
        return (likely > Likely::No).then_some((next, likely));
    }
    None
}

/// `Jane Doe`, `Jean-Luc von der Mühle`, `JANE DOE`, `jane doe`.
fn full(line: &Line<'_>, at: usize) -> Span {
    let traits = line.words[at].traits;
    if !traits.all_letters() || goes_on_before(line, at) {
        return None;
    }
    let length = line.words[at].end - line.words[at].start;
    if !traits.capital() {
        // In lower case only what can be nothing else.
        let next = line.words.get(at + 1)?;
        let plain = (3..=14).contains(&length)
            && next.traits.no_upper()
            && next.traits.all_letters()
            && matches!(line.gap(at), " " | "_")
            && next.end - next.start > 2;
        let both = || {
            surname(line, at + 1) == Likely::Yes
                && !line.name(at + 1).given_word()
                && given(line, at) == Likely::Yes
        };
        return (plain && both()).then_some((at, at + 1));
    }
    let first = given(line, at);
    if first == Likely::No || length < 2 {
        return None;
    }
    if traits.no_lower() {
        let next = line
            .words
            .get(at + 1)
            .filter(|next| next.traits.no_lower() && next.traits.all_letters())?;
        let both = line.gap(at) == " "
            && next.end - next.start > 2
            && length > 2
            && first == Likely::Yes
            && surname(line, at + 1) == Likely::Yes;
        return both.then(|| (at, at + 1));
    }
    if !is_mixed(line, at) {
        return None;
    }
    if let Some((to, last)) = family(line, at) {
        let enough = match first {
            Likely::Yes => {
                last > Likely::No && (last > Likely::Unknown || !is_known_phrase(line, to))
            }
            _ => last == Likely::Yes,
        };
        return enough.then(|| (at, with_one_more(line, extend(line, to))));
    }
    // `Jane D.`
    let initial = first == Likely::Yes
        && line.gap(at) == " "
        && is_initial(line, at + 1)
        && line.gap(at + 1).starts_with('.');
    initial.then_some((at, at + 1))
}

/// Whether the word goes on from something, as in `san-maria`, `x.Maria` and `#Maria`.
fn goes_on_before(line: &Line<'_>, at: usize) -> bool {
    at > 0
        && matches!(
            line.gap_before(at),
            "-" | "." | "::" | "/" | "@" | "#" | "\\" | "$"
        )
}

/// Whether an unknown word is followed by others with capitals, as titles of chapters are.
fn is_known_phrase(line: &Line<'_>, to: usize) -> bool {
    let next_is_word =
        line.gap(to) == " " && is_name_like(line, to + 1) && line.name(to + 1).no_name();
    next_is_word && is_mixed(line, to + 1)
}

/// `Mr Smith`, `Frau Dr. Schäfer`, `Mme Dupont`, `M. Dupont`.
fn titled(line: &Line<'_>, at: usize) -> Span {
    let word = line.word(at);
    let french = word == "M" && line.gap(at) == ". ";
    let is_title = |at: usize| {
        let word = line.word(at);
        let usual = is_mixed(line, at)
            || matches!(word, "mr" | "mrs" | "herr" | "frau" | "mme" | "MR" | "MRS");
        usual && line.lists(at).has(List::Title)
    };
    if !(french || is_title(at)) {
        return None;
    }
    let mut last = at;
    while last - at < MAX_TITLES && matches!(line.gap(last), " " | ". " | ".") && is_title(last + 1)
    {
        last += 1;
    }
    let next = last + 1;
    if !matches!(line.gap(last), " " | ". " | ".") || next >= line.words.len() {
        return None;
    }
    // `Dr. J. Smith`, `Herr von Braun`, `Signora d'Amico`.
    let mut name = next;
    while (is_initial(line, name) && matches!(line.gap(name), ". " | "." | " " | "'"))
        || (is_particle(line, name) && line.gap(name) == " " && !is_mixed(line, name))
    {
        name += 1;
        if name - next > 4 {
            return None;
        }
    }
    let caps = matches!(word, "MR" | "MRS") && is_name_like(line, name);
    let named =
        is_name_like(line, name) && (is_mixed(line, name) || caps) && !line.name(name).no_name();
    // A street or a place may begin with the same letters, and English sentences with `Miss`.
    let vague = french
        || matches!(
            word,
            "Don"
                | "Miss"
                | "Sir"
                | "Lady"
                | "Dame"
                | "Sig"
                | "Sra"
                | "Pani"
                | "Lt"
                | "Sgt"
                | "Doctor"
                | "Professor"
                | "Dr"
                | "Rev"
                | "Capt"
        );
    let known = || surname(line, name) > Likely::Unknown || given(line, name) > Likely::No;
    let believed = if vague && !matches!(word, "Dr" | "Sra" | "Pani" | "Professor") {
        known()
    } else {
        true
    };
    if !(named && believed) {
        return None;
    }
    // Behind a title unknown words are names too, up to three.
    let to = with_one_more(line, with_one_more(line, extend(line, name)));
    Some((next, to))
}

/// With an unknown word that has a capital behind a word that is no known surname: `Wolfgang Amadeus
/// Mozart`.
fn with_one_more(line: &Line<'_>, to: usize) -> usize {
    let next = to + 1;
    let open = surname(line, to) != Likely::Yes && line.gap(to) == " ";
    let named = is_name_like(line, next) && is_mixed(line, next) && !line.name(next).no_name();
    if open && named && line.word(next).chars().count() > 1 {
        extend(line, next)
    } else {
        to
    }
}

/// `DOE JANE`, `Doe Jane`: the surname first.
fn reversed(line: &Line<'_>, at: usize) -> Span {
    let next = line.words.get(at + 1)?;
    let same = line.words[at].traits.no_lower() == next.traits.no_lower();
    let shaped =
        is_name_like(line, at) && is_name_like(line, at + 1) && line.gap(at) == " " && same;
    let long = line.word(at).len() > 2 && line.word(at + 1).len() > 2;
    let known =
        shaped && long && surname(line, at) == Likely::Yes && given(line, at + 1) == Likely::Yes;
    (known && !goes_on_before(line, at)).then_some((at, at + 1))
}

/// Finds a given name and a surname in neighbouring cells: `| Jane | Doe |`, `Jane,Doe`.
fn find_cells(line: &Line<'_>, found: &mut Vec<Found>) {
    for at in 1..line.words.len() {
        let gap = line.gap_before(at);
        let cells = matches!(gap.trim(), "|" | "," | ";" | "\",\"") && gap != ", ";
        let pair =
            |first, last| given(line, first) == Likely::Yes && surname(line, last) == Likely::Yes;
        let both = cells && is_name_like(line, at - 1) && is_name_like(line, at);
        if both && (pair(at - 1, at) || pair(at, at - 1)) {
            for one in [at - 1, at] {
                found.push(Found {
                    span: line.words[one].start..line.words[one].end,
                    kind: PersonalKind::Name,
                    recogniser: "person_name",
                    rank: rank::GUESS,
                });
            }
        }
    }
}

/// `Doe, Jane`.
fn listed(line: &Line<'_>, at: usize) -> Span {
    if !is_name_like(line, at) || line.gap(at) != ", " || goes_on_before(line, at) {
        return None;
    }
    let capitals = line.words[at].traits.no_lower() == line.words.get(at + 1)?.traits.no_lower();
    let known = surname(line, at) == Likely::Yes
        && given(line, at + 1) == Likely::Yes
        && is_name_like(line, at + 1);
    let long = line.word(at).len() > 2;
    (capitals && known && long).then(|| (at, extend(line, at + 1)))
}

/// `J. Doe`, `J.R.R. Miller`.
fn initials(line: &Line<'_>, at: usize) -> Span {
    if !is_initial(line, at) || goes_on_before(line, at) {
        return None;
    }
    let mut name = at;
    while is_initial(line, name) && matches!(line.gap(name), ". " | ".") && name - at < 4 {
        name += 1;
    }
    let known = name > at
        && is_name_like(line, name)
        && is_mixed(line, name)
        && line.word(name).len() > 2
        && surname(line, name) == Likely::Yes;
    known.then(|| (at, extend(line, name)))
}

/// `customer Smith`, `contact: Erika Muster`, `Kundin Schneider`.
fn introduced(line: &Line<'_>, at: usize) -> Span {
    if at == 0
        || !is_name_like(line, at)
        || !is_mixed(line, at)
        || line.word(at).chars().count() < 2
    {
        return None;
    }
    let before = line.lists(at - 1);
    let gap = line.gap_before(at);
    let is_given = given(line, at);
    let is_surname = surname(line, at);
    if line.name(at).no_name() {
        return None;
    }
    let close = matches!(gap, " " | " \"" | " '" | ", ");
    if close && before.has(List::Role) && (is_given == Likely::Yes || is_surname == Likely::Yes) {
        let lower = line.words[at - 1].traits.no_upper() || !line.lists(at).has(List::Role);
        return lower.then(|| (at, extend(line, at)));
    }
    let sign = gap.contains([':', '=', '|'])
        && gap.chars().all(|c| {
            c.is_whitespace() || matches!(c, ':' | '=' | '*' | '"' | '\'' | '`' | '|' | '-')
        });
    let verb = at > 1
        && line.lists(at - 1).has(List::Is)
        && gap == " "
        && line.lists(at - 2).has(List::Named);
    if !((sign && before.has(List::Named)) || verb) {
        return None;
    }
    if is_given == Likely::Yes || is_surname == Likely::Yes {
        return Some((at, with_unknown(line, at)));
    }
    // Nobody knows the name, but it is announced as one and looks like one.
    let to = with_unknown(line, at);
    (to > at && is_surname > Likely::No).then_some((at, to))
}

/// Over words with capitals that are in no list of words.
fn with_unknown(line: &Line<'_>, from: usize) -> usize {
    let mut last = from;
    let mut at = from;
    while at + 1 < line.words.len()
        && at - from < MAX_WORDS
        && matches!(line.gap(at), " " | "-" | "'" | ". ")
    {
        let next = at + 1;
        let named = is_name_like(line, next) && is_mixed(line, next) && !line.name(next).no_name();
        if line.gap(at) == ". " && !is_initial(line, at) {
            break;
        }
        if named {
            last = next;
        } else if !is_particle(line, next) {
            break;
        }
        at = next;
    }
    last
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, check_none, check_one};

    #[test]
    fn names() {
        let table = [
            ("Jane Doe called", "Jane Doe"),
            ("by Maria Garcia-Lopez.", "Maria Garcia-Lopez"),
            ("John F. Kennedy", "John F. Kennedy"),
            ("Ludwig van Beethoven", "Ludwig van Beethoven"),
            ("Jean-Luc Picard", "Jean-Luc Picard"),
            ("Seán O'Brien", "Seán O'Brien"),
            ("JANE DOE", "JANE DOE"),
            ("ask jane doe about it", "jane doe"),
            ("Doe, Jane", "Doe, Jane"),
            ("Mark Smith", "Mark Smith"),
            ("Will Smith", "Will Smith"),
            ("Jon Yang", "Jon Yang"),
            ("J. Doe", "J. Doe"),
            ("J.R. Miller", "J.R. Miller"),
            ("Jane D. wrote", "Jane D."),
            ("Mr Smith", "Smith"),
            ("Mrs. Featherstonehaugh", "Featherstonehaugh"),
            ("Herr Müller", "Müller"),
            ("Frau Dr. Schäfer-Kühn", "Schäfer-Kühn"),
            ("Mme Dupont", "Dupont"),
            ("M. Dupont", "Dupont"),
            ("Señora Ibáñez", "Ibáñez"),
            ("Dr. Xyloph", "Xyloph"),
            ("Herr von Braun", "von Braun"),
            ("customer Smith complained", "Smith"),
            ("Kundin Anna hat", "Anna"),
            ("Kundin Schneider", "Schneider"),
            ("contact: Erika Mustermann", "Erika Mustermann"),
            ("Name: Xaver Unbekannt", "Xaver Unbekannt"),
            ("**Ansprechpartner:** Qylux Vroom", "Qylux Vroom"),
            ("my name is Qylux Vroom", "Qylux Vroom"),
            ("Agnieszka Wójcik", "Agnieszka Wójcik"),
            ("Ayşe Yılmaz", "Ayşe Yılmaz"),
            ("Priya Ramanathan", "Priya Ramanathan"),
            ("Hiroshi Tanaka", "Hiroshi Tanaka"),
            ("Ana María de la Cruz", "Ana María de la Cruz"),
            ("Иван Петров", "Иван Петров"),
            ("姓名：王小明", "王小明"),
            ("田中さん", "田中さん"),
            ("Ｊａｎｅ Doe", "Ｊａｎｅ Doe"),
            ("notes_for_jane_doe", "jane_doe"),
            ("DOE JANE", "DOE JANE"),
            ("Prof. Wolfgang Amadeus Mozart", "Wolfgang Amadeus Mozart"),
            ("?name=Jane+Doe", "Jane+Doe"),
            ("Jane_Doe_salary", "Jane_Doe"),
        ];
        let rows: Vec<_> = table
            .iter()
            .map(|(text, value)| (*text, "person_name", *value))
            .collect();
        check_one(&rows);
    }

    #[test]
    fn names_in_cells_are_two_values() {
        let both: &[(&str, &str)] = &[("person_name", "Jane"), ("person_name", "Doe")];
        check(&[("| 1 | Jane | Doe | x |", both), ("1,Jane,Doe,x", both)]);
    }

    #[test]
    fn no_names() {
        check_none(&[
            "New York",
            "San Francisco",
            "United Kingdom",
            "Los Angeles",
            "May Sales",
            "Mark Down",
            "Will Data",
            "Grant Access",
            "Art Category",
            "Customer Retention",
            "Customer Lifetime Value",
            "Contact Details",
            "Name: Customer",
            "Owner: Data Platform",
            "Jan Sales",
            "Jan Feb Mar",
            "Monte Carlo Simulation",
            "Cassandra Cluster",
            "Ruby Code",
            "Silver Layer",
            "Product Returns and Quality",
            "Bill Payment",
            "Rich Text",
            "Max Value",
            "Page Number",
            "Summer Sales",
            "Victoria Australia",
            "Ms Excel",
            "MS SQL Server",
            "Mountain-200 Black",
            "Half-Finger Gloves",
            "Key Candidates",
            "High-value repeat customers",
            "CamelCase DataFrame",
            "customer_info",
            "Frank Transactions",
            "The Author: see README",
            "Dr Drive",
            "Miss Rate",
            "Paris France",
            "Jordan Index",
            "Pearson Correlation",
            "Data Quality",
            "Bike Racks",
            "Stakeholders: Marketing, Sales, Finance",
            "author: finance",
            "user: admin",
            "Employee Name",
            "customer Segmentation",
            "Contact: Support Team",
            "name: cst_firstname",
            "bill_to",
            "max_value",
            "mark_up",
            "grant_type",
            "will_call",
            "customer's_note",
            "instruction_manual",
            "prompt_payment_discount",
        ]);
    }
}
