//! A program that prints a secret with when it expires ([`Printed`]). A keyring of a desktop is asked
//! this way, for example by `secret-tool`.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use silversmith_child::{Bounds, ask, last_line};
use silversmith_types::Timestamp;
use zeroize::Zeroizing;

use super::{Given, parse};
use crate::error::Cause;
use crate::formats::Printed;
use crate::lease::SecretRequest;

/// Largest output; a token with all its claims has a few kilobytes.
const MAX_OUTPUT: usize = 64 << 10;

pub(super) fn run(
    command: &[String],
    timeout_seconds: u64,
    request: &SecretRequest,
) -> Result<Given, Cause> {
    let failed = |words: &str| Cause::Program {
        words: words.to_owned(),
    };
    let (program, arguments) = command.split_first().ok_or_else(|| failed("has no name"))?;
    // A path is meant from the project's folder, wherever the command is given.
    let program = match program.contains('/') {
        true => request.folder.join(program),
        false => PathBuf::from(program),
    };
    let mut process = Command::new(program);
    process.args(arguments).current_dir(request.folder);
    process.env("SILVERSMITH_RUN_ID", request.run_id);
    let bounds = Bounds {
        output: MAX_OUTPUT + 1,
        words: 4096,
        timeout: Duration::from_secs(timeout_seconds),
    };
    let ended = ask(process, Zeroizing::default(), bounds);
    let ended = ended.map_err(|error| failed(&error.to_string()))?;
    let output = Zeroizing::new(ended.output);
    if output.len() > MAX_OUTPUT {
        return Err(failed("printed more than 64 KiB"));
    }
    if !ended.status.success() {
        let words = format!("failed ({}): {}", ended.status, last_line(&ended.words));
        return Err(Cause::Program { words });
    }
    printed(&output, request.now)
}

fn printed(output: &[u8], now: Timestamp) -> Result<Given, Cause> {
    let printed = Printed::read(output).ok_or_else(|| Cause::Program {
        words: "printed no such JSON as {\"Version\":1,\"Secret\":\"…\"}".to_owned(),
    })?;
    let secret = parse(printed.secret.into_bytes(), || "its `Secret`".to_owned())?;
    if printed.version != 1 {
        return Err(Cause::Program {
            words: format!(
                "printed version {} of the format, and 1 is known",
                printed.version
            ),
        });
    }
    if let Some(expired) = printed.expiration.filter(|at| *at <= now) {
        return Err(Cause::Expired(expired.to_string()));
    }
    Ok(Given {
        version: printed.secret_version,
        expires: printed.expiration,
        ..Given::just(secret)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever a program prints, it is a secret or a cause that quotes none of it.
        #[test]
        fn nothing_breaks_the_reading_of_output(
            bytes in any::<Vec<u8>>(),
            secret in "[ -~]{0,30}",
            version in any::<u8>(),
        ) {
            let now = "2026-11-24T10:00:00Z".parse().unwrap();
            let document = serde_json::json!({"Version": version, "Secret": secret}).to_string();
            let _ = printed(&bytes, now);
            match printed(document.as_bytes(), now) {
                Ok(given) => {
                    let given = given.secret.unwrap();
                    prop_assert_eq!(given.expose(), secret.trim());
                }
                Err(cause) => prop_assert!(secret.len() < 8 || !cause.to_string().contains(&secret)),
            }
        }
    }

    #[test]
    fn what_is_printed_is_read_strictly() {
        let now = "2026-11-24T10:00:00Z".parse().unwrap();
        let code = |text: &str| {
            printed(text.as_bytes(), now)
                .err()
                .map(|cause| cause.code())
        };
        assert_eq!(code(r#"{"Version":1,"Secret":"sk-1"}"#), None);
        let given = printed(
            br#"{"Version":1,"Secret":"sk-1","Expiration":"2026-11-24T10:00:01Z","SecretVersion":"7"}"#,
            now,
        );
        assert_eq!(given.unwrap().version.as_deref(), Some("7"));
        for (text, expected) in [
            ("sk-1", "SS-SECRET-014"),
            (r#"{"Version":2,"Secret":"sk-1"}"#, "SS-SECRET-014"),
            (r#"{"Version":1,"Secret":"sk-1","Else":1}"#, "SS-SECRET-014"),
            (r#"{"Version":1,"Secret":""}"#, "SS-SECRET-012"),
            (r#"{"Version":1,"Secret":"a b"}"#, "SS-SECRET-012"),
            (
                r#"{"Version":1,"Secret":"s","Expiration":"2026-11-24T10:00:00Z"}"#,
                "SS-SECRET-020",
            ),
        ] {
            assert_eq!(code(text), Some(expected), "{text}");
        }
        let words = printed(b"{\"Version\":1,\"Secret\":sk-value}", now)
            .err()
            .unwrap();
        assert!(!words.to_string().contains("sk-value"));
    }
}
