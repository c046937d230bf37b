//! Which columns hold personal data, by name and by what the values look like.
//!
//! A miss shows a person's data to whoever reads the context; a false alarm hides some values of a
//! harmless column. The lists lean towards false alarms, except where the name of a product or of a
//! place would be hidden from every planner.

use silversmith_types::evidence::PersonalKind;

use crate::names::words;

/// How many cells look like something that belongs to a person.
#[derive(Debug, Clone, Default)]
pub(crate) struct PersonalCounts {
    emails: u64,
    phones: u64,
    ibans: u64,
    networks: u64,
    /// Cells of at least six words.
    prose: u64,
}

impl PersonalCounts {
    /// Counts `weight` cells with this trimmed text.
    pub(crate) fn add(&mut self, text: &str, weight: u64) {
        let bytes = text.as_bytes();
        match bytes.first() {
            Some(b'+') if is_phone(bytes) => self.phones += weight,
            Some(b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') if is_address(text) => {
                self.networks += weight;
            }
            Some(b'A'..=b'Z') if is_iban(bytes) => self.ibans += weight,
            _ => {}
        }
        if memchr::memchr(b'@', bytes).is_some_and(|at| is_email(text, at)) {
            self.emails += weight;
        }
        if bytes.len() > 24 && text.split_whitespace().nth(5).is_some() {
            self.prose += weight;
        }
    }

    /// Adds what another part of the file gave.
    pub(crate) fn absorb(&mut self, other: &PersonalCounts) {
        self.emails += other.emails;
        self.phones += other.phones;
        self.ibans += other.ibans;
        self.networks += other.networks;
        self.prose += other.prose;
    }

    /// The kind that a tenth of the cells look like.
    fn kind(&self, cells: u64) -> Option<PersonalKind> {
        let by_value = [
            (self.emails, PersonalKind::Email),
            (self.ibans, PersonalKind::Identifier),
            (self.networks, PersonalKind::Network),
            (self.phones, PersonalKind::Phone),
        ];
        let found = by_value
            .into_iter()
            .find(|(count, _)| *count > 0 && count * 10 >= cells);
        found.map(|(_, kind)| kind)
    }
}

/// Why the column is personal, if it is. `cells` is the number of cells with text, `distinct` that
/// of different ones.
pub(crate) fn classify(
    table: &str,
    column: &str,
    counts: &PersonalCounts,
    cells: u64,
    distinct: u64,
) -> Option<PersonalKind> {
    let name = words(column);
    let has = |list: &[&str]| name.iter().any(|word| list.contains(&word.as_str()));
    if let Some(kind) = counts.kind(cells) {
        return Some(kind);
    }
    let by_name = by_name(table, &name);
    if by_name.is_some() {
        return by_name;
    }
    // Sentences that hardly repeat are somebody's words.
    let prose = counts.prose * 2 >= cells && cells > 0 && distinct * 2 >= cells;
    let asked_for = has(COMMENT) && counts.prose > 0;
    (prose || asked_for).then_some(PersonalKind::FreeText)
}

fn by_name(table: &str, name: &[String]) -> Option<PersonalKind> {
    let joined = name.concat();
    let has = |list: &[&str]| name.iter().any(|word| list.contains(&word.as_str()));
    let holds = |list: &[&str]| list.iter().any(|part| joined.contains(part));
    if has(FLAG) {
        // `email_verified`, `phone_type`: about the thing, and not the thing itself.
        return None;
    }
    if holds(&["email", "courriel"]) || has(&["mail", "correo", "posta"]) {
        return Some(PersonalKind::Email);
    }
    if has(&["ip", "ipv", "mac", "imei", "imsi"]) || holds(&["ipaddr", "macaddr", "useragent"]) {
        return Some(PersonalKind::Network);
    }
    if has(BIRTH) || holds(&["birth", "geburt", "naissance", "nacimiento", "nascita"]) {
        return Some(PersonalKind::BirthDate);
    }
    if has(PHONE) || holds(&["phone", "telefon", "cellulare"]) {
        return Some(PersonalKind::Phone);
    }
    if has(IDENTIFIER)
        || holds(&[
            "passport",
            "socialsecurity",
            "taxid",
            "steuerid",
            "creditcard",
            "cardnumber",
            "nationalid",
            "driverslicen",
            "driverlicen",
            "kontonummer",
            "codicefiscale",
        ])
    {
        return Some(PersonalKind::Identifier);
    }
    if has(ADDRESS) || holds(&["hausn", "adress", "address", "strasse", "street"]) {
        return Some(PersonalKind::Address);
    }
    if has(OWN_NAME) || holds(OWN_NAME_PARTS) {
        return Some(PersonalKind::Name);
    }
    let table_words = words(table);
    let of_person = has(PERSON)
        || table_words
            .iter()
            .any(|word| PERSON.contains(&word.as_str()));
    let is_name = has(NAME)
        || PERSON
            .iter()
            .any(|who| NAME.iter().any(|n| joined == format!("{who}{n}")));
    let of_thing = has(THING);
    (is_name && of_person && !of_thing).then_some(PersonalKind::Name)
}

const FLAG: &[&str] = &[
    "verified", "valid", "type", "status", "flag", "count", "provider", "domain", "opt", "optin",
    "consent", "allowed", "enabled", "is", "has",
];
const BIRTH: &[&str] = &[
    "dob", "bdate", "bday", "birth", "birthday", "born", "geboren", "gebdat", "gebdatum", "geb",
    "ddn",
];
const PHONE: &[&str] = &[
    "tel",
    "phone",
    "mobile",
    "mobil",
    "cell",
    "handy",
    "fax",
    "telefono",
    "movil",
    "portable",
    "telephone",
    "telefon",
    "handynr",
    "telnr",
    "msisdn",
];
const IDENTIFIER: &[&str] = &[
    "ssn",
    "sin",
    "nino",
    "iban",
    "passport",
    "nif",
    "dni",
    "nie",
    "insee",
    "bsn",
    "ahv",
    "svnr",
    "cpf",
    "curp",
    "rfc",
    "pesel",
    "cuil",
    "tin",
    "steuernummer",
    "sozialversicherungsnummer",
    "personalausweis",
];
const ADDRESS: &[&str] = &[
    "addr",
    "street",
    "rue",
    "calle",
    "direccion",
    "domicilio",
    "indirizzo",
    "strasse",
    "via",
    "adresse",
    "anschrift",
    "latitude",
    "longitude",
];
const OWN_NAME: &[&str] = &[
    "surname",
    "forename",
    "vorname",
    "nachname",
    "prenom",
    "apellido",
    "apellidos",
    "cognome",
    "familienname",
    "rufname",
    "fname",
    "lname",
    "firstname",
    "lastname",
    "fullname",
    "middlename",
    "username",
    "login",
    "nickname",
    "maiden",
];
const OWN_NAME_PARTS: &[&str] = &[
    "firstname",
    "lastname",
    "fullname",
    "middlename",
    "maidenname",
    "givenname",
    "familyname",
    "surname",
    "vorname",
    "nachname",
    "firstnm",
    "lastnm",
    "nomdefamille",
    "displayname",
];
const NAME: &[&str] = &["name", "names", "nm", "nom", "nombre", "nome"];
const PERSON: &[&str] = &[
    "customer",
    "customers",
    "cust",
    "cst",
    "client",
    "clients",
    "person",
    "persons",
    "people",
    "user",
    "users",
    "employee",
    "employees",
    "emp",
    "staff",
    "contact",
    "contacts",
    "patient",
    "patients",
    "member",
    "members",
    "student",
    "students",
    "driver",
    "drivers",
    "author",
    "buyer",
    "seller",
    "owner",
    "holder",
    "cardholder",
    "guest",
    "passenger",
    "applicant",
    "borrower",
    "kunde",
    "kunden",
    "mitarbeiter",
    "personne",
    "personnes",
    "salarie",
    "cliente",
    "clientes",
    "clienti",
    "persona",
    "personas",
    "persone",
    "empleado",
    "empleados",
    "dipendente",
    "dipendenti",
    "usuario",
    "usuarios",
    "utente",
    "utenti",
    "recipient",
    "sender",
    "manager",
    "agent",
    "rep",
    "salesperson",
];
const THING: &[&str] = &[
    "product",
    "prd",
    "item",
    "category",
    "brand",
    "file",
    "table",
    "company",
    "store",
    "shop",
    "city",
    "country",
    "region",
    "state",
    "campaign",
    "segment",
    "group",
    "plan",
    "role",
    "department",
    "dept",
    "firma",
    "job",
    "event",
    "column",
    "type",
];
const COMMENT: &[&str] = &[
    "comment",
    "comments",
    "note",
    "notes",
    "remark",
    "remarks",
    "feedback",
    "message",
    "review",
    "bemerkung",
    "bemerkungen",
    "kommentar",
    "notiz",
    "commentaire",
    "remarque",
    "comentario",
    "observacion",
    "observaciones",
    "commento",
    "nota",
    "body",
    "memo",
];

fn is_email(text: &str, at: usize) -> bool {
    let (local, domain) = (&text[..at], &text[at + 1..]);
    let plain = |c: char| !c.is_whitespace() && c != '@';
    let dot = domain.rfind('.');
    !local.is_empty()
        && text.len() <= 254
        && local.chars().all(plain)
        && domain.chars().all(plain)
        && dot.is_some_and(|dot| dot > 0 && domain.len() - dot > 2)
}

/// `+` and 8 to 15 digits (E.164), with the usual separators.
fn is_phone(text: &[u8]) -> bool {
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    let rest = text[1..]
        .iter()
        .all(|byte| matches!(byte, b'0'..=b'9' | b' ' | b'-' | b'.' | b'/' | b'(' | b')'));
    (8..=15).contains(&digits) && rest && text.len() <= 24
}

fn is_address(text: &str) -> bool {
    let marked = text.len() <= 45
        && text
            .bytes()
            .filter(|byte| matches!(byte, b'.' | b':'))
            .count()
            >= 2;
    marked && text.parse::<std::net::IpAddr>().is_ok()
}

/// Two letters, two digits, 11 to 30 letters or digits, and the check of ISO 13616.
fn is_iban(text: &[u8]) -> bool {
    let compact = |byte: &&u8| **byte != b' ';
    let shaped = (15..=42).contains(&text.len())
        && text[1].is_ascii_uppercase()
        && text[2].is_ascii_digit()
        && text[3].is_ascii_digit();
    let length = text.iter().filter(compact).count();
    if !shaped || !(15..=34).contains(&length) {
        return false;
    }
    let mut rest = 0_u32;
    for byte in text.iter().filter(compact).skip(4).chain(&text[..4]) {
        rest = match byte {
            b'0'..=b'9' => rest * 10 + u32::from(byte - b'0'),
            b'A'..=b'Z' => rest * 100 + u32::from(byte - b'A') + 10,
            _ => return false,
        } % 97;
    }
    rest == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(table: &str, column: &str) -> Option<PersonalKind> {
        classify(table, column, &PersonalCounts::default(), 100, 100)
    }

    fn valued(texts: &[&str]) -> Option<PersonalKind> {
        let mut counts = PersonalCounts::default();
        for text in texts {
            counts.add(text, 1);
        }
        classify("t", "c", &counts, texts.len() as u64, texts.len() as u64)
    }

    #[test]
    fn personal_by_name_in_five_languages() {
        use PersonalKind::*;
        for (column, kind) in [
            ("cst_firstname", Name),
            ("LastName", Name),
            ("Vorname", Name),
            ("prénom", Name),
            ("apellidos", Name),
            ("cognome", Name),
            ("customer_name", Name),
            ("cust_nm", Name),
            ("NomClient", Name),
            ("BDATE", BirthDate),
            ("date_of_birth", BirthDate),
            ("Geburtsdatum", BirthDate),
            ("date_naissance", BirthDate),
            ("fecha_nacimiento", BirthDate),
            ("data_di_nascita", BirthDate),
            ("E-Mail", Email),
            ("email_address", Email),
            ("correo", Email),
            ("mobile", Phone),
            ("Telefonnummer", Phone),
            ("Straße", Address),
            ("billing_address_1", Address),
            ("calle", Address),
            ("indirizzo", Address),
            ("IBAN", Identifier),
            ("SSN", Identifier),
            ("ip_address", Network),
        ] {
            assert_eq!(named("t", column), Some(kind), "{column}");
        }
        assert_eq!(named("employees", "name"), Some(Name));
    }

    #[test]
    fn names_of_things_are_not_personal() {
        for column in [
            "prd_nm",
            "product_name",
            "name",
            "category",
            "CNTRY",
            "cst_id",
            "cst_key",
            "cst_gndr",
            "cst_marital_status",
            "cst_create_date",
            "city",
            "price",
            "email_verified",
            "zip",
            "description",
            "shipping_date",
            "membership",
            "CID",
            "GEN",
            "order_state",
        ] {
            assert_eq!(named("px_cat", column), None, "{column}");
        }
        assert_eq!(named("customers", "company_name"), None);
    }

    #[test]
    fn personal_by_value() {
        assert_eq!(valued(&["a.b@example.org", "x"]), Some(PersonalKind::Email));
        assert_eq!(
            valued(&["GB82 WEST 1234 5698 7654 32"]),
            Some(PersonalKind::Identifier)
        );
        assert_eq!(
            valued(&["192.0.2.1", "2001:db8::1"]),
            Some(PersonalKind::Network)
        );
        assert_eq!(valued(&["+49 30 901820"]), Some(PersonalKind::Phone));
        let words = "she called twice and will come back on Monday morning";
        assert_eq!(valued(&[words]), Some(PersonalKind::FreeText));
        assert_eq!(
            valued(&["GB83WEST12345698765432", "1.2.3", "12:30:00", "a@b"]),
            None
        );
    }
}
