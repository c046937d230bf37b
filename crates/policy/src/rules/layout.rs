//! # What it does
//! The module is: the script block, the header, the skeleton up to the first marker, the
//! transforms, the skeleton from the second marker on.
//!
//! # Why
//! Only a text that is split the same way by everyone can be judged in parts. A marker among the
//! transforms would let a reader see the skeleton where there is none.

use silversmith_plan::module::{
    Header, TRANSFORMS_BEGIN, TRANSFORMS_END, script_block, skeleton as skeleton_text,
};

use super::{Checker, Rule, skeleton};

pub(super) const RULE: Rule = Rule {
    code: "SS-POLICY-001",
    help: "build the module with `silversmith build`; it is not edited by hand",
};

/// Finds the transforms. `None`: there is nothing that the other rules could look at.
pub(super) fn check(checker: &mut Checker<'_>) -> Option<Header> {
    let source = checker.source;
    let whole = source.len();
    let Some(rest) = source.strip_prefix(&script_block()) else {
        checker.report_bytes(
            &RULE,
            0,
            0,
            "the module does not begin with the script block",
        );
        return None;
    };
    let header = match Header::parse(source) {
        Ok(header) => header,
        Err(error) => {
            checker.report_bytes(&RULE, 0, 0, error.to_string());
            return None;
        }
    };
    let Some(body) = rest.strip_prefix(&header.render()) else {
        let at = whole - rest.len();
        checker.report_bytes(&RULE, at, at, "the header is not where it should be");
        return None;
    };
    let markers = [TRANSFORMS_BEGIN, TRANSFORMS_END];
    for marker in markers {
        let mut lines = body.lines().filter(|line| *line == marker);
        if lines.next().is_none() || lines.next().is_some() {
            let message = "a marker line of the transforms is missing or not the only one";
            checker.report_bytes(&RULE, whole - body.len(), whole - body.len(), message);
            return None;
        }
    }
    let (before, after) = skeleton_text();
    if !body.starts_with(&before) || !body.ends_with(&after) {
        skeleton::report(checker, body, &before, &after);
        return None;
    }
    checker.start = whole - body.len() + before.len();
    checker.transforms = source
        .get(checker.start..whole - after.len())
        .unwrap_or_default();
    Some(header)
}
