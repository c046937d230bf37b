//! Counts as people read them.

/// A number with a comma between groups of three digits: `60,398`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_grouped() {
        let shown = [0, 12, 999, 1_000, 18_494, 1_234_567].map(grouped);
        assert_eq!(shown, ["0", "12", "999", "1,000", "18,494", "1,234,567"]);
    }
}
