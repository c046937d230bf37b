//! Dates of birth: a date that a word calls one.

use silversmith_types::evidence::PersonalKind;

use crate::find::{Found, rank};
use crate::lexicon::List;
use crate::line::Line;

/// Words between the word and the date: `born in Bern on 12 March 1985`.
const BEFORE: usize = 6;
const AFTER: usize = 2;

/// Months, in the languages that we read, as far as they have to be written.
const MONTHS: [&str; 12] = [
    "jan january januar janvier enero gennaio januari janeiro stycznia janv jann ene gen",
    "feb february februar fevrier febrero febbraio februari fevereiro lutego febr fev",
    "mar march marz mars marzo maart marco marca mrz mrt maerz",
    "apr april avril abril aprile kwietnia avr abr",
    "may mai mayo maggio mei maio maja maj mag",
    "jun june juni juin junio giugno junho czerwca giu",
    "jul july juli juillet julio luglio julho lipca juil lug",
    "aug august aout agosto augustus sierpnia ago",
    "sep september septembre septiembre settembre setembro wrzesnia sept set",
    "oct october oktober octobre octubre ottobre outubro pazdziernika okt ott out",
    "nov november novembre noviembre novembro listopada",
    "dec december dezember decembre diciembre dicembre dezembro grudnia dez dic",
];

/// Finds dates of birth in the line.
pub(crate) fn find(line: &Line<'_>, found: &mut Vec<Found>) {
    let is_announcement = |at: &usize| line.lists(*at).has(List::Birth);
    let Some(first) = (0..line.words.len()).find(is_announcement) else {
        return;
    };
    for at in first.saturating_sub(AFTER + 3)..line.words.len() {
        let Some(to) = date(line, at) else {
            continue;
        };
        let before = at.saturating_sub(BEFORE)..at;
        let after = to + 1..(to + 1 + AFTER).min(line.words.len());
        if before.chain(after).any(|at| is_announcement(&at)) {
            found.push(Found {
                span: line.words[at].start..line.words[to].end,
                kind: PersonalKind::BirthDate,
                recogniser: "birth_date",
                rank: rank::PROVEN,
            });
        }
    }
}

/// The last word of the date that starts at this one.
fn date(line: &Line<'_>, at: usize) -> Option<usize> {
    let before = line.gap_before(at);
    if at > 0 && matches!(before, "-" | "." | "/" | ":") {
        return None;
    }
    numeric(line, at).or_else(|| written(line, at))
}

/// `1985-03-12`, `12.03.1985`, `3/12/85`, `12. 3. 1985`, `19850312`.
fn numeric(line: &Line<'_>, at: usize) -> Option<usize> {
    let number = |at: usize| {
        let word = line.words.get(at)?;
        let text = line.word(at);
        // A time may follow the day: `12T00`.
        let text = text.split_once(['T', 't']).map_or(text, |(day, _)| day);
        let fits = word.traits.digit() && matches!(text.len(), 1..=4);
        text.parse::<u32>().ok().filter(|_| fits)
    };
    if line.words[at].traits.all_digits() && line.word(at).len() == 8 {
        let day = line.word(at);
        let is_date = is_year(day[..4].parse().ok()?, 4)
            && is_day(day[6..].parse().ok()?, day[4..6].parse().ok()?);
        return is_date.then_some(at);
    }
    let (first, second, third) = (number(at)?, number(at + 1)?, number(at + 2)?);
    let gaps = (line.gap(at).trim_end(), line.gap(at + 1).trim_end());
    let joined = matches!(gaps, ("-", "-") | (".", ".") | ("/", "/") | ("", ""));
    let year_first = line.word(at).len() == 4 && is_year(first, 4) && is_day(third, second);
    let year_last =
        is_year(third, line.word(at + 2).len()) && (is_day(first, second) || is_day(second, first));
    (joined && (year_first || year_last)).then_some(at + 2)
}

/// `12 March 1985`, `March 12th, 1985`, `12. März 85`, `1er mai 1985`, `12 de mayo de 1985`.
fn written(line: &Line<'_>, at: usize) -> Option<usize> {
    let in_line = |at: usize| (at < line.words.len()).then_some(at);
    let skip_of = |at: usize| {
        let at = in_line(at)?;
        in_line(at + usize::from(matches!(line.word(at), "de" | "of" | "del" | "do")))
    };
    let day = |at: usize| {
        let word = line.word(at);
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let ordinal = matches!(
            &word[digits..],
            "" | "st" | "nd" | "rd" | "th" | "er" | "o" | "e"
        );
        word[..digits]
            .parse()
            .is_ok_and(|day: u32| ordinal && (1..=31).contains(&day))
    };
    let month = |at: usize| {
        let word = line.bare(at);
        MONTHS
            .iter()
            .any(|names| names.split(' ').any(|name| name == word))
    };
    let year = |at: usize| {
        line.word(at)
            .parse()
            .is_ok_and(|year| is_year(year, line.word(at).len()))
    };
    if day(at) {
        let second = skip_of(at + 1)?;
        let third = skip_of(second + 1).filter(|_| month(second))?;
        return year(third).then_some(third);
    }
    let second = in_line(at + 1).filter(|second| month(at) && day(*second))?;
    let third = in_line(second + 1)?;
    year(third).then_some(third)
}

fn is_year(year: u32, digits: usize) -> bool {
    match digits {
        4 => (1880..=2099).contains(&year),
        2 => true,
        _ => false,
    }
}

fn is_day(day: u32, month: u32) -> bool {
    (1..=31).contains(&day) && (1..=12).contains(&month)
}

#[cfg(test)]
mod tests {
    use crate::testing::{check_none, check_one};

    #[test]
    fn dates_of_birth() {
        check_one(&[
            ("born 1985-03-12", "birth_date", "1985-03-12"),
            ("DOB: 12/03/1985.", "birth_date", "12/03/1985"),
            ("DOB 3/12/85", "birth_date", "3/12/85"),
            (
                "date of birth: March 12, 1985",
                "birth_date",
                "March 12, 1985",
            ),
            (
                "born on the 12th of March 1985",
                "birth_date",
                "12th of March 1985",
            ),
            (
                "born in Bern on 12 March 1985",
                "birth_date",
                "12 March 1985",
            ),
            ("geboren am 12.03.1985", "birth_date", "12.03.1985"),
            ("geb. 12. März 1985 in Köln", "birth_date", "12. März 1985"),
            ("Geburtsdatum: 12. 3. 1985", "birth_date", "12. 3. 1985"),
            ("née le 1er mai 1985", "birth_date", "1er mai 1985"),
            ("né le 12 mars 1985", "birth_date", "12 mars 1985"),
            (
                "fecha de nacimiento: 12 de mayo de 1985",
                "birth_date",
                "12 de mayo de 1985",
            ),
            ("nata il 12 maggio 1985", "birth_date", "12 maggio 1985"),
            ("geboortedatum 12-03-1985", "birth_date", "12-03-1985"),
            ("nascido em 12/03/1985", "birth_date", "12/03/1985"),
            ("urodzona 12 marca 1985", "birth_date", "12 marca 1985"),
            ("birth_date=19850312", "birth_date", "19850312"),
            ("12.03.1985 (geboren)", "birth_date", "12.03.1985"),
            (
                "birthdate 1985-03-12T00:00:00",
                "birth_date",
                "1985-03-12T00",
            ),
        ]);
    }

    #[test]
    fn other_dates() {
        check_none(&[
            "order date 1985-03-12",
            "created on 12 March 2026",
            "the birthdate column has 18484 rows",
            "1985-03-12",
            "born 85",
            "birthdate: 2026-13-45",
        ]);
    }
}
