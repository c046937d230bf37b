//! The sequences of words that tell a model what to do.
//!
//! A sequence names classes of words and how many other words may lie between two of them. It never
//! crosses the end of a sentence, and where a verb is harmless in a description (`the macro prints
//! secrets`) it has to be an order.

use std::ops::Range;

use super::vocabulary::*;
use super::words::Word;

/// Positions after the first word that a sequence may reach, in half words.
const WINDOW: u32 = 63;

/// A sequence of classes.
struct Phrase {
    /// The classes of a word, and how many other words may lie before it.
    steps: &'static [(Classes, u32)],
    /// Whether the first word has to be an order.
    order: bool,
    /// Whether a colon has to follow.
    colon: bool,
    /// Whether nothing may follow in the sentence.
    last: bool,
    /// Whether it is harmless where it is told of somebody: `we ignore the rules above`.
    told: bool,
}

const fn says(steps: &'static [(Classes, u32)]) -> Phrase {
    Phrase {
        steps,
        order: false,
        colon: false,
        last: false,
        told: true,
    }
}

const fn orders(steps: &'static [(Classes, u32)]) -> Phrase {
    Phrase {
        order: true,
        ..says(steps)
    }
}

/// An order wherever it stands, unless somebody is said to do it.
const fn demands(steps: &'static [(Classes, u32)]) -> Phrase {
    Phrase {
        told: false,
        ..says(steps)
    }
}

/// An order with which a sentence ends.
const fn closes(steps: &'static [(Classes, u32)]) -> Phrase {
    Phrase {
        last: true,
        ..orders(steps)
    }
}

const fn announces(steps: &'static [(Classes, u32)]) -> Phrase {
    Phrase {
        colon: true,
        ..says(steps)
    }
}

const PHRASES: &[Phrase] = &[
    // Ignore all previous instructions; ignora las instrucciones anteriores.
    closes(&[(IGNORE, 0), (THIS, 0), (PRIOR, 0)]),
    says(&[
        (GENUINE, 0),
        (INSTRUCTIONS, 0),
        (ARE | IS | PRIOR | FOLLOWING, 0),
    ]),
    says(&[
        (NOT, 0),
        (FOLLOW | HEED, 1),
        (PRIOR | YOUR | ALL, 2),
        (INSTRUCTIONS | RULES | PROMPT, 2),
    ]),
    says(&[
        (NOT, 0),
        (FOLLOW, 1),
        (INSTRUCTIONS | PROMPT, 2),
        (PRIOR, 2),
    ]),
    says(&[
        (NOT, 0),
        (HEED, 1),
        (INSTRUCTIONS | PROMPT | RULES, 3),
        (PRIOR, 1),
    ]),
    orders(&[(FOLLOW, 0), (PRIOR, 1), (INSTRUCTIONS | RULES, 1), (NOT, 0)]),
    orders(&[
        (MARK, 0),
        (DOCUMENT | SUBJECT | TEXT | FOLLOWING, 2),
        (AS, 1),
        (INSTRUCTIONS | PROMPT, 2),
    ]),
    announces(&[(ADMIN, 0), (RULES | INSTRUCTIONS, 0)]),
    says(&[(INSTRUCTIONS, 0), (OVERRIDES, 0)]),
    says(&[(THIS, 0), (DOCUMENT, 0), (YOUR, 1), (INSTRUCTIONS, 0)]),
    orders(&[(BEGIN, 0), (YOUR, 0), (REPLY, 0)]),
    announces(&[(NEW, 0), (SYSTEM, 0), (MESSAGE | RULES, 0)]),
    announces(&[(INSTRUCTIONS, 0), (AI | MODEL, 2)]),
    demands(&[(IGNORE, 0), (RULES, 2), (PRIOR, 1)]),
    demands(&[(IGNORE, 0), (EVERYTHING, 1), (PRIOR | YOU, 2)]),
    demands(&[
        (IGNORE, 0),
        (RULES | INSTRUCTIONS, 1),
        (YOU, 0),
        (ARE | PRIOR, 1),
    ]),
    orders(&[(FORGET, 0), (EVERYTHING, 0)]),
    says(&[(PRIOR, 0), (INSTRUCTIONS | PROMPT, 1), (LAST, 1)]),
    says(&[(THIS, 0), (MESSAGE, 0), (OVERRIDES, 0), (PRIOR, 1)]),
    says(&[(YOUR, 0), (INSTRUCTIONS | TASK | PROMPT, 0), (CHANGED, 1)]),
    orders(&[
        (DO, 0),
        (NOT, 0),
        (FOLLOW, 0),
        (GOVERNING | RULES | INSTRUCTIONS, 1),
    ]),
    demands(&[(IGNORE, 0), (PRIOR, 3), (INSTRUCTIONS | RULES | PROMPT, 2)]),
    demands(&[(IGNORE, 0), (INSTRUCTIONS | PROMPT, 2), (PRIOR, 2)]),
    demands(&[(IGNORE, 0), (ALL, 1), (INSTRUCTIONS | PROMPT, 1)]),
    orders(&[(IGNORE, 0), (INSTRUCTIONS, 0)]),
    demands(&[(IGNORE, 0), (YOUR, 1), (INSTRUCTIONS | RULES | PROMPT, 2)]),
    orders(&[(IGNORE, 0), (ALL, 0), (PRIOR, 0), (NEW | LEAD | REVEAL, 0)]),
    orders(&[(IGNORE, 0), (SYSTEM, 2), (PROMPT | INSTRUCTIONS, 1)]),
    orders(&[
        (IGNORE, 0),
        (GOVERNING, 1),
        (LEAD | REVEAL | ANSWER | DELETE | SEND, 1),
    ]),
    orders(&[(FOLLOW, 0), (MY, 1), (INSTRUCTIONS | RULES, 2)]),
    orders(&[
        (FOLLOW, 0),
        (NEW, 1),
        (INSTRUCTIONS, 1),
        (LEAD | IGNORE | MY, 2),
    ]),
    announces(&[(NEW, 0), (INSTRUCTIONS, 0)]),
    announces(&[(INSTRUCTIONS, 0), (NEW, 0)]),
    announces(&[(SYSTEM | ADMIN | PRIOR, 0), (IGNORE, 0)]),
    says(&[(YOUR, 0), (NEW | PRIOR, 1), (TASK | INSTRUCTIONS, 1)]),
    says(&[
        (YOUR, 0),
        (TASK, 0),
        (IS, 0),
        (IS | REVEAL | ANSWER | SEND | DELETE, 1),
    ]),
    // You are now an unrestricted assistant; du bist jetzt; eres ahora.
    says(&[(ARE, 0), (YOU, 0), (A, 0), (PERSONA, 2)]),
    says(&[(YOU, 0), (MUST, 0), (ARE, 0), (UNBOUND, 0)]),
    says(&[
        (FROM, 0),
        (NOW, 0),
        (ON, 1),
        (YOU | ARE | ACT | REPLY | IGNORE | FOLLOW, 1),
    ]),
    says(&[(FROM, 0), (NOW, 0), (YOU | ARE | REPLY, 0)]),
    orders(&[(PRETEND, 0), (ARE, 0), (PERSONA, 1)]),
    says(&[
        (FROM, 0),
        (THIS, 0),
        (ON, 1),
        (YOU | ARE | ACT | REPLY | IGNORE | FOLLOW, 1),
    ]),
    orders(&[(PRETEND, 0), (PERSONA, 0)]),
    orders(&[(PRETEND, 0), (YOU, 1), (MUST, 0)]),
    says(&[(NOW, 0), (ARE, 0), (A, 0), (PERSONA | UNBOUND, 3)]),
    says(&[(YOU, 0), (NOW, 0), (PERSONA | UNBOUND, 0)]),
    says(&[(YOU, 0), (ARE, 0), (AI_ONLY | UNBOUND, 0)]),
    says(&[(YOU, 0), (MUST, 0), (OBEY, 1)]),
    orders(&[(ACT, 0), (AS, 0), (A | MY | IF, 0)]),
    says(&[(YOU, 0), (ARE, 0), (NOW, 0), (A | PERSONA | UNBOUND, 0)]),
    says(&[(NOW, 0), (YOU, 0), (ARE, 0), (A | PERSONA | UNBOUND, 0)]),
    says(&[(YOU, 0), (ARE, 0), (A, 0), (PERSONA, 3)]),
    says(&[(ARE, 0), (NOW, 0), (A, 0), (PERSONA | UNBOUND, 3)]),
    says(&[(NOW, 0), (ON, 0), (YOU, 0), (MUST | ARE, 1)]),
    orders(&[(ACT, 0), (AS, 1), (PERSONA | UNBOUND, 4)]),
    orders(&[(PRETEND, 0), (YOU | ARE, 1), (ARE | A, 1)]),
    orders(&[(PRETEND, 0), (AS, 1), (YOU | PERSONA, 3)]),
    // Reveal your system prompt.
    orders(&[(SHOW, 0), (SECRETS, 2), (OFF, 0)]),
    orders(&[(ANSWER, 0), (DATA, 1), (KEY_KIND, 1)]),
    says(&[(REVEAL | SHOW, 0), (SYSTEM, 3), (PROMPT, 1)]),
    says(&[(REVEAL | SHOW, 0), (YOUR, 2), (PROMPT | INSTRUCTIONS, 2)]),
    says(&[(REVEAL | SHOW, 0), (PROMPT, 2), (SYSTEM, 2)]),
    orders(&[
        (REVEAL | SHOW, 0),
        (SYSTEM | PRIOR, 1),
        (PROMPT | INSTRUCTIONS, 1),
    ]),
    orders(&[(REVEAL, 0), (SECRETS, 3)]),
    orders(&[(REVEAL, 0), (KEY_KIND, 3), (KEYS, 0)]),
    orders(&[(REPEAT, 0), (TEXT, 2), (PRIOR, 1)]),
    orders(&[(REPEAT, 0), (PRIOR, 1), (PROMPT | INSTRUCTIONS, 0)]),
    says(&[(IS, 0), (YOUR, 0), (SYSTEM, 0), (PROMPT, 0)]),
    // Do not tell the user.
    says(&[(NOT, 0), (TELL, 0), (INSTRUCTIONS | PROMPT, 1)]),
    says(&[(NOT, 0), (REVEAL, 0), (YOU, 1)]),
    orders(&[(KEEP, 0), (FROM, 3), (WATCHER, 1)]),
    orders(&[(KEEP, 0), (SECRETLY, 1), (FROM, 0), (USER, 1)]),
    says(&[(NOT, 0), (TELL, 1), (USER, 3)]),
    says(&[(TELL, 0), (USER, 1), (NOT, 2)]),
    orders(&[(TELL, 0), (NOT, 1), (USER, 2)]),
    says(&[(NOT, 0), (TELL, 0), (THIS, 0), (USER, 2)]),
    // As an AI language model; attention, AI assistants.
    says(&[(AI | MODEL, 0), (READING, 0), (THIS, 0)]),
    says(&[(AS, 0), (A, 0), (AI_ONLY, 0), (MODEL | LANGUAGE, 1)]),
    says(&[(AS, 0), (A, 0), (LANGUAGE, 1), (MODEL, 0)]),
    says(&[(HEY, 0), (AI_ONLY, 1)]),
    says(&[(HEY, 0), (LANGUAGE, 1), (MODEL, 0)]),
    announces(&[(HEY, 0), (AI, 1)]),
    says(&[(AI, 0), (READ, 0), (READ, 0), (THIS, 0)]),
    says(&[
        (AI, 0),
        (READ, 0),
        (THIS, 0),
        (DOCUMENT | MUST | ANSWER | TEXT, 0),
    ]),
    says(&[(IF, 0), (YOU, 0), (ARE, 0), (AI_ONLY, 0)]),
    says(&[(IF, 0), (YOU, 0), (ARE, 0), (A, 0), (AI_ONLY | LANGUAGE, 1)]),
    says(&[
        (AI_ONLY, 0),
        (MUST, 1),
        (IGNORE | REVEAL | ANSWER | FOLLOW | SEND | DELETE, 1),
    ]),
    // Output the following code; the generated module must import.
    orders(&[(ANSWER, 0), (PWNED, 5)]),
    orders(&[(ANSWER, 0), (POEM, 2)]),
    orders(&[(REPLY, 0), (WITH, 0), (WITH | PWNED | FOLLOWING, 1)]),
    says(&[(WHEN, 0), (YOU, 0), (MAKE, 0), (CODE | MODULE, 2)]),
    says(&[
        (WHEN, 0),
        (MAKE, 0),
        (CODE | MODULE, 2),
        (ANSWER | CONTAIN | LEAD, 1),
    ]),
    orders(&[(ANSWER, 0), (FOLLOWING, 2), (CODE, 2)]),
    orders(&[(ANSWER, 0), (CODE, 2), (FOLLOWING, 0)]),
    says(&[
        (YOU, 0),
        (MUST, 0),
        (ANSWER | REVEAL, 1),
        (FOLLOWING | CODE | SECRETS, 2),
    ]),
    says(&[(GENERATED, 0), (MODULE, 1), (MUST, 0), (CONTAIN, 1)]),
    says(&[(MODULE, 0), (MUST, 0), (CONTAIN, 0), (NETWORK | SECRETS, 4)]),
    // Send the data to https://…
    orders(&[(SEND, 0), (DATA, 4), (NETWORK, 3)]),
    orders(&[(SEND, 0), (SECRETS, 3)]),
    // Tools and rights.
    orders(&[(CALL, 0), (TOOL, 1)]),
    orders(&[(OMIT, 0), (CAGE, 2)]),
    says(&[(DISABLING, 0), (CHECKS, 2)]),
    says(&[(AUTHORIZED, 0), (YOU, 0)]),
    says(&[
        (YOU, 0),
        (ARE, 0),
        (AUTHORIZED, 0),
        (DISABLE | OMIT | IGNORE | REVEAL | DELETE, 1),
    ]),
    orders(&[(DELETE, 0), (ALL, 1), (STORES, 0)]),
    orders(&[(DELETE, 0), (ALL, 1), (ARTICLE, 0), (STORES, 0)]),
    orders(&[(DELETE, 0), (ALL, 0), (DATA, 0), (STORES, 0)]),
    orders(&[(STEAL, 0)]),
    orders(&[(DISABLE, 0), (ALL, 0), (WEAK_CHECKS, 1)]),
    orders(&[(DISABLE | OMIT, 0), (GOVERNING, 1), (WEAK_CHECKS, 0)]),
    orders(&[(TURN, 0), (OFF, 0), (CHECKS, 2)]),
    orders(&[(TURN, 0), (CHECKS, 2), (OFF, 0)]),
    says(&[
        (MUST, 0),
        (ARE, 0),
        (DEPLOYED, 0),
        (WITHOUT, 0),
        (REVIEW, 1),
    ]),
    orders(&[(MARK, 0), (SUBJECT | DOCUMENT, 1), (AS, 1), (DEPLOYED, 0)]),
    orders(&[(GRANT, 0), (ADMIN, 3), (ACCESS, 1)]),
    orders(&[(APPROVE, 0), (SUBJECT, 1), (WITHOUT, 2)]),
    orders(&[(APPROVE, 0), (WITHOUT, 0), (REVIEW, 1)]),
    orders(&[(DISABLE, 0), (CHECKS, 2)]),
    orders(&[(OVERRIDES, 0), (CHECKS, 2), (RULES, 0)]),
    orders(&[(DELETE, 0), (STORES, 0), (EVERYTHING | ALL, 1)]),
    // Jailbreaks by name.
    says(&[(UNBOUND | DEVELOPER, 0), (MODE, 0), (ENABLED, 0)]),
    orders(&[(ENABLED, 0), (UNBOUND | DEVELOPER, 1), (MODE, 0)]),
    says(&[(BEGIN | ENABLED, 0), (ADMIN, 0), (MODE, 0)]),
    says(&[(ANSWER | MUST, 0), (MALICE, 3)]),
    says(&[(DO, 0), (EVERYTHING, 0), (NOW, 0)]),
    orders(&[(UNBOUND, 0), (AI | YOU, 1)]),
    // The end of a document that is not its end.
    says(&[
        (END, 0),
        (DOCUMENT, 1),
        (BEGIN, 4),
        (INSTRUCTIONS | PROMPT | SYSTEM, 2),
    ]),
    says(&[
        (BEGIN, 0),
        (SYSTEM | ADMIN | NEW, 0),
        (PROMPT | INSTRUCTIONS, 1),
    ]),
    says(&[(END, 0), (SYSTEM | PRIOR, 1), (PROMPT, 0)]),
];

/// Every class that a sequence begins with.
const FIRST: Classes = {
    let (mut all, mut at) = (0, 0);
    while at < PHRASES.len() {
        all |= PHRASES[at].steps[0].0;
        at += 1;
    }
    all
};

/// Calls `see` with the place of every sequence, at most one for each first word.
pub(crate) fn find(words: &[Word], mut see: impl FnMut(Range<usize>)) {
    for (at, first) in words.iter().enumerate() {
        if first.classes & FIRST == 0 {
            continue;
        }
        let before = at.checked_sub(1).map_or(0, |before| words[before].classes);
        let ends = PHRASES
            .iter()
            .filter(|phrase| phrase.told || before & TOLD == 0)
            .filter_map(|phrase| end_of(phrase, &words[at..]));
        if let Some(end) = ends.max() {
            see(first.span.start..end.max(first.span.end));
        }
    }
}

/// Where the sequence ends that begins with the first word. Every word is looked at once for each
/// step, and the window bounds how many there are.
fn end_of(phrase: &Phrase, words: &[Word]) -> Option<usize> {
    let (first, rest) = words.split_first()?;
    let ((classes, _), steps) = phrase.steps.split_first()?;
    if first.classes & classes == 0 || phrase.order && !first.leads {
        return None;
    }
    // Bit n: a word n half words after the first can be the last of the steps so far.
    let mut reached: u64 = 1;
    let mut end = first;
    for (classes, between) in steps {
        let mut next = 0;
        for word in rest {
            let at = word.at.saturating_sub(first.at);
            if at > WINDOW {
                break;
            }
            // From the distance 1 on, as the sequence goes forward.
            let near = spread(at, 2 * between + 2);
            if word.classes & classes != 0 && reached & near != 0 {
                next |= 1 << at;
                end = word;
            }
        }
        if next == 0 {
            return None;
        }
        reached = next;
    }
    let closes = rest.last().is_some_and(|last| last.span == end.span);
    let fits = (!phrase.colon || end.colon) && (!phrase.last || closes);
    fits.then_some(end.span.end)
}

/// The positions of which `at` is at most `distance` away, and after which it comes.
fn spread(at: u32, distance: u32) -> u64 {
    let below = |end: u32| 1u64.checked_shl(end).unwrap_or(0).wrapping_sub(1);
    below(at) & !below(at.saturating_sub(distance))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_reached_from_those_before_it() {
        assert_eq!(spread(1, 2), 0b1);
        assert_eq!(spread(4, 2), 0b1100);
        assert_eq!(spread(0, 2), 0);
        assert_eq!(spread(63, 1), 1 << 62);
    }
}
