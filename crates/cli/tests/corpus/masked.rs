//! Personal values and secrets: in nothing that is printed. Values are made up, reserved for
//! examples, or published as test values; secrets are put together here, so that no scanner of
//! repositories takes them for real ones.

use crate::base::{Case, Expected, Inputs, base};

/// In the report.
const REPORT: &str = "SS-INTAKE-072";
const NAME: &str = "SS-INTAKE-052";

fn case(name: &'static str, inputs: Inputs, code: &'static str, value: &'static str) -> Case {
    Case {
        name,
        inputs,
        expected: Expected::Masked(code, value),
    }
}

pub(crate) fn cases() -> Vec<Case> {
    [
        contact(),
        bank(),
        states(),
        people(),
        networks(),
        secrets(),
        elsewhere(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn said(name: &'static str, text: &str, value: &'static str) -> Case {
    case(name, base().report(text), REPORT, value)
}

fn contact() -> Vec<Case> {
    vec![
        said(
            "an e-mail address",
            "Ask jane.doe@example.com about it.",
            "jane.doe",
        ),
        said(
            "an e-mail address in words",
            "Ask jane(at)example(dot)com about it.",
            "jane(at)",
        ),
        said(
            "an e-mail address in brackets",
            "Ask jane [at] example [dot] com about it.",
            "jane [at]",
        ),
        said(
            "an e-mail address with a zero-width character",
            "Ask j\u{200b}ane.doe@example.com.",
            "ane.doe",
        ),
        said(
            "an e-mail address in full width",
            "Ask jane.doe\u{ff20}example.com.",
            "jane.doe",
        ),
        said(
            "an e-mail address with an entity",
            "Ask jane.doe&#64;example.com.",
            "jane.doe",
        ),
        said(
            "an e-mail link",
            "[mail](mailto:jane.doe@example.com)",
            "jane.doe",
        ),
        said(
            "a telephone number",
            "Call +44 20 7946 0958 for details.",
            "7946 0958",
        ),
        said(
            "a German telephone number",
            "Tel.: +49 30 23125 042",
            "23125",
        ),
        said(
            "an American telephone number",
            "Phone (415) 555-0132",
            "555-0132",
        ),
    ]
}

fn bank() -> Vec<Case> {
    vec![
        said(
            "an IBAN",
            "Refunds go to DE89 3704 0044 0532 0130 00.",
            "0532 0130",
        ),
        said(
            "an IBAN without spaces",
            "IBAN GB82WEST12345698765432",
            "WEST123456",
        ),
        said(
            "a payment card",
            "Card 4111 1111 1111 1111 was declined.",
            "1111 1111",
        ),
        said(
            "a payment card with dashes",
            "Card 5555-5555-5555-4444.",
            "5555-4444",
        ),
        said(
            "an American Express card",
            "Paid with 378282246310005.",
            "378282246310005",
        ),
    ]
}

fn states() -> Vec<Case> {
    vec![
        said("an American number", "SSN 536-90-4399", "536-90-4399"),
        said("a German tax number", "Steuer-ID 86 095 742 719", "742 719"),
        said("a Swiss number", "AHV 756.9217.0769.85", "9217.0769"),
        said(
            "a British health number",
            "NHS number 943 476 5919",
            "943 476",
        ),
        said(
            "a British insurance number",
            "National Insurance AB 12 34 56 C",
            "12 34 56",
        ),
        said("a Mexican number", "CURP HEGG560427MVZRRL04", "HEGG560427"),
        said("a Spanish number", "DNI 12345678Z", "12345678Z"),
        said(
            "an Italian number",
            "Codice fiscale RSSMRA85T10A562S",
            "RSSMRA85T10A562S",
        ),
        said("a Polish number", "PESEL 44051401359", "44051401359"),
        said("a Dutch number", "BSN 111222333", "111222333"),
        said("a Brazilian number", "CPF 529.982.247-25", "529.982.247"),
        said("a passport", "Passport no. C01X00T47", "C01X00T47"),
    ]
}

fn people() -> Vec<Case> {
    vec![
        said(
            "a person by title",
            "Mr John Whitfield complained twice.",
            "Whitfield",
        ),
        said(
            "a person as a contact",
            "Contact: Maria Gonzalez",
            "Gonzalez",
        ),
        said(
            "a person in German",
            "Frau Katharina Weber hat storniert.",
            "Katharina",
        ),
        said(
            "a date of birth",
            "The customer was born on 12 March 1984.",
            "12 March 1984",
        ),
        said(
            "a date of birth in German",
            "geboren am 03.07.1979",
            "03.07.1979",
        ),
        said(
            "a British address",
            "Deliver to 221B Baker Street, London NW1 6XE.",
            "221B Baker",
        ),
        said(
            "a German address",
            "Musterstraße 12, 80331 München",
            "Musterstraße",
        ),
        said(
            "a French address",
            "12 rue de la Paix, 75002 Paris",
            "rue de la Paix",
        ),
    ]
}

fn networks() -> Vec<Case> {
    vec![
        said(
            "an address of a computer",
            "Seen from 203.0.113.77 last night.",
            "203.0.113.77",
        ),
        said(
            "a new address of a computer",
            "Seen from 2001:db8:85a3::8a2e:370:7334.",
            "85a3",
        ),
        said(
            "an address of a card",
            "Device 00:1B:44:11:3A:B7",
            "44:11:3A",
        ),
    ]
}

fn secrets() -> Vec<Case> {
    let random = "4Hq9ZtWx7Lk2Vb8NcR5mPy3JdFs6Gu1Ae0Xo";
    let said_of = |name, text: String, value| case(name, base().report(&text), REPORT, value);
    vec![
        said_of(
            "a key of a model provider",
            format!("key sk-{}{random}", "proj-"),
            "4Hq9ZtWx7Lk2",
        ),
        said_of(
            "a token of a forge",
            format!("token ghp_{random}"),
            "4Hq9ZtWx7Lk2",
        ),
        said_of(
            "a key of a cloud",
            format!("{}IOSFODNN7EXAMPLE", "AKIA"),
            "IOSFODNN7",
        ),
        said_of(
            "a token of a chat",
            format!("xox{}-123456789012-{random}", "b"),
            "4Hq9ZtWx7Lk2",
        ),
        said_of(
            "a password in a URL",
            format!("postgres://etl:{}@db/shop", "Hunter2secret"),
            "Hunter2secret",
        ),
        said_of(
            "a password that is assigned",
            format!("password = {}", "Tr0ub4dor&3xyz"),
            "Tr0ub4dor",
        ),
        said_of(
            "a private key",
            format!(
                "-----BEGIN {} KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----",
                "PRIVATE"
            ),
            "MIIEvQIBADAN",
        ),
        said_of(
            "a signed token",
            format!(
                "eyJ{}.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
                "hbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
            ),
            "dozjgNryP4",
        ),
    ]
}

/// In the texts and names of the context.
fn elsewhere() -> Vec<Case> {
    vec![
        case(
            "an address in a suggestion",
            base().suggestion("Remove jane.doe@example.com from amount."),
            REPORT,
            "jane.doe",
        ),
        case(
            "a number in an error message",
            base().error("row 7: cannot parse 536-90-4399 as an SSN"),
            REPORT,
            "536-90-4399",
        ),
        case(
            "a column that is an address",
            base().column("jane.doe@example.com"),
            NAME,
            "jane.doe",
        ),
        case(
            "a column that is an IBAN",
            base().column("DE89370400440532013000"),
            NAME,
            "DE8937040044",
        ),
        case(
            "a column that is a number of a state",
            base().column("SSN 536-90-4399"),
            NAME,
            "536-90-4399",
        ),
        case(
            "a column that is a secret",
            base().column(&format!("ghp_{}", "4Hq9ZtWx7Lk2Vb8NcR5mPy3JdFs6Gu1Ae0Xo")),
            NAME,
            "4Hq9ZtWx7Lk2",
        ),
        case(
            "a table that is an address",
            base().table("jane.doe@example.com.csv"),
            NAME,
            "jane.doe",
        ),
        case(
            "a column that is a telephone number",
            base().column("+44 20 7946 0958"),
            NAME,
            "7946 0958",
        ),
    ]
}
