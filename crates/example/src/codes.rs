//! Code sets whose spellings vary: gender, yes and no, country.

use crate::cell::{Cell, Class, Dirt};
use crate::random::Random;

const FEMALE: &[&str] = &["F", "Female", "Woman", "W"];
const MALE: &[&str] = &["M", "Male", "Man"];
const YES: &[&str] = &["Yes", "Y", "true", "1", "t"];
const NO: &[&str] = &["No", "N", "false", "0", "f"];

/// Gender by one letter, as the CRM has it.
pub(crate) static GENDER_LETTER: [Class; 2] = [
    Class {
        label: "F",
        accepted: FEMALE,
    },
    Class {
        label: "M",
        accepted: MALE,
    },
];

/// Gender by word, as the ERP has it.
pub(crate) static GENDER_WORD: [Class; 2] = [
    Class {
        label: "Female",
        accepted: FEMALE,
    },
    Class {
        label: "Male",
        accepted: MALE,
    },
];

/// Yes and no by word.
pub(crate) static YES_NO: [Class; 2] = [
    Class {
        label: "Yes",
        accepted: YES,
    },
    Class {
        label: "No",
        accepted: NO,
    },
];

/// Yes and no by letter.
pub(crate) static YES_NO_LETTER: [Class; 2] = [
    Class {
        label: "Y",
        accepted: YES,
    },
    Class {
        label: "N",
        accepted: NO,
    },
];

/// The countries that the shop sells to, by English name.
pub(crate) static COUNTRIES: [Class; 9] = [
    Class {
        label: "Germany",
        accepted: &["Germany", "DE", "DEU"],
    },
    Class {
        label: "Austria",
        accepted: &["Austria", "AT", "AUT"],
    },
    Class {
        label: "Switzerland",
        accepted: &["Switzerland", "CH", "CHE"],
    },
    Class {
        label: "France",
        accepted: &["France", "FR", "FRA"],
    },
    Class {
        label: "Netherlands",
        accepted: &["Netherlands", "NL", "NLD", "The Netherlands"],
    },
    Class {
        label: "United Kingdom",
        accepted: &[
            "United Kingdom",
            "GB",
            "GBR",
            "United Kingdom of Great Britain and Northern Ireland",
        ],
    },
    Class {
        label: "United States",
        accepted: &["United States", "US", "USA", "United States of America"],
    },
    Class {
        label: "Türkiye",
        accepted: &["Türkiye", "Turkey", "TR", "TUR"],
    },
    Class {
        label: "Namibia",
        accepted: &["Namibia", "NA", "NAM"],
    },
];

/// Other spellings of each country, in the order of [`COUNTRIES`]. `NA` is a genuine code.
const COUNTRY_VARIANTS: [&[&str]; 9] = [
    &["DE", "DEU", "germany", "Germany "],
    &["AT", "AUT", " Austria"],
    &["CH", "CHE", "switzerland"],
    &["FR", "FRA", "FRANCE"],
    &["NL", "NLD", "The Netherlands"],
    &["UK", "GB", "GBR", "Great Britain"],
    &["US", "USA", "U.S.A.", "United States of America"],
    &["TR", "TUR", "Turkey"],
    &["NA"],
];

/// Draws a country: its place in [`COUNTRIES`].
pub(crate) fn draw_country(random: &mut Random) -> usize {
    const WEIGHTS: [u64; 9] = [30, 12, 10, 12, 8, 10, 12, 4, 2];
    let mut left = random.below(WEIGHTS.iter().sum());
    for (at, weight) in WEIGHTS.iter().enumerate() {
        if left < *weight {
            return at;
        }
        left -= weight;
    }
    0
}

/// The country at `at` in another spelling.
pub(crate) fn country_variant(random: &mut Random, at: usize) -> Cell {
    let raw = random.pick(COUNTRY_VARIANTS[at]);
    Cell::dirty(Dirt::CountryVariant, raw, COUNTRIES[at].label)
}

/// The code `class` in another spelling: a different word, case, or blanks around it.
pub(crate) fn code_variant(random: &mut Random, class: &Class) -> Cell {
    let spellings: &[&str] = match class.label {
        "F" => &["f", "F ", "Female", " F"],
        "M" => &["m", "M ", "Male", "  M"],
        "Female" => &["F", "female", "FEMALE", "F ", "Female "],
        "Male" => &["M", "male", "MALE", "M ", " Male"],
        "Yes" => &["yes", "Y", "YES", "Yes "],
        "No" => &["no", "N", "NO", " No"],
        "Y" => &["y", "Yes", "Y "],
        _ => &["n", "No", " N"],
    };
    Cell::dirty(Dirt::CodeVariant, random.pick(spellings), class.label)
}
