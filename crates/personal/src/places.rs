//! Names of places that make a number beside them a postal code.

use crate::context::is_in;

/// Larger towns of Germany, Austria, Switzerland, France, Italy, Spain, Portugal, the Benelux, Poland
/// and the North, without accents and in lower case.
const TOWNS: &str = "aachen aarau aarhus alicante almere amadora amiens amsterdam ancona angers antwerpen antwerp apeldoorn arnhem \
    arosa augsburg aveiro baden barcelona bari basel bayonne bellinzona bergamo bergen berlin bern berne besancon \
    bialystok biel bielefeld bilbao bochum bologna bolzano bonn bordeaux braga braunschweig breda bregenz bremen brescia \
    brest brugge brussel brussels bruxelles budapest bydgoszcz caen cagliari catania charleroi chemnitz chur coimbra \
    copenhagen cordoba czestochowa darmstadt davos delft dijon dortmund dornbirn dresden duisburg dusseldorf eindhoven \
    emmen enschede erfurt erlangen espoo essen evora faro feldkirch firenze florence frankfurt frauenfeld freiburg \
    fribourg funchal furth gdansk gdynia gelsenkirchen geneve geneva genf genova gent ghent glarus goteborg granada graz \
    grenoble groningen haarlem hagen halle hamburg hannover heidelberg heilbronn helsinki herisau ingolstadt innsbruck \
    jena kaiserslautern karlsruhe kassel katowice kiel klagenfurt kobenhavn koblenz koln cologne konstanz konigstein \
    krakow krefeld kreuzlingen lausanne leeuwarden leiden leipzig leverkusen liege liestal lille limoges linz lisboa \
    lisbon locarno lodz lubeck lublin ludwigshafen lugano luxembourg luzern lucerne lyon maastricht madrid magdeburg \
    mainz malaga malmo mannheim marburg marseille martigny messina metz milano milan modena montpellier montreux \
    mulhouse munchen munich munster murcia namur nancy nantes napoli naples neuchatel nice nijmegen nimes nurnberg \
    odense oldenburg olten orleans oslo osnabruck oviedo padova paderborn palermo palma pamplona paris parma perugia \
    pescara pforzheim pisa porto potsdam poznan praha prague rapperswil regensburg reims rennes rimini roma rome \
    rosenheim rostock rotterdam rouen saarbrucken salerno salzburg santander saragossa zaragoza schaffhausen schwyz \
    setubal sevilla seville siegen siena sion solingen solothurn stavanger stockholm strasbourg stuttgart szczecin tampere \
    tarragona thun tilburg torino turin torun toulon toulouse tours trento trier trieste trondheim turku uppsala uster \
    utrecht valencia valladolid vantaa venezia venice verona versailles vevey vicenza vigo villach vitoria warszawa warsaw \
    weimar wels wien vienna wiesbaden wil winterthur wolfsburg wroclaw wuppertal wurzburg yverdon zug zurich zwolle \
    dublin cork galway london manchester birmingham leeds glasgow edinburgh liverpool bristol cardiff belfast";
const TWO_WORDS: &[&str] = &[
    "den haag",
    "la chaux",
    "le havre",
    "st gallen",
    "sankt gallen",
    "saint etienne",
    "san sebastian",
    "bad homburg",
    "frankfurt am",
    "le mans",
    "la rochelle",
    "reggio emilia",
    "las palmas",
    "vila nova",
];

const STATES: &str = "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK \
    OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC PR";

const BRITISH_AREAS: &str = "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN \
    EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR \
    NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF \
    WN WR WS WV YO ZE";

/// Whether this is a town, in lower case and without accents.
pub(crate) fn is_town(name: &str) -> bool {
    is_in(name, TOWNS) || TWO_WORDS.contains(&name)
}

/// Whether this is the sign of a state of the United States.
pub(crate) fn is_state(sign: &str) -> bool {
    sign.len() == 2 && is_in(sign, STATES)
}

/// Whether British postal codes begin with these letters.
pub(crate) fn is_british_area(area: &str) -> bool {
    matches!(area.len(), 1 | 2) && is_in(area, BRITISH_AREAS)
}
