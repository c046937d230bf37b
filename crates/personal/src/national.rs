//! Numbers that states give to people, written in digits.
//!
//! A row of the table says how a number looks, how it is checked and what announces it. Grouped as the
//! state groups it, it has to pass the check; behind its announcement any number of that length is
//! one; somewhere near it, one that passes.

use silversmith_types::evidence::PersonalKind;

use crate::checksums as check;
use crate::context;
use crate::digits::Number;
use crate::find::{Found, rank};
use crate::lexicon::List;

struct Rule {
    recogniser: &'static str,
    /// How many digits: the fewest and the most.
    digits: (usize, usize),
    /// Groupings that nothing else has.
    shapes: &'static [&'static str],
    check: fn(&[u8]) -> bool,
    /// Whether the check alone is enough for a number without groups.
    alone: bool,
    words: List,
}

const fn rule(
    recogniser: &'static str,
    digits: usize,
    shapes: &'static [&'static str],
    check: fn(&[u8]) -> bool,
    words: List,
) -> Rule {
    Rule {
        recogniser,
        digits: (digits, digits),
        shapes,
        check,
        alone: false,
        words,
    }
}

const fn alone(mut rule: Rule) -> Rule {
    rule.alone = true;
    rule
}

const fn up_to(mut rule: Rule, most: usize) -> Rule {
    rule.digits.1 = most;
    rule
}

/// Where a format has a shape of its own and a check that typing errors break, the check is `any`.
static RULES: [Rule; 37] = [
    rule(
        "us_itin",
        9,
        &["3-2-4", "3 2 4"],
        check::us_itin,
        List::UsItin,
    ),
    rule("us_ssn", 9, &["3-2-4", "3 2 4"], check::us_ssn, List::UsSsn),
    rule("us_ein", 9, &[], check::any, List::UsEin),
    rule(
        "ch_ahv",
        13,
        &["3.4.4.2"],
        |d| d.starts_with(&[7, 5, 6]),
        List::ChAhv,
    ),
    alone(rule(
        "ch_ahv",
        13,
        &["3 4 4 2", "3-4-4-2"],
        check::ch_ahv,
        List::ChAhv,
    )),
    rule(
        "at_svnr",
        10,
        &["4 6", "4-6", "4/6", "4 2 2 2"],
        check::at_svnr,
        List::AtSvnr,
    ),
    rule(
        "de_steuer_id",
        11,
        &["2 3 3 3"],
        check::de_steuer_id,
        List::DeSteuerId,
    ),
    up_to(
        rule(
            "de_tax",
            10,
            &["2/3/5", "3/3/5", "3/4/4"],
            check::any,
            List::DeTax,
        ),
        13,
    ),
    rule("uk_nhs", 10, &["3 3 4"], check::uk_nhs, List::UkNhs),
    rule("uk_utr", 10, &["5 5"], |_| false, List::UkUtr),
    alone(rule(
        "fr_nir",
        15,
        &["1 2 2 2 3 3 2", "13 2", "1-2-2-2-3-3-2", "1 2 2 2 6 2"],
        check::fr_nir,
        List::FrNir,
    )),
    rule(
        "fr_nir",
        13,
        &["1 2 2 2 3 3"],
        |d| matches!(d[0], 1 | 2),
        List::FrNir,
    ),
    rule("pl_pesel", 11, &[], check::pl_pesel, List::PlPesel),
    rule("nl_bsn", 9, &["4.2.3", "4 2 3"], check::nl_bsn, List::NlBsn),
    rule(
        "be_rrn",
        11,
        &["2.2.2-3.2", "2.2.2-3-2", "2 2 2 3 2"],
        check::be_rrn,
        List::BeRrn,
    ),
    rule("se_pnr", 10, &["6-4"], check::se_pnr, List::SePnr),
    rule("se_pnr", 12, &["8-4"], check::se_pnr, List::SePnr),
    rule("dk_cpr", 10, &["6-4"], check::dk_cpr, List::DkCpr),
    alone(rule("no_fnr", 11, &["6 5"], check::no_fnr, List::NoFnr)),
    rule("pt_nif", 9, &[], check::pt_nif, List::PtNif),
    rule("br_cpf", 11, &["3.3.3-2"], check::any, List::BrCpf),
    rule(
        "in_aadhaar",
        12,
        &["4 4 4", "4-4-4"],
        check::in_aadhaar,
        List::InAadhaar,
    ),
    rule("ca_sin", 9, &["3-3-3"], check::luhn, List::CaSin),
    up_to(rule("au_tfn", 8, &[], check::au_tfn, List::AuTfn), 9),
    up_to(
        rule(
            "au_medicare",
            10,
            &["4 5 1"],
            check::au_medicare,
            List::AuMedicare,
        ),
        11,
    ),
    rule("cz_rc", 10, &["6/4"], check::cz_rc, List::CzRc),
    rule("tr_tckn", 11, &[], check::tr_tckn, List::TrTckn),
    rule("hr_oib", 11, &[], check::mod_11_10, List::HrOib),
    rule("za_id", 13, &["6 4 3", "6 4 2 1"], check::luhn, List::ZaId),
    rule("kr_rrn", 13, &["6-7"], check::any, List::KrRrn),
    rule("jp_my_number", 12, &[], |_| false, List::JpMyNumber),
    rule("ro_cnp", 13, &[], |_| false, List::RoCnp),
    up_to(
        rule(
            "cl_rut",
            8,
            &["2.3.3-1", "1.3.3-1", "8-1", "7-1"],
            check::cl_rut,
            List::ClRut,
        ),
        9,
    ),
    up_to(rule("nhi", 6, &[], |_| false, List::Nhi), 12),
    // Announced by what every country calls it.
    up_to(rule("national_id", 6, &[], |_| false, List::NationalId), 14),
    up_to(rule("tax_id", 8, &[], |_| false, List::TaxId), 14),
    up_to(rule("insured_id", 8, &[], |_| false, List::InsuredId), 16),
];

/// A number of a state.
pub(crate) fn number(number: &Number<'_, '_>) -> Option<Found> {
    let count = number.digits.len();
    for rule in RULES
        .iter()
        .filter(|rule| (rule.digits.0..=rule.digits.1).contains(&count))
    {
        let shaped = rule.shapes.contains(&number.shape) || (rule.alone && number.is_bare());
        let (line, from, to) = (number.line, number.from, number.to);
        let checked = !rule.shapes.is_empty() || rule.alone;
        let is_announced = || {
            let around = || checked && context::around(line, from, to, rule.words);
            let near = || context::near(line, from, rule.words);
            !is_like_a_date(number) && (near() || ((rule.check)(number.digits) && around()))
        };
        let how = if shaped && (rule.check)(number.digits) {
            rank::PROVEN
        } else if is_announced() {
            rank::ANNOUNCED
        } else {
            continue;
        };
        return Some(Found {
            span: number.start()..number.end(),
            kind: PersonalKind::Identifier,
            recogniser: rule.recogniser,
            rank: how,
        });
    }
    None
}

/// `20260125` and `20260125214726`: a day, and no number of anybody.
fn is_like_a_date(number: &Number<'_, '_>) -> bool {
    let d = number.digits;
    let two = |at: usize| d[at] * 10 + d[at + 1];
    let day = d.len() >= 8
        && matches!(two(0), 19 | 20)
        && (1..=12).contains(&two(4))
        && (1..=31).contains(&two(6));
    day && matches!(d.len(), 8 | 14) && (number.is_bare() || number.shape.starts_with("4-2-2"))
}

#[cfg(test)]
mod tests {
    use crate::testing::{check_none, check_one};

    #[test]
    fn numbers_of_states() {
        check_one(&[
            ("123-45-6789", "us_ssn", "123-45-6789"),
            ("SSN 123456789", "us_ssn", "123456789"),
            ("ssn_123-45-6789", "us_ssn", "123-45-6789"),
            ("customer_ssn_123456789", "us_ssn", "123456789"),
            (
                "social security number: 078 05 1120",
                "us_ssn",
                "078 05 1120",
            ),
            ("SSN: 000-12-3456", "us_ssn", "000-12-3456"),
            ("912-70-1234", "us_itin", "912-70-1234"),
            ("EIN: 12-3456789", "us_ein", "12-3456789"),
            ("AHV 756.9217.0769.85", "ch_ahv", "756.9217.0769.85"),
            ("756.1234.5678.97", "ch_ahv", "756.1234.5678.97"),
            ("7569217076985", "ch_ahv", "7569217076985"),
            ("1237 010180", "at_svnr", "1237 010180"),
            (
                "Steuer-ID: 86 095 742 719",
                "de_steuer_id",
                "86 095 742 719",
            ),
            ("86 095 742 719", "de_steuer_id", "86 095 742 719"),
            ("Steuer-ID 12345678901", "de_steuer_id", "12345678901"),
            ("Steuernummer 93/815/08152", "de_tax", "93/815/08152"),
            ("943 476 5919", "uk_nhs", "943 476 5919"),
            ("NHS number 9434765919", "uk_nhs", "9434765919"),
            ("UTR 1234567890", "uk_utr", "1234567890"),
            ("1 85 05 78 006 084 91", "fr_nir", "1 85 05 78 006 084 91"),
            ("NIR : 185057800608491", "fr_nir", "185057800608491"),
            ("PESEL: 44051401359", "pl_pesel", "44051401359"),
            ("BSN 111222333", "nl_bsn", "111222333"),
            ("85.07.30-033.28", "be_rrn", "85.07.30-033.28"),
            ("811228-9874", "se_pnr", "811228-9874"),
            ("19811228-9874", "se_pnr", "19811228-9874"),
            ("CPR 010190-1234", "dk_cpr", "010190-1234"),
            ("NIF: 123456789", "pt_nif", "123456789"),
            ("123.456.789-09", "br_cpf", "123.456.789-09"),
            ("2341 2341 2346", "in_aadhaar", "2341 2341 2346"),
            ("046-454-286", "ca_sin", "046-454-286"),
            ("SIN: 046 454 286", "ca_sin", "046 454 286"),
            ("TFN 123 456 782", "au_tfn", "123 456 782"),
            ("Medicare 2123 45670 1", "au_medicare", "2123 45670 1"),
            ("736028/5163", "cz_rc", "736028/5163"),
            ("T.C. kimlik no 10000000146", "tr_tckn", "10000000146"),
            ("OIB 12345678903", "hr_oib", "12345678903"),
            ("12.345.678-5", "cl_rut", "12.345.678-5"),
            (
                "national identity number 123456789012",
                "national_id",
                "123456789012",
            ),
        ]);
    }

    #[test]
    fn numbers_of_nobody() {
        check_none(&[
            "123456789",
            "12345678901",
            "000-12-3456",
            "987-65-432",
            "the 123 456 789 rows",
            "2026-01-25",
            "20260125214726",
            "86 095 742 718",
            "944 476 5919",
            "2341 2341 2347",
            "10.0.0-1",
            "1.000.000",
            "SSN has 18484 nulls",
            "col 4 6",
        ]);
    }
}
