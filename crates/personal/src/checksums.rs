//! The check digits of numbers that states give to people. Each takes the digits, the check digit
//! among them, and as many as the number has.

/// The sum of the digits times their weights.
fn weighted(digits: &[u8], weights: &[u32]) -> u32 {
    digits
        .iter()
        .zip(weights)
        .map(|(digit, weight)| u32::from(*digit) * weight)
        .sum()
}

fn number(digits: &[u8]) -> u64 {
    digits
        .iter()
        .fold(0, |number, digit| number * 10 + u64::from(*digit))
}

/// Whether day and month, as two digits each, can be.
fn is_day(day: &[u8], month: &[u8]) -> bool {
    (1..=31).contains(&number(day)) && (1..=12).contains(&number(month))
}

/// Area, group and serial number of the United States, none of which is all zeros.
pub(crate) fn us_ssn(d: &[u8]) -> bool {
    let area = number(&d[..3]);
    area != 0 && area != 666 && area < 900 && number(&d[3..5]) != 0 && number(&d[5..]) != 0
}

pub(crate) fn us_itin(d: &[u8]) -> bool {
    d[0] == 9 && matches!(number(&d[3..5]), 50..=65 | 70..=88 | 90..=92 | 94..=99)
}

pub(crate) fn ch_ahv(d: &[u8]) -> bool {
    d.starts_with(&[7, 5, 6])
        && weighted(d, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]).is_multiple_of(10)
}

pub(crate) fn at_svnr(d: &[u8]) -> bool {
    let sum = weighted(d, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]);
    d[0] != 0 && sum % 11 == u32::from(d[3]) && number(&d[4..6]) <= 31 && number(&d[6..8]) <= 13
}

/// The tax number of Germany: ISO 7064 MOD 11,10, and one digit of the first ten twice or thrice.
pub(crate) fn de_steuer_id(d: &[u8]) -> bool {
    let mut counts = [0_u8; 10];
    for digit in &d[..10] {
        counts[usize::from(*digit)] += 1;
    }
    let repeated: Vec<u8> = counts.into_iter().filter(|count| *count > 1).collect();
    d[0] != 0 && matches!(repeated[..], [2 | 3]) && mod_11_10(d)
}

/// ISO 7064 MOD 11,10, also the check of Croatia.
pub(crate) fn mod_11_10(d: &[u8]) -> bool {
    let (last, rest) = (d[d.len() - 1], &d[..d.len() - 1]);
    let product = rest.iter().fold(10, |product, digit| {
        let sum = (u32::from(*digit) + product) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10 == u32::from(last)
}

pub(crate) fn uk_nhs(d: &[u8]) -> bool {
    let check = 11 - weighted(d, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    check % 11 == u32::from(d[9]) && check != 10 && number(d) != 0
}

/// Sex, year, month, department, commune and order of France, and 97 less the rest by 97.
pub(crate) fn fr_nir(d: &[u8]) -> bool {
    let month = number(&d[3..5]);
    let plausible = matches!(d[0], 1..=4 | 7 | 8) && (matches!(month, 1..=12 | 20..=42 | 50..=99));
    plausible && 97 - number(&d[..13]) % 97 == number(&d[13..])
}

pub(crate) fn pl_pesel(d: &[u8]) -> bool {
    let month = number(&d[2..4]) % 20;
    let weights = [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1];
    (1..=12).contains(&month)
        && (1..=31).contains(&number(&d[4..6]))
        && weighted(d, &weights).is_multiple_of(10)
}

/// The test of eleven of the Netherlands.
pub(crate) fn nl_bsn(d: &[u8]) -> bool {
    let sum = weighted(&d[..8], &[9, 8, 7, 6, 5, 4, 3, 2]);
    sum % 11 == u32::from(d[8]) && number(d) != 0
}

/// Belgium; who was born since 2000 has a 2 before the number for the check.
pub(crate) fn be_rrn(d: &[u8]) -> bool {
    let (base, check) = (number(&d[..9]), number(&d[9..]));
    97 - base % 97 == check || 97 - (2_000_000_000 + base) % 97 == check
}

/// Sweden, with or without the century.
pub(crate) fn se_pnr(d: &[u8]) -> bool {
    let short = &d[d.len() - 10..];
    // A co-ordination number has 60 added to its day.
    let day = [short[4] % 6, short[5]];
    is_day(&day, &short[2..4]) && crate::bank::luhn(short)
}

pub(crate) fn dk_cpr(d: &[u8]) -> bool {
    is_day(&d[..2], &d[2..4])
}

/// Norway: two check digits.
pub(crate) fn no_fnr(d: &[u8]) -> bool {
    let first = weighted(d, &[3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11;
    let second = weighted(d, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11;
    let day = [d[0] % 4, d[1]];
    is_day(&day, &d[2..4]) && first == 0 && second == 0
}

pub(crate) fn pt_nif(d: &[u8]) -> bool {
    let check = 11 - weighted(d, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    d[0] != 0 && (if check > 9 { 0 } else { check }) == u32::from(d[8])
}

/// India: the dihedral group of Verhoeff.
pub(crate) fn in_aadhaar(d: &[u8]) -> bool {
    const PERMUTED: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let product = |a: u8, b: u8| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b - 5) % 5 + 5,
        (false, true) => (a - 5 + 5 - b) % 5 + 5,
        (false, false) => (a - 5 + 5 - (b - 5)) % 5,
    };
    let mut sum = 0;
    for (at, digit) in d.iter().rev().enumerate() {
        let permuted = (0..at % 8).fold(*digit, |digit, _| PERMUTED[usize::from(digit)]);
        sum = product(sum, permuted);
    }
    d[0] >= 2 && sum == 0
}

pub(crate) fn au_tfn(d: &[u8]) -> bool {
    weighted(d, &[1, 4, 3, 7, 5, 8, 6, 9, 10]).is_multiple_of(11)
}

pub(crate) fn au_medicare(d: &[u8]) -> bool {
    let sum = weighted(d, &[1, 3, 7, 9, 1, 3, 7, 9]);
    matches!(d[0], 2..=6) && sum % 10 == u32::from(d[8])
}

pub(crate) fn cz_rc(d: &[u8]) -> bool {
    let month = number(&d[2..4]) % 50 % 20;
    number(d).is_multiple_of(11) && (1..=12).contains(&month)
}

pub(crate) fn tr_tckn(d: &[u8]) -> bool {
    let odd: u32 = [0, 2, 4, 6, 8].iter().map(|at| u32::from(d[*at])).sum();
    let even: u32 = [1, 3, 5, 7].iter().map(|at| u32::from(d[*at])).sum();
    let all: u32 = d[..10].iter().map(|digit| u32::from(*digit)).sum();
    d[0] != 0 && (odd * 7 + 100 - even) % 10 == u32::from(d[9]) && all % 10 == u32::from(d[10])
}

/// The first nine digits of Chile's number; the check is the last.
pub(crate) fn cl_rut(d: &[u8]) -> bool {
    let sum: u32 = d[..d.len() - 1]
        .iter()
        .rev()
        .zip([2, 3, 4, 5, 6, 7].iter().cycle())
        .map(|(a, w)| u32::from(*a) * w)
        .sum();
    (11 - sum % 11) % 11 == u32::from(d[d.len() - 1])
}

pub(crate) fn luhn(d: &[u8]) -> bool {
    crate::bank::luhn(d)
}

/// For numbers without a check.
pub(crate) fn any(_: &[u8]) -> bool {
    true
}

/// The letter after the eight digits of Spain.
pub(crate) fn es_letter(number: u64) -> u8 {
    b"TRWAGMYFPDXBNJZSQVHLCKE"[(number % 23) as usize]
}

/// The last character of Italy's code of sixteen.
pub(crate) fn it_cf(code: &[u8]) -> bool {
    const ODD: [u32; 26] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24,
        23,
    ];
    let value = |byte: u8| {
        u32::from(if byte.is_ascii_digit() {
            byte - b'0'
        } else {
            byte - b'A'
        })
    };
    let sum: u32 = code[..15]
        .iter()
        .enumerate()
        .map(|(at, byte)| {
            if at % 2 == 0 {
                ODD[value(*byte) as usize]
            } else {
                value(*byte)
            }
        })
        .sum();
    sum % 26 == value(code[15])
}

/// The last digit of Mexico's code of eighteen.
pub(crate) fn mx_curp(code: &[u8]) -> bool {
    // `Ñ` stands between `N` and `O`.
    let value = |byte: u8| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'N' => u32::from(byte - b'A') + 10,
        _ => u32::from(byte - b'A') + 11,
    };
    let sum: u32 = code[..17]
        .iter()
        .zip((2..=18).rev())
        .map(|(byte, weight)| value(*byte) * weight)
        .sum();
    (10 - sum % 10) % 10 == value(code[17])
}

/// The last character of Finland's number.
pub(crate) fn fi_hetu(number: u64) -> u8 {
    b"0123456789ABCDEFHJKLMNPRSTUVWXY"[(number % 31) as usize]
}

/// The pension number of Germany: the letter counts as two digits, every second one twice.
pub(crate) fn de_svnr(code: &[u8]) -> bool {
    let letter = code[8] - b'A' + 1;
    let mut digits: Vec<u8> = code[..8].iter().map(|byte| byte - b'0').collect();
    digits.extend([letter / 10, letter % 10]);
    digits.extend(code[9..11].iter().map(|byte| byte - b'0'));
    let weights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
    let cross = |product: u32| product / 10 + product % 10;
    let sum: u32 = digits
        .iter()
        .zip(weights)
        .map(|(digit, weight)| cross(u32::from(*digit) * weight))
        .sum();
    sum % 10 == u32::from(code[11] - b'0')
}

/// The last character of China's number of eighteen.
pub(crate) fn cn_id(code: &[u8]) -> bool {
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = code[..17]
        .iter()
        .zip(weights)
        .map(|(byte, weight)| u32::from(byte - b'0') * weight)
        .sum();
    b"10X98765432"[(sum % 11) as usize] == code[17]
}
