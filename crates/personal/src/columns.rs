//! Which columns hold personal data by their names, in eight languages and their abbreviations.
//!
//! A miss shows a person's data to whoever reads the context; a false alarm hides some values of a
//! harmless column. The lists lean towards false alarms, except where the name of a product or of a
//! place would be hidden from every planner.

use silversmith_types::evidence::PersonalKind;
use silversmith_types::words;

/// What the values of a column are by its name and that of its table, if the names say so.
pub fn column_kind(table: &str, column: &str) -> Option<PersonalKind> {
    let name = &words(column);
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
