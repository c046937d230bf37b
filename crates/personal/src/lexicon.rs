//! Words that say what stands beside them, in the languages that we read. Lower case and without
//! accents; a word that ends in `*` stands for all that begin so.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

use crate::line::bare;

/// A list of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is named as the recogniser that reads it")]
pub(crate) enum List {
    Filler,
    Number,
    Email,
    At,
    Dot,
    Card,
    Iban,
    Phone,
    UsItin,
    UsSsn,
    UsEin,
    ChAhv,
    AtSvnr,
    DeSteuerId,
    DeTax,
    UkNhs,
    UkUtr,
    FrNir,
    PlPesel,
    NlBsn,
    BeRrn,
    SePnr,
    DkCpr,
    NoFnr,
    PtNif,
    BrCpf,
    InAadhaar,
    CaSin,
    AuTfn,
    AuMedicare,
    CzRc,
    TrTckn,
    HrOib,
    ZaId,
    KrRrn,
    JpMyNumber,
    RoCnp,
    ClRut,
    Nhi,
    NationalId,
    TaxId,
    InsuredId,
    Passport,
    Driving,
    Plate,
    Vat,
    Lettered,
    Insured,
    Account,
    Bank,
    Bic,
    Imei,
    Ip,
    Cvv,
    Pin,
    Birth,
    Key,
    Password,
    Secret,
    Is,
    Place,
    Login,
    Version,
    PoBox,
    Address,
    Title,
    Role,
    Named,
    StreetEnglish,
    StreetRomance,
    StreetFrench,
    StreetGerman,
    GermanBefore,
    StreetParticle,
    NoStreet,
    Box,
    NameParticle,
}

/// The lists that a word is in, one bit for each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Lists(u128);

impl Lists {
    /// Whether the word is in this one.
    pub(crate) fn has(self, list: List) -> bool {
        self.0 & (1 << list as u8) != 0
    }

    /// Whether the word is in none.
    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn insert(&mut self, list: List) {
        self.0 |= 1 << list as u8;
    }

    fn extend(&mut self, other: Lists) {
        self.0 |= other.0;
    }
}

/// The lists that hold the word as a text has it, or a part of it that starts with a capital.
pub(crate) fn lists_of(word: &str) -> Lists {
    let mut lists = look_up(&bare(word));
    let mut pairs = word.bytes().zip(word.bytes().skip(1));
    let is_joined = pairs.any(|(a, b)| a.is_ascii_lowercase() && b.is_ascii_uppercase());
    if is_joined {
        for part in silversmith_types::words(word) {
            lists.extend(look_up(&part));
        }
    }
    lists
}

/// Shortest beginning that a word with `*` has.
const SHORTEST: usize = 3;

/// FNV-1a, without a seed: the words in the map are ours, so nobody can choose them to collide.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
}

type Map<K, V> = HashMap<K, V, BuildHasherDefault<Fnv>>;

struct Lexicon {
    words: Map<&'static str, Lists>,
    /// Words with `*`, by their first letters.
    beginnings: Map<&'static [u8], Vec<(&'static str, Lists)>>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut lexicon = Lexicon {
        words: Map::default(),
        beginnings: Map::default(),
    };
    for (list, words) in LISTS {
        for word in words.split_ascii_whitespace() {
            match word.strip_suffix('*') {
                None => lexicon.words.entry(word).or_default().insert(*list),
                Some(beginning) => {
                    let mut lists = Lists::default();
                    lists.insert(*list);
                    let same = lexicon
                        .beginnings
                        .entry(&beginning.as_bytes()[..SHORTEST])
                        .or_default();
                    same.push((beginning, lists));
                }
            }
        }
    }
    lexicon
});

fn look_up(word: &str) -> Lists {
    let mut lists = LEXICON.words.get(word).copied().unwrap_or_default();
    let beginnings = word
        .as_bytes()
        .get(..SHORTEST)
        .and_then(|start| LEXICON.beginnings.get(start));
    for (beginning, more) in beginnings.into_iter().flatten() {
        if word.starts_with(beginning) {
            lists.extend(*more);
        }
    }
    lists
}

static LISTS: &[(List, &str)] = &[
    (
        List::Filler,
        "number numbers no nr num nbr nummer numero n id is was on the my his her their our your \
         of der die das ist lautet mein meine seine ihre unter am le la el il es est e de du del \
         di et at und and a as with value code card to me us under reach him them in mit vom \
         please bitte new old neue alte private work home office privat",
    ),
    (
        List::Number,
        "number no nr num nbr nummer numero n id numer numeru",
    ),
    (
        List::Email,
        "email* e mail* courriel* correo* posta write contact* kontakt*",
    ),
    (
        List::At,
        "at aet arroba chiocciola arobase klammeraffe malpa snabel",
    ),
    (List::Dot, "dot punkt point punto ponto kropka punt tocka"),
    (
        List::Card,
        "card* creditcard* kreditkarte* karte* kartennummer visa mastercard amex maestro discover \
         diners carte tarjeta carta cartao kaart karta karty pan cc debit",
    ),
    (List::Iban, "iban"),
    (
        List::Phone,
        "tel telefon* telephone* phone* mobile mobil mob cell cellphone handy* fax telefax call* \
         whatsapp sms signal hotline rufnummer telnr natel portable cellulare movil celular gsm \
         komorka tlf telemovel fon fono ring dial anrufen ruf rufen puh mobiltelefon durchwahl \
         appelez llamar chiama telf msisdn text",
    ),
    (List::UsItin, "itin taxpayer"),
    (
        List::UsSsn,
        "ssn ssns social socialsecurity* sozialversicherung*",
    ),
    (List::UsEin, "ein fein employer"),
    (List::ChAhv, "ahv avs ahvn* svnr"),
    (
        List::AtSvnr,
        "svnr sv sozialversicherung* versicherung* svn",
    ),
    (
        List::DeSteuerId,
        "steuer* idnr tin identifikation* steueridentifikation* tax",
    ),
    (List::DeTax, "steuernummer stnr steuer*"),
    (List::UkNhs, "nhs"),
    (List::UkUtr, "utr"),
    (List::FrNir, "nir insee secu* social* ss"),
    (List::PlPesel, "pesel*"),
    (List::NlBsn, "bsn burgerservice* sofi*"),
    (
        List::BeRrn,
        "rijksregister* national* registre niss rrn insz",
    ),
    (List::SePnr, "personnummer pnr personnr samordning*"),
    (List::DkCpr, "cpr*"),
    (List::NoFnr, "fodsels* fnr personnummer"),
    (List::PtNif, "nif contribuinte nipc fiscal"),
    (List::BrCpf, "cpf"),
    (List::InAadhaar, "aadhaar aadhar uidai"),
    (List::CaSin, "sin nas insurance assurance"),
    (List::AuTfn, "tfn"),
    (List::AuMedicare, "medicare"),
    (List::CzRc, "rodne rc rodnecislo"),
    (List::TrTckn, "tckn tc kimlik"),
    (List::HrOib, "oib"),
    (List::ZaId, "identity south rsa"),
    (List::KrRrn, "rrn resident"),
    (List::JpMyNumber, "mynumber individual"),
    (List::RoCnp, "cnp"),
    (List::ClRut, "rut"),
    (List::Nhi, "patientnumber mrn medical"),
    (
        List::NationalId,
        "identity ausweis* personalausweis* identitats* identite cni dni cedula documento idcard \
         id-card nationalid identificacion identita carte-identite dowod dowodu identiteitskaart \
         kimlik identidad rg identificativo",
    ),
    (
        List::TaxId,
        "tin taxid taxpayer nip cif siren siret codfiscal fiscal vat ust ustid tva iva gst",
    ),
    (
        List::InsuredId,
        "versichertennummer versichertennr krankenversicherung* kvnr sozialversicherung* \
         versicherungsnummer",
    ),
    (
        List::Passport,
        "passport* passnummer passnr reisepass* passeport* pasaporte* passaporto* paspoort* \
         paszport* passaporte*",
    ),
    (
        List::Driving,
        "driver* drivers driving licence* license* fuhrerschein* permis conduire conducir patente \
         rijbewijs* prawo conducao dl",
    ),
    (
        List::Plate,
        "plate* numberplate registration kennzeichen nummernschild immatriculation matricula \
         targa kenteken rejestracja rejestracyjny kontrollschild autonummer licenseplate",
    ),
    (
        List::Vat,
        "vat ust ustid* tva iva mwst btw nip partita umsatzsteuer* uid gst mva moms",
    ),
    (
        List::Lettered,
        "identity ausweis* personalausweis* identite cni dni nie cedula idcard identificacion \
         identita dowod identiteitskaart identidad nino insurance ni pps ppsn nric fin curp rfc \
         pan hetu fiscale fiscal codicefiscale steuer* tin",
    ),
    (
        List::Insured,
        "versichertennummer versichertennr versicherungsnummer krankenversicherung* \
         krankenversichertennummer insurance policy policennummer mutuelle kvnr patient \
         patientennummer mrn medicaid medicare svnr sozialversicherung* rentenversicherung* \
         medical health nhs",
    ),
    (
        List::Account,
        "account acct accounts kontonummer konto compte cuenta conto rekening* bankverbindung",
    ),
    (
        List::Bank,
        "sort routing aba bsb blz bankleitzahl kontonummer kontonr rekeningnummer clabe ifsc",
    ),
    (List::Bic, "bic swift"),
    (
        List::Ip,
        "ip ipv4 address host adresse ipaddress client remote",
    ),
    (List::Imei, "imei imsi iccid"),
    (List::Cvv, "cvv cvc cvv2"),
    (List::Pin, "pin puk otp"),
    (
        List::Birth,
        "born dob birth* bday geboren geb geburt* geburtsdatum ne nee naissance nacido nacida \
         nacimiento nato nata nascita nascido nascida nascimento geboorte* gebdat gebdatum \
         urodzon* urodzenia ddn fodt fodd syntynyt bdate nais",
    ),
    (
        List::Key,
        "key keys secret* token* credential* apikey api auth bearer signature access password \
         passwort",
    ),
    (
        List::Password,
        "password* passwd pwd passwort* kennwort passphrase passcode contrasena \
         wachtwoord senha haslo motdepasse passe pass pw",
    ),
    (
        List::Secret,
        "secret apikey token apitoken accesskey secretkey accesstoken authtoken clientsecret privatekey credentials bearer auth authorization api_key access_key secret_key private_key auth_key encryption_key",
    ),
    (List::Is, "is ist est es lautet was war e jest"),
    (
        List::Place,
        "lat lon lng latitude longitude gps coordinate* koordinaten coordonnees coordenadas \
         location geo standort position",
    ),
    (
        List::Login,
        "username user login handle twitter github instagram telegram slack discord benutzername \
         utilisateur usuario utente gebruikersnaam nickname nick screenname userid uname",
    ),
    (
        List::Version,
        "version versions v release ver oid section chapter build",
    ),
    (List::PoBox, "postfach apartado postbus"),
    (
        List::Address,
        "address* adresse* anschrift addr lives living wohnt wohnhaft habite domicilie vive \
         reside* wohnort direccion indirizzo adres endereco morada domicilio ship* deliver* \
         lieferadresse plz city stadt ort home zip postcode postleitzahl ville located",
    ),
    (
        List::Title,
        "mr mrs ms miss mx dr prof sir madam madame mme mlle monsieur mademoiselle herr herrn \
         frau fraulein hr senor senora srta sra sr signor signora signorina sig dott dottore \
         dottoressa mevrouw dhr mevr meneer senhor senhora pani rev lady dame fru hra rouva \
         professor doctor don dona capt lt sgt",
    ),
    (
        List::Role,
        "customer* client* contact* employee* patient* user named name names surname owner buyer \
         seller member student driver author applicant tenant guest recipient sender manager \
         agent colleague wife husband son daughter mother father kunde kunden kundin mitarbeiter \
         mitarbeiterin patientin ansprechpartner ansprechpartnerin sachbearbeiter \
         sachbearbeiterin nutzer nutzerin kontakt kollege kollegin inhaber namens heisst heisse \
         cliente clienta empleado empleada paciente contacto llama llamo usuario utente \
         dipendente paziente contatto chiama nomme appelle salarie salariee interlocuteur klant \
         klantnaam medewerker klient klientka pracownik signed regards sincerely gruss grusse \
         cordialement saludos saluti attn attention dear hello hi lieber liebe sehr cher chere \
         estimado estimada gentile caro cara hallo hola bonjour ciao ask call told by from nom \
         nombre nome naam imie nazwisko vorname nachname firstname lastname fullname prenom \
         apellido apellidos cognome steward reviewer prepared",
    ),
    (
        List::Named,
        "name names named fullname surname vorname nachname firstname lastname nom prenom nombre \
         apellido apellidos nome cognome naam imie nazwisko customer client kunde kundin contact \
         ansprechpartner ansprechpartnerin kontakt contacto contatto interlocuteur employee \
         patient patientin author owner cliente empleado empleada paciente paziente dipendente \
         klant klient mitarbeiter mitarbeiterin sachbearbeiter sachbearbeiterin signed steward \
         attn namens llama chiama heisst appelle inhaber kontoinhaber titulaire recipient sender \
         manager",
    ),
    (
        List::StreetEnglish,
        "street st ave avenue road rd lane ln drive dr boulevard blvd way court ct place pl \
         square sq terrace close crescent highway hwy parkway pkwy circle gardens grove mews row \
         walk quay broadway alley turnpike",
    ),
    (
        List::StreetRomance,
        "via viale piazza piazzale corso vicolo largo strada calle avenida avda plaza paseo \
         carrer carrera rua travessa praca estrada ronda camino ul ulica aleja al plac os osiedle",
    ),
    (
        List::StreetFrench,
        "rue avenue av boulevard bd place chemin impasse allee quai cours route square passage \
         faubourg ruelle sentier",
    ),
    (
        List::StreetGerman,
        "strasse str weg platz allee gasse ring ufer damm",
    ),
    (List::GermanBefore, "am an auf im in unter zum zur"),
    (
        List::StreetParticle,
        "de du des la le les l d della delle dei degli del dello di da dos das do el los las san \
         saint sainte st y e van den der het ter und",
    ),
    (
        List::NoStreet,
        "the a an this that one each no same long best right only by in all any other wrong \
         either table column row rows nulls records values null sales data per first last",
    ),
    (
        List::Box,
        "p po gpo boite casella caixa skrytka apartado postfach postbus",
    ),
    (
        List::NameParticle,
        "von van de der den da di del della dello dos das du la le el al bin ibn ben ter ten zu \
         zum y e af av of st mac mc vom dalla degli do i",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_their_lists() {
        assert!(lists_of("Telefonnummer").has(List::Phone));
        assert!(lists_of("TEL").has(List::Phone) && !lists_of("hotel").has(List::Phone));
        assert!(lists_of("custSsn").has(List::UsSsn));
        assert!(lists_of("né").has(List::Birth) && lists_of("Señora").has(List::Title));
        assert!(lists_of("marmalade").is_empty());
    }

    #[test]
    fn words_are_written_as_they_are_looked_up() {
        for (list, words) in LISTS {
            for word in words.split_ascii_whitespace() {
                let plain = word.trim_end_matches('*');
                assert_eq!(bare(plain), plain, "{list:?}");
                assert!(
                    word.is_ascii() && (plain == word || plain.len() >= SHORTEST),
                    "{word}"
                );
            }
        }
    }
}
