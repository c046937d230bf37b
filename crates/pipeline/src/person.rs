//! Who works with this program, as the operating system knows them.

use std::fs;

/// The name of the user that this process runs as, or their number. The environment is not asked: anybody
/// can write there.
pub fn person() -> String {
    let uid = rustix::process::getuid().as_raw();
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    name_of(uid, &users).unwrap_or_else(|| format!("uid:{uid}"))
}

/// A name from passwd(5).
fn name_of(uid: u32, users: &str) -> Option<String> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        let is_theirs = fields.nth(1)?.parse() == Ok(uid);
        (is_theirs && !name.is_empty()).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_a_name_or_a_number() {
        let users =
            "root:x:0:0:root:/root:/bin/sh\nbroken\n:x:7:7::/:\nalice:x:1000:1000::/home:/bin/sh";
        assert_eq!(name_of(1000, users).as_deref(), Some("alice"));
        assert_eq!(name_of(7, users), None);
        assert_eq!(name_of(9, users), None);
        assert!(!person().is_empty());
    }
}
