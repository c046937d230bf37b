//! Postal addresses: a street with its number, a post box, a postal code with its town.

use silversmith_types::evidence::PersonalKind;

use crate::context;
use crate::find::{Found, rank};
use crate::lexicon::List;
use crate::line::Line;
use crate::places;

/// Words of a street's name between its kind and its number.
const MAX_NAME: usize = 5;
/// Words that an address goes on for after the street.
const MAX_REST: usize = 9;

/// Ends of the words for streets in German, Dutch and the languages of the North.
const ENDINGS: &str = "strasse str gasse allee weg platz damm ufer chaussee steig stieg straat laan plein gracht kade dreef \
    gatan gata gade vagen veien vej katu tie";

/// Finds addresses in the line.
pub(crate) fn find(line: &Line<'_>, found: &mut Vec<Found>) {
    let mut at = 0;
    while at < line.words.len() {
        let street = english(line, at)
            .or_else(|| french(line, at))
            .or_else(|| romance(line, at))
            .or_else(|| germanic(line, at))
            .or_else(|| box_number(line, at));
        if let Some((from, to)) = street {
            let to = rest(line, to);
            push(line, from, to, "street_address", found);
            at = to + 1;
        } else if let Some((to, how)) = postal(line, at) {
            push(line, at, to, how, found);
            at = to + 1;
        } else {
            at += 1;
        }
    }
}

fn push(line: &Line<'_>, from: usize, to: usize, recogniser: &'static str, found: &mut Vec<Found>) {
    found.push(Found {
        span: line.words[from].start..line.words[to].end,
        kind: PersonalKind::Address,
        recogniser,
        rank: rank::GUESS,
    });
}

type Span = Option<(usize, usize)>;

/// A number of a house: up to five digits and a letter.
fn is_house(line: &Line<'_>, at: usize) -> bool {
    let Some(word) = line.words.get(at) else {
        return false;
    };
    let text = line.word(at);
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let after = line.gap(at);
    // `12,345` and `12.5` are amounts.
    let is_amount = matches!(after, "," | "." | "%" | " %")
        && line
            .words
            .get(at + 1)
            .is_some_and(|next| next.traits.digit());
    (1..=5).contains(&digits)
        && text.len() - digits <= 1
        && word.traits.digit()
        && !is_amount
        && !after.starts_with('%')
        && !is_month_year(line, at)
}

/// `Spring 2024`: a year and no house.
fn is_month_year(line: &Line<'_>, at: usize) -> bool {
    line.word(at)
        .parse()
        .is_ok_and(|year: u32| (1900..=2100).contains(&year))
}

/// The end of a number with what belongs to it: `12 a`, `12-14`, `12 bis`.
fn house_end(line: &Line<'_>, at: usize) -> usize {
    let Some(next) = line.words.get(at + 1) else {
        return at;
    };
    let word = line.word(at + 1);
    let letter = line.gap(at) == " "
        && word.len() == 1
        && next.traits.all_letters()
        && next.traits.no_upper();
    let range = matches!(line.gap(at), "-" | "/") && is_house(line, at + 1);
    at + usize::from(letter || range || matches!(word, "bis" | "ter"))
}

/// `221B Baker Street`, `1600 Pennsylvania Ave NW`.
fn english(line: &Line<'_>, at: usize) -> Span {
    if !is_house(line, at) || !matches!(line.gap(at), " " | ", ") {
        return None;
    }
    for kind in at + 2..(at + 2 + MAX_NAME).min(line.words.len()) {
        let name = kind - 1;
        let word = line.words[name];
        let is_name =
            word.traits.capital() || word.traits.digit() || matches!(line.word(name), "of" | "the");
        if !is_name
            || !matches!(line.gap(name), " " | ". " | "'" | "-")
            || line.lists(name).has(List::NoStreet)
        {
            return None;
        }
        if line.words[kind].traits.capital() && line.lists(kind).has(List::StreetEnglish) {
            return Some((at, kind));
        }
    }
    None
}

/// `12 bis, rue de la Paix`.
fn french(line: &Line<'_>, at: usize) -> Span {
    if !is_house(line, at) {
        return None;
    }
    let kind = house_end(line, at) + 1;
    let near = matches!(line.gap(kind - 1), " " | ", " | ",");
    if !near || kind >= line.words.len() || !line.lists(kind).has(List::StreetFrench) {
        return None;
    }
    let last = name_end(line, kind + 1, line.gap(kind))?;
    Some((at, last))
}

/// The last word of a name that has a capital: `de la Paix`.
fn name_end(line: &Line<'_>, from: usize, gap: &str) -> Option<usize> {
    let mut last = None;
    let mut gap = gap;
    for at in from..line.words.len().min(from + MAX_NAME) {
        if !matches!(gap, " " | "'" | "-" | ". " | " '") {
            break;
        }
        let word = line.words[at];
        let named = word.traits.capital()
            && word.traits.all_letters()
            && !line.lists(at).has(List::NoStreet);
        if !named && !line.lists(at).has(List::StreetParticle) {
            break;
        }
        if named {
            last = Some(at);
        }
        gap = line.gap(at);
    }
    last
}

/// `Via Roma 12`, `Calle de Alcalá, 45`, `C/ Mayor 3`, `ul. Długa 5`.
fn romance(line: &Line<'_>, at: usize) -> Span {
    let short = line.word(at) == "C" && line.gap(at).starts_with('/');
    let is_kind = line.lists(at).has(List::StreetRomance)
        && (line.words[at].traits.capital()
            || matches!(line.word(at), "ul" | "ulica" | "al" | "os"));
    if !(short || is_kind) {
        return None;
    }
    let gap = if short { " " } else { line.gap(at) };
    let name = name_end(line, at + 1, gap)?;
    let mut number = name + 1;
    if number < line.words.len()
        && matches!(
            line.bare(number).as_str(),
            "n" | "no" | "num" | "numero" | "nr"
        )
    {
        number += 1;
    }
    let near = matches!(
        line.gap(number - 1).trim(),
        "" | "," | ", " | "º" | "°" | "."
    );
    (near && is_house(line, number)).then(|| (at, house_end(line, number)))
}

/// `Bahnhofstrasse 12`, `Berliner Str. 5`, `Am Markt 3`, `Prinsengracht 263`.
fn germanic(line: &Line<'_>, at: usize) -> Span {
    if !is_house(line, at)
        || at == 0
        || !matches!(line.gap_before(at), " " | ". " | "." | ", " | " Nr. ")
    {
        return None;
    }
    let kind = at - 1;
    let word = line.words[kind];
    let bare = line.bare(kind);
    let is_compound = word.traits.capital()
        && word.traits.all_letters()
        && ENDINGS
            .split_ascii_whitespace()
            .any(|end| bare.len() > end.len() + 2 && bare.ends_with(end));
    // `Str.` in `Bahnhofstr. 12` has its point; a word that happens to end so has none.
    let is_short = bare.ends_with("str") && bare != "str" && !line.gap(kind).starts_with('.');
    let is_vague = ["tie", "way", "vej"].iter().any(|end| bare.ends_with(end)) && bare.len() < 6;
    if is_compound
        && !is_short
        && !is_vague
        && !context::is_in(&bare, "umweg norweg ausweg beispielsweg hinweg")
    {
        return Some((kind, house_end(line, at)));
    }
    let before = kind.checked_sub(1)?;
    let is_kind = word.traits.capital() && line.lists(kind).has(List::StreetGerman);
    let named = line.words[before].traits.capital() && matches!(line.gap(before), " " | "-");
    let named = named && !line.lists(before).has(List::NoStreet);
    if is_kind && named {
        return Some((before, house_end(line, at)));
    }
    let is_after = line.lists(before).has(List::GermanBefore)
        && line.words[before].traits.capital()
        && word.traits.capital()
        && word.traits.all_letters();
    // `Im Januar 5`: such a name is believed with a town or a word for addresses beside it.
    let town = || {
        postal(line, house_end(line, at) + 1).is_some()
            || context::around(line, before, at, List::Address)
    };
    (is_after && town()).then(|| (before, house_end(line, at)))
}

/// `P.O. Box 123`, `Postfach 12 34`, `BP 45`.
fn box_number(line: &Line<'_>, at: usize) -> Span {
    if !line.lists(at).has(List::Box) {
        return None;
    }
    let word = line.bare(at);
    let number = |from: usize| {
        let digits = line
            .words
            .get(from)
            .is_some_and(|word| word.traits.all_digits());
        let more = digits
            && line.gap(from) == " "
            && line
                .words
                .get(from + 1)
                .is_some_and(|next| next.traits.all_digits() && next.end - next.start <= 2);
        digits.then_some(from + usize::from(more))
    };
    let follows = |words: &[&str]| {
        let all = words.iter().enumerate().all(|(more, word)| {
            let at = at + 1 + more;
            at < line.words.len() && line.bare(at) == *word
        });
        all.then(|| number(at + 1 + words.len())).flatten()
    };
    let to = match word.as_str() {
        "p" => follows(&["o", "box"]),
        "po" | "gpo" => follows(&["box"]),
        "boite" => follows(&["postale"]),
        "casella" => follows(&["postale"]),
        "caixa" => follows(&["postal"]),
        "skrytka" => follows(&["pocztowa"]),
        "apartado" => follows(&["de", "correos"]).or_else(|| follows(&[])),
        "postfach" | "postbus" => follows(&[]),
        _ => None,
    }?;
    Some((at, to))
}

/// What follows a street: floor, postal code, town, state, country.
fn rest(line: &Line<'_>, street: usize) -> usize {
    let mut last = street;
    let mut seen_code = false;
    for at in street + 1..line.words.len().min(street + 1 + MAX_REST) {
        if !matches!(
            line.gap(at - 1),
            " " | ", " | "," | " - " | ". " | "-" | " #" | ", #" | "/" | ". - "
        ) {
            break;
        }
        let word = line.words[at];
        let ends_sentence = line.gap(at - 1) == ". " && !seen_code && !word.traits.digit();
        let is_code = word.traits.digit() && word.end - word.start <= 7;
        let is_place = word.traits.capital() && !line.lists(at).has(List::NoStreet);
        let is_particle = line.lists(at).has(List::StreetParticle)
            && line
                .words
                .get(at + 1)
                .is_some_and(|next| next.traits.capital());
        if ends_sentence || !(is_code || is_place || is_particle) {
            break;
        }
        seen_code |= is_code && word.end - word.start >= 3;
        if seen_code {
            last = at;
        }
    }
    if seen_code { last } else { unit(line, street) }
}

/// A unit after a street without a town: `Apt 4B`, `Suite 200`, and a town of one word.
fn unit(line: &Line<'_>, street: usize) -> usize {
    let mut last = street;
    let at = street + 1;
    if at + 1 < line.words.len()
        && context::is_in(&line.bare(at), "apt apartment suite ste unit floor flat")
        && line.words[at + 1].traits.digit()
    {
        last = at + 1;
    }
    let town = last + 1;
    if town < line.words.len() && line.gap(last) == ", " && places::is_town(&line.bare(town)) {
        last = town;
    }
    last
}

/// A postal code with its town, or one that has a form of its own.
fn postal(line: &Line<'_>, at: usize) -> Option<(usize, &'static str)> {
    let word = line.words.get(at)?;
    let text = line.word(at);
    if word.traits.no_lower()
        && let Some(to) = british(line, at).or_else(|| canadian(line, at))
    {
        return Some((to, "postal_code"));
    }
    if word.traits.capital() && word.traits.all_letters() {
        return american(line, at).map(|to| (to, "postal_town"));
    }
    if !word.traits.all_digits() || !matches!(text.len(), 4 | 5) || line.gap(at) != " " {
        // `00-950 Warszawa` is in two groups, Dutch codes have letters behind.
        let polish = word.traits.all_digits()
            && text.len() == 2
            && line.gap(at) == "-"
            && at + 1 < line.words.len()
            && line.word(at + 1).len() == 3;
        return polish
            .then(|| town(line, at + 2))
            .flatten()
            .map(|to| (to, "postal_town"));
    }
    let next = line.words.get(at + 1)?;
    let letters = next.end - next.start == 2 && next.traits.no_lower() && next.traits.all_letters();
    if text.len() == 4 && letters && line.gap(at + 1) == " " {
        let capital = line.words.get(at + 2).is_some_and(|town| {
            town.traits.capital() && town.traits.all_letters() && !town.traits.no_lower()
        });
        return capital.then_some((at + 2, "postal_town"));
    }
    let known = town(line, at + 1);
    let announced = || {
        let near = context::near(line, at, List::Address)
            && next.traits.capital()
            && next.traits.all_letters();
        (near && !next.traits.no_lower()).then_some(at + 1)
    };
    known.or_else(announced).map(|to| (to, "postal_town"))
}

/// The last word of a town that we know by name.
fn town(line: &Line<'_>, at: usize) -> Option<usize> {
    let word = line.words.get(at)?;
    if !word.traits.capital() || !matches!(line.gap_before(at), " " | "-") {
        return None;
    }
    let two = (at + 1 < line.words.len() && matches!(line.gap(at), " " | "-"))
        .then(|| format!("{} {}", line.bare(at), line.bare(at + 1)))
        .filter(|two| places::is_town(two));
    match two {
        Some(_) => Some(at + 1),
        None => places::is_town(&line.bare(at)).then_some(at),
    }
}

/// `Springfield, IL 62701`.
fn american(line: &Line<'_>, at: usize) -> Option<usize> {
    let state = at + 1;
    let zip = at + 2;
    if zip >= line.words.len()
        || !matches!(line.gap(at), ", " | "," | " ")
        || !matches!(line.gap(state), " " | "  ")
    {
        return None;
    }
    let is_zip = line.words[zip].traits.all_digits() && line.word(zip).len() == 5;
    if !is_zip || !places::is_state(line.word(state)) {
        return None;
    }
    let plus_four = line.gap(zip) == "-"
        && zip + 1 < line.words.len()
        && line.words[zip + 1].traits.all_digits();
    Some(zip + usize::from(plus_four))
}

/// `SW1A 1AA`.
fn british(line: &Line<'_>, at: usize) -> Option<usize> {
    let outward = line.word(at).as_bytes();
    let inward = line
        .words
        .get(at + 1)
        .map(|_| line.word(at + 1).as_bytes())?;
    let letters = outward
        .iter()
        .take_while(|byte| byte.is_ascii_uppercase())
        .count();
    let area = std::str::from_utf8(outward.get(..letters)?).ok()?;
    let district = &outward[letters..];
    let is_district = matches!(district, [a] | [a, _] if a.is_ascii_digit())
        && district
            .iter()
            .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    let is_inward = matches!(inward, [a, b, c] if a.is_ascii_digit() && is_unit(*b) && is_unit(*c));
    let alone = line.gap(at) == " " && !matches!(line.gap(at + 1).chars().next(), Some('-' | '_'));
    (is_district && is_inward && alone && places::is_british_area(area)).then_some(at + 1)
}

/// The letters that the second half of a British postal code has.
fn is_unit(byte: u8) -> bool {
    byte.is_ascii_uppercase() && !matches!(byte, b'C' | b'I' | b'K' | b'M' | b'O' | b'V')
}

/// `K1A 0B6`.
fn canadian(line: &Line<'_>, at: usize) -> Option<usize> {
    let first = line.word(at).as_bytes();
    let second = line
        .words
        .get(at + 1)
        .map(|_| line.word(at + 1).as_bytes())?;
    let letter = |byte: &u8| {
        byte.is_ascii_uppercase() && !matches!(byte, b'D' | b'F' | b'I' | b'O' | b'Q' | b'U')
    };
    let shaped = matches!((first, second), ([a, b, c], [d, e, f])
        if letter(a) && !matches!(a, b'W' | b'Z') && b.is_ascii_digit() && letter(c) && d.is_ascii_digit() && letter(e) && f.is_ascii_digit());
    (shaped && line.gap(at) == " ").then_some(at + 1)
}

#[cfg(test)]
mod tests {
    use crate::testing::{check_none, check_one};

    #[test]
    fn addresses() {
        let street = "street_address";
        check_one(&[
            ("221B Baker Street", street, "221B Baker Street"),
            (
                "at 1600 Pennsylvania Ave, Washington, DC 20500.",
                street,
                "1600 Pennsylvania Ave, Washington, DC 20500",
            ),
            (
                "742 Evergreen Terrace, Springfield, IL 62701-1234",
                street,
                "742 Evergreen Terrace, Springfield, IL 62701-1234",
            ),
            (
                "350 Fifth Avenue, Apt 4B, New York, NY 10118",
                street,
                "350 Fifth Avenue, Apt 4B, New York, NY 10118",
            ),
            (
                "10 Downing Street, London SW1A 2AA",
                street,
                "10 Downing Street, London SW1A 2AA",
            ),
            (
                "Bahnhofstrasse 12, 8001 Zürich",
                street,
                "Bahnhofstrasse 12, 8001 Zürich",
            ),
            (
                "wohnt Hauptstraße 5a, 10115 Berlin",
                street,
                "Hauptstraße 5a, 10115 Berlin",
            ),
            ("Bahnhofstr. 7", street, "Bahnhofstr. 7"),
            ("Berliner Str. 5", street, "Berliner Str. 5"),
            ("Am Markt 3, 50667 Köln", street, "Am Markt 3, 50667 Köln"),
            ("Lindenweg 14", street, "Lindenweg 14"),
            (
                "12 rue de la Paix, 75002 Paris",
                street,
                "12 rue de la Paix, 75002 Paris",
            ),
            ("5 bis, avenue Foch", street, "5 bis, avenue Foch"),
            ("Via Roma 12, 00184 Roma", street, "Via Roma 12, 00184 Roma"),
            (
                "Calle de Alcalá, 45, 28014 Madrid",
                street,
                "Calle de Alcalá, 45, 28014 Madrid",
            ),
            ("C/ Mayor 3", street, "C/ Mayor 3"),
            (
                "Rua Augusta 100, 1100-053 Lisboa",
                street,
                "Rua Augusta 100, 1100-053 Lisboa",
            ),
            (
                "Prinsengracht 263, 1016 GV Amsterdam",
                street,
                "Prinsengracht 263, 1016 GV Amsterdam",
            ),
            (
                "ul. Długa 5, 00-238 Warszawa",
                street,
                "ul. Długa 5, 00-238 Warszawa",
            ),
            ("P.O. Box 123", street, "P.O. Box 123"),
            ("PO Box 4567, Dublin", street, "PO Box 4567, Dublin"),
            ("Postfach 12 34", street, "Postfach 12 34"),
            ("8001 Zürich", "postal_town", "8001 Zürich"),
            ("00-950 Warszawa", "postal_town", "00-950 Warszawa"),
            (
                "Springfield, IL 62701",
                "postal_town",
                "Springfield, IL 62701",
            ),
            ("SW1A 1AA", "postal_code", "SW1A 1AA"),
            ("K1A 0B6", "postal_code", "K1A 0B6"),
            ("1012 AB Amsterdam", "postal_town", "1012 AB Amsterdam"),
        ]);
    }

    #[test]
    fn no_addresses() {
        check_none(&[
            "New York",
            "London",
            "18484 Rows",
            "60398 Sales",
            "in 3 Way joins",
            "Spring 2024",
            "12 place values",
            "3 route handlers",
            "Via Python 3.11",
            "the only Way 5",
            "Mountain-100 Black, 42",
            "4 tables in 1 Place",
            "Black- 58",
            "Im Januar 5",
            "2 avenue of growth",
            "18484 Berliner Kunden",
            "AB1 column",
            "Road-150 Red, 62",
            "5 Sales Drive growth",
            "HL Road Frame - Red- 58",
        ]);
    }
}
