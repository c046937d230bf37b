//! The countries of ISO 3166-1 with the ways they are written.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// One country.
pub(super) struct Country {
    pub(super) alpha2: &'static str,
    pub(super) alpha3: &'static str,
    /// Proper names; the first is the one we write.
    pub(super) names: Vec<&'static str>,
    /// Other spellings: abbreviations, other languages.
    aliases: Vec<&'static str>,
}

impl Country {
    /// Every way it is written.
    pub(super) fn spellings(&self) -> impl Iterator<Item = &'static str> {
        self.official().chain(self.aliases.iter().copied())
    }

    /// Its codes and proper names.
    pub(super) fn official(&self) -> impl Iterator<Item = &'static str> {
        [self.alpha2, self.alpha3]
            .into_iter()
            .chain(self.names.iter().copied())
    }
}

struct Dictionary {
    countries: Vec<Country>,
    /// Places in `countries` by spelling in lower case.
    by_spelling: BTreeMap<String, usize>,
}

static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| {
    let countries: Vec<Country> = include_str!("../../../data/countries.tsv")
        .lines()
        .filter_map(country)
        .collect();
    let mut by_spelling = BTreeMap::new();
    for (at, country) in countries.iter().enumerate() {
        for spelling in country.spellings() {
            by_spelling.insert(spelling.to_lowercase(), at);
        }
    }
    Dictionary {
        countries,
        by_spelling,
    }
});

fn country(line: &'static str) -> Option<Country> {
    let mut fields = line.split('\t');
    let mut list = || {
        fields
            .next()
            .map(|field| field.split('|').filter(|text| !text.is_empty()))
    };
    let (mut alpha2, mut alpha3) = (list()?, list()?);
    let names = list()?.collect();
    let aliases = list()?.collect();
    Some(Country {
        alpha2: alpha2.next()?,
        alpha3: alpha3.next()?,
        names,
        aliases,
    })
}

/// The country that `spelling` (without outer white space, in any case) stands for.
pub(super) fn find(spelling: &str) -> Option<&'static Country> {
    let dictionary = &*DICTIONARY;
    let at = dictionary.by_spelling.get(&spelling.to_lowercase())?;
    dictionary.countries.get(*at)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_spelling_stands_for_two_countries() {
        let dictionary = &*DICTIONARY;
        // ISO 3166-1 has 249 officially assigned codes.
        assert_eq!(dictionary.countries.len(), 249);
        for (at, country) in dictionary.countries.iter().enumerate() {
            assert_eq!((country.alpha2.len(), country.alpha3.len()), (2, 3));
            assert!(!country.names.is_empty(), "{}", country.alpha2);
            for spelling in country.spellings() {
                assert_eq!(spelling, spelling.trim());
                let found = dictionary.by_spelling[&spelling.to_lowercase()];
                assert_eq!(found, at, "{spelling}");
            }
        }
        let codes: BTreeSet<_> = dictionary.countries.iter().map(|c| c.alpha3).collect();
        assert_eq!(codes.len(), 249);
    }

    #[test]
    fn codes_names_and_aliases_are_found() {
        for (spelling, alpha2) in [
            ("us", "US"),
            ("USA", "US"),
            ("U.S.A.", "US"),
            ("United States of America", "US"),
            ("UK", "GB"),
            ("great britain", "GB"),
            ("Deutschland", "DE"),
            ("DEU", "DE"),
            ("NA", "NA"),
            ("The Netherlands", "NL"),
            ("ÖSTERREICH", "AT"),
            ("Turkey", "TR"),
            ("Côte d'Ivoire", "CI"),
        ] {
            assert_eq!(
                find(spelling).map(|country| country.alpha2),
                Some(alpha2),
                "{spelling}"
            );
        }
        assert!(find("Atlantis").is_none() && find("").is_none());
    }
}
