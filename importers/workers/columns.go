package workers

import (
	"regexp"
	"strings"
	"unicode"

	"masjala/importers"
	"masjala/importers/template"
)

// Targets are what the columns of a worker list may mean.
var Targets = template.Synonyms(append(importers.KeyTargets(), []importers.Target{
	{Name: postTarget, Title: "id of the post in this registry", Literal: true, Synonyms: []string{importers.HeadKey(postHeading)}},
	{Name: "identifier", Title: "a number that identifies the person; system: its URI", Many: true, System: proposedIDs + "{slug}",
		Synonyms: []string{"employee number", "employee no", "employee id", "staff number", "staff no", "staff id", "payroll number", "payroll no", "personnel number", "pf number",
			"national id", "national id number", "id number", "nid", "passport", "passport number", "registration number", "worker id", "practitioner id", "matricule",
			"numero matricule", "carte d identite", "numero funcionario", "bi", "numero de empleado", "cedula", "namba ya mwajiriwa", "kitambulisho", "nida"}},
	{Name: "family", Title: "family name", Synonyms: []string{"surname", "family name", "last name", "nom", "nom de famille", "apelido", "sobrenome", "apellido", "apellidos", "jina la ukoo"}},
	{Name: "given", Title: "given names; may be several cells", Many: true, Synonyms: []string{"given name", "given names", "first name", "first names", "forename", "other names", "middle name", "second name", "third name", "prenom", "prenoms", "nome proprio", "nombre de pila", "nombres", "jina la kwanza"}},
	{Name: "name", Title: "the whole name in one cell", Synonyms: []string{"name", "full name", "names", "employee name", "staff name", "worker name", "nom et prenom", "nom complet", "nome", "nome completo", "nombre completo", "jina", "jina kamili"}},
	{Name: "prefix", Title: "title before the name", Synonyms: []string{"prefix", "title", "salutation", "titre", "titulo", "cheo cha heshima"}},
	{Name: "suffix", Title: "what stands after the name", Synonyms: []string{"suffix"}},
	{Name: "maiden", Title: "family name before marriage", Synonyms: []string{"maiden name", "nom de jeune fille", "nome de solteira", "apellido de soltera"}},
	{Name: "gender", Title: "female, male, other", Synonyms: []string{"gender", "sex", "sexe", "genre", "sexo", "genero", "jinsia"}},
	{Name: "birthDate", Title: "date of birth", Synonyms: []string{"birth date", "date of birth", "dob", "born", "date de naissance", "data de nascimento", "fecha de nacimiento", "tarehe ya kuzaliwa"}},
	{Name: "phone", Title: "telephone", Many: true, Looks: importers.PhoneLike, Synonyms: []string{"phone", "phone number", "telephone", "mobile", "mobile number", "cell", "cell phone", "contact", "tel", "telefone", "telefono", "telemovel", "simu", "namba ya simu"}},
	{Name: "email", Title: "e-mail address", Many: true, Looks: looksEmail, Synonyms: []string{"email", "e mail", "email address", "mail", "courriel", "correio", "correo", "barua pepe"}},
	{Name: "street", Title: "home or postal address", Synonyms: []string{"street address", "address", "postal address", "street", "adresse", "endereco", "direccion", "anwani"}},
	{Name: "town", Title: "town of the address", Synonyms: []string{"town", "city", "ville", "cidade", "ciudad", "mji"}},
	{Name: "area", Title: "an area the post lies in; tells apart facilities of one name", Many: true,
		Synonyms: []string{"district", "province", "region", "county", "state", "council", "ward", "sub county", "departement", "provincia", "distrito", "mkoa", "wilaya", "kata"}},
	{Name: "cadre", Group: posts, Title: "job or cadre; valueSet: the allowed codes", System: "urn:masjala:codes:cadre",
		Synonyms: []string{"cadre", "job title", "job", "position", "designation", "profession", "occupation", "post", "officer category", "poste", "fonction", "cargo", "profissao", "puesto", "kada", "cheo"}},
	{Name: "specialty", Group: posts, Title: "speciality; valueSet: the allowed codes", System: "urn:masjala:codes:specialty", Synonyms: []string{"specialty", "speciality", "specialisation", "specialization", "specialite", "especialidade", "especialidad"}},
	{Name: "facilityCode", Group: posts, Title: "identifier of the facility", Synonyms: []string{"facility code", "facility id", "facility number", "mfl code", "hfr code", "site code", "code etablissement", "codigo da unidade", "codigo de establecimiento", "namba ya kituo"}},
	{Name: "facilityName", Group: posts, Title: "name of the facility", Synonyms: []string{"facility name", "facility", "health facility", "work station", "workstation", "duty station", "place of work", "site", "station", "etablissement", "structure", "unidade sanitaria", "establecimiento", "kituo", "jina la kituo", "kituo cha kazi"}},
	{Name: "start", Group: posts, Title: "first day in the post", Synonyms: []string{"start date", "date of appointment", "employment date", "date hired", "hire date", "date joined", "date d embauche", "data de inicio", "fecha de inicio", "tarehe ya kuanza"}},
	{Name: "end", Group: posts, Title: "last day in the post", Synonyms: []string{"end date", "date of exit", "termination date", "date de fin", "data de fim", "fecha de fin", "tarehe ya kumaliza"}},
	{Name: "licenceNumber", Group: licences, Title: "number of the licence; system: URI of the council's numbers", System: proposedIDs + "{slug}", Looks: hasDigit,
		Synonyms: []string{"licence number", "license number", "licence no", "license no", "practice number", "council number", "numero de licence", "numero d ordre", "numero da licenca", "numero de licencia", "namba ya leseni",
			"licence id", "licence numero", "numero licence", "numero de la licence", "licenca numero", "numero licenca", "numero de licenca", "licencia numero", "numero licencia", "numero de la licencia", "leseni namba", "namba leseni", "رقم ترخيص", "الترخيص رقم",
			"licence", "license", "licenca", "licencia", "leseni", "ترخيص", "الترخيص"}},
	{Name: "licenceType", Group: licences, Title: "what the licence allows", Looks: wordy, Synonyms: []string{"licence type", "license type", "licence", "license", "qualification", "type de licence", "licenca", "licencia", "leseni", "ترخيص", "الترخيص", "qualificacao", "cualificacion",
		"licence titre", "licenca tipo", "licencia tipo", "leseni aina"}},
	{Name: "licenceIssuer", Group: licences, Title: "the council that gave the licence", Synonyms: []string{"council", "licensing body", "issuer", "issuing body", "regulatory body", "ordre", "ordem", "colegio", "baraza",
		"licence issuer", "licence council", "licence issued by", "issued by", "licence emetteur", "licence ordre", "delivree par", "licenca emissor", "licenca ordem", "emissor", "licencia emisor", "licencia colegio", "emisor", "leseni baraza", "leseni mtoaji", "mtoaji", "الترخيص الجهة"}},
	{Name: "licenceFrom", Group: licences, Title: "first day of the licence", Synonyms: []string{"licence issue date", "license issue date", "licence issued", "license issued", "issue date", "valid from", "date d emission", "data de emissao", "fecha de emision",
		"licence valid from", "licence from", "valable du", "licence valable du", "valido de", "licenca valida de", "valido desde", "licencia valida desde", "leseni kuanzia", "الترخيص من"}},
	{Name: "licenceUntil", Group: licences, Title: "last day of the licence", Synonyms: []string{"licence expiry date", "license expiry date", "licence expires", "license expires", "expiry date", "expiry", "valid until", "date d expiration", "data de validade", "fecha de vencimiento",
		"licence valid until", "licence valid to", "valid to", "licence until", "licence expiry", "valable jusqu au", "licence valable jusqu au", "licence valable jusquau", "licence expiration", "valido ate", "licenca valida ate", "licenca validade", "valido hasta", "licencia valida hasta", "licencia vencimiento", "leseni mwisho", "الترخيص حتى", "صالح حتى"}},
}...), fields)

var email = regexp.MustCompile(`^[^\s@]+@[^\s@]+\.[^\s@]+$`)

func looksEmail(s string) bool { return email.MatchString(s) }

// The kinds of columns that may be repeated together.
const (
	licences = "licences"
	posts    = "posts"
)

func hasDigit(s string) bool { return strings.ContainsFunc(s, unicode.IsDigit) }

// wordy tells whether a value is words rather than a number: it has as many letters as digits.
func wordy(s string) bool {
	balance := 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			balance++
		} else if unicode.IsDigit(r) {
			balance--
		}
	}
	return balance >= 0
}

// split parts a cell that holds several values: 0712…/0754….
func split(s string) []string {
	return strings.FieldsFunc(s, func(c rune) bool { return c == '/' || c == ',' || c == '&' || c == ';' || c == '\n' })
}
