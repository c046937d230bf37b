//! Countries.

use std::collections::BTreeMap;

use silversmith_types::evidence::ValueCount;

use super::countries::{self, Country};
use super::{Fold, cells};
use crate::rules::names;
use crate::rules::table::Column;

/// How a column writes countries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Name,
    Alpha2,
    Alpha3,
}

/// Folds countries to the style that most cells have: names, or one of the two codes. Among the
/// proper names of a country the one that most cells have stays. Only countries that occur are in
/// the map, each with its codes and names, and with every alias the dictionary knows where some
/// cells are too rare to be named.
pub(super) fn fold(column: &Column<'_>, codes: &[ValueCount]) -> Option<Fold> {
    if !is_country(column, codes) {
        return None;
    }
    let style = style(codes);
    let mut found: Vec<(&Country, Vec<&ValueCount>)> = Vec::new();
    for code in codes {
        let Some(country) = countries::find(&code.value) else {
            continue;
        };
        match found
            .iter_mut()
            .find(|(known, _)| known.alpha2 == country.alpha2)
        {
            Some((_, spellings)) => spellings.push(code),
            None => found.push((country, vec![code])),
        }
    }
    let mut map = BTreeMap::new();
    for (country, spellings) in found {
        let label = label(country, &spellings, style);
        let unseen: Vec<&str> = match column.evidence.rare_cells {
            0 => country.official().collect(),
            _ => country.spellings().collect(),
        };
        let seen = spellings.iter().map(|spelling| spelling.value.as_str());
        for spelling in unseen.into_iter().chain(seen) {
            map.insert(spelling.to_lowercase(), label.clone());
        }
        map.insert(label.to_lowercase(), label);
    }
    Some(Fold {
        map,
        what: "countries",
    })
}

/// A column of countries: by its name, with at least 95 in 100 cells in the dictionary; or every
/// code is in it and at least one is a word, since many short codes are countries by chance (`IT`,
/// `HR` and `PR` are departments as well).
fn is_country(column: &Column<'_>, codes: &[ValueCount]) -> bool {
    let named = cells(codes, |_| true);
    let known = cells(codes, |code| countries::find(&code.value).is_some());
    if column.has_word(names::COUNTRY) {
        return known > 0 && known.saturating_mul(20) >= named.saturating_mul(19);
    }
    known == named && codes.iter().any(|code| code.value.chars().count() > 3)
}

fn style(codes: &[ValueCount]) -> Style {
    let length = |code: &ValueCount| code.value.chars().count();
    let alpha2 = cells(codes, |code| length(code) == 2);
    let alpha3 = cells(codes, |code| length(code) == 3);
    let names = cells(codes, |code| length(code) > 3);
    match () {
        () if names >= alpha2 && names >= alpha3 => Style::Name,
        () if alpha2 >= alpha3 => Style::Alpha2,
        () => Style::Alpha3,
    }
}

fn label(country: &Country, spellings: &[&ValueCount], style: Style) -> String {
    match style {
        Style::Alpha2 => country.alpha2.to_owned(),
        Style::Alpha3 => country.alpha3.to_owned(),
        Style::Name => {
            let is_proper = |spelling: &&&ValueCount| {
                country
                    .names
                    .iter()
                    .any(|name| name.to_lowercase() == spelling.value.to_lowercase())
            };
            // The codes are in order of frequency.
            match (spellings.iter().find(is_proper), country.names.first()) {
                (Some(spelling), _) => spelling.value.clone(),
                (None, Some(name)) => (*name).to_owned(),
                (None, None) => country.alpha2.to_owned(),
            }
        }
    }
}
