//! Which columns hold personal data by their names: English, German, French, Spanish, Italian,
//! Dutch, Portuguese and Polish, and the abbreviations of those who name columns.
//!
//! A miss shows a person's data to whoever reads the context; a false alarm hides some values of a
//! harmless column. The lists lean towards false alarms, except where the name of a product or of a
//! place would be hidden from every planner.

use silversmith_types::evidence::PersonalKind;
use silversmith_types::words;

use crate::context::is_in;

/// What the values of a column are by its name and that of its table, if the names say so.
pub fn column_kind(table: &str, column: &str) -> Option<PersonalKind> {
    let name = Name {
        words: words(column),
        table: words(table),
        joined: words(column).concat(),
    };
    if name.has(FLAG) {
        // `email_verified`, `phone_type`: about the thing, and not the thing itself.
        return None;
    }
    let by_words = KINDS
        .iter()
        .find(|(_, whole, parts)| name.has(whole) || name.holds(parts));
    by_words
        .map(|(kind, ..)| *kind)
        .or_else(|| name.only_of_a_person())
}

/// The words of a column's name and of its table's.
struct Name {
    words: Vec<String>,
    table: Vec<String>,
    joined: String,
}

impl Name {
    fn has(&self, list: &str) -> bool {
        self.words.iter().any(|word| is_in(word, list))
    }

    fn holds(&self, parts: &str) -> bool {
        parts
            .split_ascii_whitespace()
            .any(|part| self.joined.contains(part))
    }

    /// What is personal beside a person alone: `name`, `city`, `health`.
    fn only_of_a_person(&self) -> Option<PersonalKind> {
        let of_table = self.table.iter().any(|word| is_in(word, PERSON));
        let of_person = of_table || self.has(PERSON);
        let with_name = |who: &str| {
            let rest = self.joined.strip_prefix(who);
            rest.is_some_and(|rest| NAME.split(' ').any(|name| name == rest))
        };
        let is_name = self.has(NAME) || PERSON.split_ascii_whitespace().any(with_name);
        if is_name && of_person && !self.has(THING) {
            return Some(PersonalKind::Name);
        }
        let is_place = self.has(PLACE)
            || self.holds("postalcode postcode postleitzahl zipcode codepostal codigopostal");
        if is_place && of_person {
            return Some(PersonalKind::Address);
        }
        (self.has(SPECIAL_OF_PERSON) && of_person).then_some(PersonalKind::Special)
    }
}

const FLAG: &str = "verified valid type status flag count provider domain opt optin consent allowed enabled \
    is has";

/// Kinds with whole words, and with parts of the name without its separators; the first that fits.
const KINDS: &[(PersonalKind, &str, &str)] = &[
    (PersonalKind::Secret, SECRET, SECRET_PARTS),
    (
        PersonalKind::Email,
        "mail correo posta poczta",
        "email courriel correoelectronico postaelettronica",
    ),
    (
        PersonalKind::Network,
        "ip ipv mac imei imsi msisdn cookie",
        "ipaddr macaddr useragent deviceid adresseip cookieid",
    ),
    (
        PersonalKind::BirthDate,
        "dob bdate bday birth birthday birthdate born geboren gebdat gebdatum geb ddn geboortedatum nascimento \
         urodzenia dataurodzenia datanasc",
        "birth geburt naissance nacimiento nascita geboorte nascimento urodzen",
    ),
    (
        PersonalKind::Phone,
        PHONE,
        "phone telefon cellulare telefoon telemovel numertel",
    ),
    (
        PersonalKind::PaymentCard,
        "cvv cvc",
        "creditcard cardnumber cardno kreditkart cartebancaire tarjetacredito",
    ),
    (
        PersonalKind::BankAccount,
        "iban bic",
        "kontonummer bankaccount accountiban rekeningnummer numerokonta numerodecuenta swiftcode",
    ),
    (PersonalKind::Identifier, IDENTIFIER, IDENTIFIER_PARTS),
    (PersonalKind::Special, SPECIAL, SPECIAL_PARTS),
    (
        PersonalKind::Address,
        ADDRESS,
        "hausn adress address strasse street indirizzo direccion wohnort numerodom",
    ),
    (PersonalKind::Name, OWN_NAME, OWN_NAME_PARTS),
];

const SECRET: &str = "password passwd pwd passwort kennwort passphrase contrasena motdepasse wachtwoord senha \
    haslo apikey otp";
const SECRET_PARTS: &str = "password apikey accesstoken authtoken refreshtoken sessiontoken apitoken clientsecret \
    secretkey privatekey apisecret motdepasse";
const PHONE: &str = "tel phone mobile mobil cell handy fax telefono movil portable telephone telefon handynr \
    telnr celular telefone tlf telf telefoon komorka mob natel gsm";
const IDENTIFIER: &str = "ssn sin nino iban passport nif dni nie insee nir bsn ahv avs svnr cpf curp rfc pesel \
    cuil tin steuernummer sozialversicherungsnummer personalausweis personnummer cpr nhs aadhaar ssin niss \
    itin nas plate licenseplate kennzeichen kenteken matricula targa paszport reisepass pasaporte passaporto \
    passeport paspoort versichertennummer svnummer";
const IDENTIFIER_PARTS: &str = "passport socialsecurity taxid taxnumber steuerid steuernummer nationalid driverslicen \
    driverlicen drivinglicen codicefiscale nationalinsurance sozialversicherung licenseplate numberplate \
    numerosecu securitesociale burgerservice rijksregister identitycard idcardn ausweisn fuhrerschein dowodosobist";
const SPECIAL: &str = "religion religious religione religiao religie konfession wyznanie faith ethnicity ethnic ethnie \
    etnia ethnizitat disability disabilities handicap behinderung discapacidad diagnosis diagnose diagnostico \
    diagnoza disease illness krankheit maladie enfermedad malattia ziekte doenca choroba medication medikament \
    allergy allergies allergie pregnant pregnancy hiv genetic biometric fingerprint gewerkschaft sindicato \
    sindacato vakbond syndicat gesundheit sante salud salute gezondheid saude zdrowie icd icd10";
const SPECIAL_PARTS: &str = "religion ethnicity sexualorientation sexuelleorient orientationsexuelle orientacionsexual \
    orientamentosessuale seksuele tradeunion unionmember politicalparty politicalopinion politicalview \
    bloodtype bloodgroup blutgruppe healthcondition healthinsur healthstatus krankenkasse medicalcondition \
    medicalhistory criminalrecord genderidentity";
/// Of a person special, of a server or a query not.
const SPECIAL_OF_PERSON: &str = "health medical race union party politics religia";
const ADDRESS: &str = "addr addr1 addr2 street rue calle direccion domicilio indirizzo strasse str via adresse anschrift \
    latitude longitude lat lon lng straat adres ulica morada rua endereco wohnort geolocation gps pobox postfach";
/// Of a person an address, of a shop a place.
const PLACE: &str = "city town plz zip postal postcode cp cap ort stadt ville ciudad citta cidade stad plaats \
    miasto woonplaats localidad comune commune suburb village";
const OWN_NAME: &str = "surname forename vorname nachname prenom apellido apellidos cognome familienname rufname fname \
    lname firstname lastname fullname middlename username login nickname maiden voornaam achternaam imie \
    nazwisko sobrenome apelido initials geburtsname";
const OWN_NAME_PARTS: &str = "firstname lastname fullname middlename maidenname givenname familyname surname vorname \
    nachname firstnm lastnm nomdefamille displayname nomusuel primernombre cardholder kontoinhaber username";
const NAME: &str = "name names nm nom nombre nome naam nazwa";
const PERSON: &str = "customer customers cust cst client clients person persons people user users employee employees \
    emp staff contact contacts patient patients member members student students driver drivers author buyer \
    seller owner holder cardholder guest passenger applicant borrower kunde kunden mitarbeiter personne \
    personnes salarie cliente clientes clienti persona personas persone empleado empleados dipendente \
    dipendenti usuario usuarios utente utenti recipient sender manager agent rep salesperson klant klanten \
    medewerker medewerkers klient klienci pracownik pracownicy funcionario funcionarios paciente pacientes \
    paziente pazienti patienten patienci beneficiary subscriber subscribers resident residents tenant \
    tenants insured donor donors candidate candidates personal kundin";
const THING: &str = "product prd item category brand file table company store shop city country region state campaign \
    segment group plan role department dept firma job event column type";

#[cfg(test)]
mod tests {
    use super::*;
    use PersonalKind::*;

    #[test]
    fn personal_by_name_in_eight_languages() {
        for (column, kind) in [
            ("cst_firstname", Name),
            ("LastName", Name),
            ("Vorname", Name),
            ("prénom", Name),
            ("apellidos", Name),
            ("cognome", Name),
            ("voornaam", Name),
            ("sobrenome", Name),
            ("Nazwisko", Name),
            ("customer_name", Name),
            ("cust_nm", Name),
            ("NomClient", Name),
            ("user_name", Name),
            ("BDATE", BirthDate),
            ("cust_dob", BirthDate),
            ("date_of_birth", BirthDate),
            ("Geburtsdatum", BirthDate),
            ("date_naissance", BirthDate),
            ("fecha_nacimiento", BirthDate),
            ("data_di_nascita", BirthDate),
            ("geboortedatum", BirthDate),
            ("data_nascimento", BirthDate),
            ("data_urodzenia", BirthDate),
            ("E-Mail", Email),
            ("email_address", Email),
            ("e-mail address", Email),
            ("correo", Email),
            ("mobile", Phone),
            ("tel_nr", Phone),
            ("Telefonnummer", Phone),
            ("telemóvel", Phone),
            ("Straße", Address),
            ("billing_address_1", Address),
            ("calle", Address),
            ("indirizzo", Address),
            ("straat", Address),
            ("endereço", Address),
            ("ulica", Address),
            ("homeLatitude", Address),
            ("IBAN", BankAccount),
            ("credit_card_no", PaymentCard),
            ("SSN", Identifier),
            ("ahv_nr", Identifier),
            ("SteuerID", Identifier),
            ("PESEL", Identifier),
            ("passport_no", Identifier),
            ("license_plate", Identifier),
            ("ip_address", Network),
            ("religion", Special),
            ("Konfession", Special),
            ("sexual_orientation", Special),
            ("trade_union_member", Special),
            ("diagnosis_code", Special),
            ("ethnicity", Special),
            ("password_hash", Secret),
            ("apiKey", Secret),
        ] {
            assert_eq!(column_kind("t", column), Some(kind), "{column}");
        }
    }

    #[test]
    fn some_names_are_personal_in_tables_of_people_alone() {
        for (column, kind) in [
            ("name", Name),
            ("plz", Address),
            ("City", Address),
            ("postal_code", Address),
            ("health", Special),
        ] {
            assert_eq!(column_kind("employees.csv", column), Some(kind), "{column}");
            assert_eq!(column_kind("branches.csv", column), None, "{column}");
        }
        assert_eq!(column_kind("customers", "company_name"), None);
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
            "page_orientation",
            "health_check",
            "diagnostics",
            "token_count",
            "union_id",
            "race_id",
            "instruction_manual",
            "system_id",
            "latency",
            "platform",
            "platelet",
            "birthrate_flag",
            "slug",
            "MAINTENANCE",
            "via_count",
        ] {
            assert_eq!(column_kind("px_cat", column), None, "{column}");
        }
    }
}
