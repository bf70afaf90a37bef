package facilities

import (
	"strings"

	"masjala/importers"
	"masjala/importers/template"
)

// Kind is the name of this sort of list.
const Kind = "facilities"

// URIs proposed for what a list does not name itself.
const (
	typeSystem      = "urn:masjala:facility-type"
	ownershipSystem = "urn:masjala:facility-ownership"
	serviceSystem   = "urn:masjala:facility-service"
	statusSystem    = "urn:masjala:facility-status"
	idSystem        = proposedIDs + "{slug}"
	proposedIDs     = "urn:masjala:id:"
)

// areaRanks are headings of area columns with their rank from the top. Numbered levels, as DHIS2 and
// templates name them, come first.
var areaRanks = template.Ranks(map[string]int{
	"country": 10, "country name": 10, "pays": 10, "pais": 10, "nchi": 10, "nation": 10, "admin0": 10, "admin 0": 10,
	"zone":   15,
	"region": 20, "regiao": 20, "mkoa": 20, "health region": 20,
	"province": 25, "provincia": 25, "admin1": 25, "admin 1": 25, "adm1": 25,
	"county": 26, "state": 27, "prefecture": 28, "departement": 30, "department": 30, "governorate": 31,
	"district": 35, "distrito": 35, "wilaya": 35, "admin2": 35, "admin 2": 35, "adm2": 35,
	"health district": 36, "district sanitaire": 36, "woreda": 37,
	"council": 40, "halmashauri": 40, "municipality": 41, "local municipality": 41, "municipio": 41, "municipalite": 41, "lga": 41,
	"subcounty": 42, "sub county": 42, "subdistrict": 43, "sub district": 43, "arrondissement": 44,
	"commune": 45, "chiefdom": 46, "admin3": 47, "admin 3": 47, "adm3": 47, "zone de sante": 48,
	"division provinciale de la sante": 25, "dps": 25, "departamento": 30, "cercle": 33, "moughataa": 38, "distrito sanitario": 36, "zone sanitaire": 36,
	"health sub district": 41, "hsd": 41, "sous prefecture": 43, "posto administrativo": 44, "tehsil": 42, "taluka": 42, "taluk": 42, "block": 42, "upazila": 42, "payam": 42,
	"local level": 45, "palika": 45, "aire de sante": 52, "aire sante": 52, "health area": 52, "area de salud": 52, "parish": 52, "kebele": 52, "boma": 52, "shehia": 50,
	"المحافظة": 27, "الولاية": 27, "المنطقة": 20, "القضاء": 35, "المديرية": 40, "المحلية": 40, "الناحية": 47, "الوحدة الادارية": 47,
	"ward": 50, "kata": 50, "admin4": 51, "admin 4": 51,
}, levelWord, deepest)

// Targets are the meanings that a column of a facility list may have.
func Targets() []importers.Target {
	return template.Synonyms(append(importers.KeyTargets(), []importers.Target{
		{Name: "name", Title: "name of the facility", Needed: true, Looks: wordy, Synonyms: words("facility name|name of facility|health facility name|health facility|name|nom de la formation sanitaire|nom de la structure|nom|nome da unidade|nome|nombre del establecimiento|nombre|jina la kituo|jina|name of hospital|hospital name|clinic name|site name|facility|org unit name|org unit|organisation unit|nom fosa|nom de la fosa|nom de l etablissement|formation sanitaire|structure sanitaire|structure de sante|structure|fosa|etablissement|etablissement de sante|nome da us|unidade sanitaria|nombre de la unidad|establecimiento de salud|establecimiento|health unit|الاسم|اسم المرفق|اسم الموسسة|المرفق الصحي")},
		{Name: "alias", Title: "another name of it", Many: true, Looks: wordy, Synonyms: words("common name|official name|officialname|other name|alias|short name|former name|autre nom|nome comum|nombre comun|local name")},
		{Name: "translation", Title: "the name in another language, told by the heading: Name (fr); language says which", Many: true, Looks: wordy, Main: "name"},
		{Name: "id", Title: "identifier that tells it from all others", System: idSystem, Synonyms: words("facility number|facility code|facility id|mfl code|mfl id|master facility list code|hfr code|hfr id|site code|facility uid|uuid|uid|code|code de la structure|codigo|code fosa|id|namba ya kituo|code etablissement|code structure|matricule|codigo us|codigo da us|cod us|facility no|رمز المرفق|كود المرفق|رقم المرفق")},
		{Name: "identifier", Title: "further identifier", Many: true, System: idSystem, Synonyms: words("registration number|registration no|licence number|license number|dhis2 id|dhis2 uid|dhis id|ctc id|msd id|osm id|lmis code|hmis code|mtuha|ein|external id|other code|code")},
		{Name: "type", Title: "type of facility", System: typeSystem, Looks: wordy, Synonyms: words("facility type|type of facility|type of hospital|typeof hospital|facility type name|health facility type|type de structure|type de formation sanitaire|tipo de unidade|tipo de establecimiento|aina ya kituo|org unit type|amenity|type|category|categorie|categoria|aina|type fosa|type de fosa|type d etablissement|tipo de us|نوع المرفق|نوع الموسسة|ngazi ya kituo|level of care|facility level|niveau de soins|nivel de atencion|level|niveau|nivel")},
		{Name: "ownership", Title: "who owns it, as a class", System: ownershipSystem, Looks: wordy, Synonyms: words("ownership|ownership type|owner type|ownership category|managing authority|operator type|propriete|propriedade|propiedad|umiliki|secteur|sector|owner|proprietaire|statut juridique|appartenance|statut d appartenance|titularidad|pertenencia|entidade gestora|proprietario|mmiliki|authority|نوع الملكية|الجهة المالكة|التبعية")},
		{Name: "status", Title: "whether it works", System: statusSystem, Looks: wordy, Synonyms: words("operating status|operation status|operational status|facility status|status|statut|etat|estado|situacao|hali|fonctionnalite|functionality|functional status|حالة المرفق|حالة التشغيل")},
		{Name: "area", Title: "area it lies in, one column per level", Levels: true, Many: true, Ranks: areaRanks},
		{Name: "areaCode", Title: "code of the area of that level", Levels: true, Many: true, System: idSystem, Ranks: codeRanks()},
		{Name: "latitude", Title: "degrees north", Looks: degrees, Synonyms: words("latitude|lat|gps latitude|latitude gps|y coordinate|latitud|y coord|coord y|coordonnee y|coordenada y")},
		{Name: "longitude", Title: "degrees east", Looks: degrees, Synonyms: words("longitude|long|lon|lng|gps longitude|longitude gps|longtitude|x coordinate|longitud|x coord|coord x|coordonnee x|coordenada x")},
		{Name: "coordinates", Title: "latitude and longitude in one cell", Looks: twoDegrees, Synonyms: words("coordinates|gps coordinates|gpscoordinates|gps|geo coordinates|coordonnees gps|coordonnees|coordenadas|lat long|latitude longitude|geolocation|geopoint|الاحداثيات")},
		{Name: "altitude", Title: "metres above the sea", Looks: degrees, Synonyms: words("altitude|elevation|altitud|mwinuko")},
		{Name: "phone", Title: "telephone", Many: true, Looks: importers.PhoneLike, Synonyms: words("official phone number|phone number|telephone number|telephone|phone|mobile|mobile number|tel|contact number|numero de telephone|telefone|telefono|simu|contact|celular|telemovel|namba ya simu|الهاتف|رقم الجوال")},
		{Name: "email", Title: "e-mail address", Many: true, Looks: mailLike, Synonyms: words("official email|email|e mail|email address|courriel|correio|correo|barua pepe")},
		{Name: "website", Title: "web page", Looks: webLike, Synonyms: words("website|web site|webpage|web page|url|site web|tovuti")},
		{Name: "contact", Title: "person to ask", Looks: wordy, Synonyms: words("contact person|person in charge|in charge|facility in charge|responsable|responsavel|ceo|mganga mfawidhi")},
		{Name: "address", Title: "where it stands, in words", Synonyms: words("physical address|street address|full address|address|addr full|adresse|endereco|direccion|anwani|location description|village street")},
		{Name: "postalAddress", Title: "postal address", Synonyms: words("postal address|po box|p o box|boite postale|caixa postal|sanduku la posta|sanduku la barua")},
		{Name: "city", Title: "town", Looks: wordy, Synonyms: words("town|city|ville|cidade|ciudad|mji")},
		{Name: "postalCode", Title: "postal code", Synonyms: words("postal code|postcode|zip code|zip|code postal|codigo postal")},
		{Name: "opened", Title: "day it opened", Synonyms: words("date opened|opening date|date of opening|opened|date d ouverture|data de abertura|fecha de apertura|tarehe ya kufunguliwa|mise en service|date de creation|annee de creation|annee d ouverture|ano de abertura|year opened|year established|date established|سنة الافتتاح")},
		{Name: "service", Title: "services that it offers", Many: true, Marks: ";|\n,", System: serviceSystem, Looks: wordy, Synonyms: words("services|service|service names|services offered|services provided|service name|services de sante|prestations|servicos|servicos oferecidos|servicios|huduma|huduma zinazotolewa")},
		{Name: "offers", Title: "yes or no, under the name of a service", Many: true, System: serviceSystem, Looks: yesOrNo, Synonyms: words("opd|outpatient|inpatient|maternity|laboratory|pharmacy|immunization|immunisation|vaccination|hiv|art|pmtct|tb|tuberculosis|dental|dental care|radiology|x ray|ultrasound|surgery|theatre|anc|antenatal care|pnc|postnatal care|family planning|emergency|ambulance|blood bank|mortuary|nutrition|eye care|mental health|physiotherapy|maternite|laboratoire|pharmacie|maternidade|laboratorio|farmacia|urgences|consulta externa")},
		{Name: "beds", Title: "number of beds; year: of which year, when the list has several", Years: true, Looks: bedsLike, Synonyms: words("beds|number of beds|no of beds|bed count|bed capacity|total beds|total number of beds|hospital beds|inpatient beds|lits|nombre de lits|nb de lits|nbre de lits|nombre total de lits|capacite en lits|camas|numero de camas|no de camas|total de camas|leitos|numero de leitos|vitanda|idadi ya vitanda|الاسرة|عدد الاسرة")},
		{Name: "hours", Title: "opening hours, in words", Synonyms: words("opening hours|opening times|operating hours|hours of operation|working hours|heures d ouverture|horario|horaires|saa za kazi")},
		{Name: "allDay", Title: "open day and night: yes or no", Looks: yesOrNo, Synonyms: words("open whole day|open 24 hours|24 hours|open 24 7")},
	}...), fields)
}

func words(list string) []string { return strings.Split(list, "|") }

// codeRanks are the headings of code columns: each area heading with "code" or "id" after it.
func codeRanks() map[string]int {
	out := map[string]int{}
	for name, rank := range areaRanks {
		out[name+" code"] = rank
		out[name+" id"] = rank
		out["code "+name] = rank
	}
	return out
}
