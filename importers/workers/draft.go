package workers

import (
	"strings"

	"masjala/fhir"
	"masjala/importers"
)

// draft is one row as it will be stored, every cell already understood.
type draft struct {
	row                 int
	base                string // of the identity
	identifiers         []fhir.Identifier
	prefix, suffix      string
	family, given, text string
	maiden              string
	gender, birth       string
	phones              []importers.Phone
	emails              []string
	address             fhir.Address
	licences            []licence // by the groups of columns that show them; some may be empty
	cadre, specialty    *fhir.CodeableConcept
	place               *place
	start, end          string
	repeated            bool           // an earlier row has the same post
	further             int            // which post of the row it is, from 2; 0 for its first
	stored              bool           // it was not read from a row
	use                 string         // of the name of a stored person
	givens              []string       // names of a stored person, one by one
	key                 importers.Cell // with the id here that the row names
	postID              string         // of a stored post
}

// licence is the right to practise as the council gave it.
type licence struct {
	number, system string // identifier of the qualification
	kind           string // what it allows
	issuer         string
	from, until    string

	code *fhir.CodeableConcept // what a stored one allows
}

// person is the body of a Practitioner.
type person struct {
	Identifier    []fhir.Identifier   `json:"identifier,omitempty"`
	Active        bool                `json:"active"`
	Name          []fhir.HumanName    `json:"name"`
	Telecom       []fhir.ContactPoint `json:"telecom,omitempty"`
	Address       []fhir.Address      `json:"address,omitempty"`
	Gender        string              `json:"gender,omitempty"`
	BirthDate     string              `json:"birthDate,omitempty"`
	Qualification []qualification     `json:"qualification,omitempty"`
}

type qualification struct {
	Identifier []fhir.Identifier    `json:"identifier,omitempty"`
	Code       fhir.CodeableConcept `json:"code"`
	Period     *fhir.Period         `json:"period,omitempty"`
	Issuer     *fhir.Reference      `json:"issuer,omitempty"`
}

// role is the body of a PractitionerRole.
type role struct {
	Active       bool                   `json:"active"`
	Period       *fhir.Period           `json:"period,omitempty"`
	Practitioner fhir.Reference         `json:"practitioner"`
	Organization *fhir.Reference        `json:"organization,omitempty"`
	Code         []fhir.CodeableConcept `json:"code,omitempty"`
	Specialty    []fhir.CodeableConcept `json:"specialty,omitempty"`
	Location     []fhir.Reference       `json:"location,omitempty"`
}

// person makes the body of the Practitioner.
func (d *draft) person() person {
	p := person{Identifier: d.identifiers, Active: true, Name: d.names(), Gender: d.gender, BirthDate: d.birth}
	for _, v := range d.phones {
		p.Telecom = append(p.Telecom, v.Point())
	}
	for _, v := range d.emails {
		p.Telecom = append(p.Telecom, fhir.ContactPoint{System: "email", Value: v})
	}
	if a := d.address; len(a.Line) > 0 || a.City+a.District+a.State+a.Country != "" {
		p.Address = []fhir.Address{a}
	}
	for _, l := range d.licences {
		if q, ok := d.qualification(l); ok {
			p.Qualification = append(p.Qualification, q)
		}
	}
	return p
}

// names gives the official name and, where a row has one, the maiden name.
func (d *draft) names() []fhir.HumanName {
	n := fhir.HumanName{Use: "official", Family: d.family, Given: strings.Fields(d.given), Text: d.text}
	if d.stored {
		n.Use = d.use
	}
	if d.givens != nil {
		n.Given = d.givens
	}
	n.Prefix, n.Suffix = optional(d.prefix), optional(d.suffix)
	out := []fhir.HumanName{n}
	if d.maiden != "" && d.maiden != d.family {
		out = append(out, fhir.HumanName{Use: "maiden", Family: d.maiden})
	}
	return out
}

// licence is the nth licence, from 1; one that says nothing where there are fewer.
func (d *draft) licence(n int) licence {
	if n > len(d.licences) {
		return licence{}
	}
	return d.licences[n-1]
}

// qualification makes a licence, if it says anything.
func (d *draft) qualification(l licence) (qualification, bool) {
	if l.number == "" && l.kind == "" && l.code == nil {
		return qualification{}, false
	}
	q := qualification{Period: period(l.from, l.until)}
	if l.number != "" {
		q.Identifier = []fhir.Identifier{{System: l.system, Value: l.number}}
	}
	switch {
	case l.code != nil:
		q.Code = *l.code
	case l.kind != "":
		q.Code = fhir.CodeableConcept{Text: l.kind}
	case d.cadre != nil:
		q.Code = *d.cadre
	default:
		q.Code = fhir.CodeableConcept{Text: "Licence to practise"}
	}
	if l.issuer != "" {
		q.Issuer = &fhir.Reference{Display: l.issuer}
	}
	return q, true
}

// hasRole tells whether the row names a post.
func (d *draft) hasRole() bool { return d.cadre != nil || d.place != nil }

// postName is the post as people say it.
func (d *draft) postName() string {
	name := ""
	if d.place != nil {
		name = d.place.name
	}
	return strings.TrimSpace(shown(d.cadre) + " " + name)
}

// role makes the body of the PractitionerRole of a person.
func (d *draft) role(practitioner string, ended bool) role {
	r := role{Active: !ended, Period: period(d.start, d.end), Practitioner: fhir.Reference{Reference: practitioner, Display: d.display()}}
	if d.cadre != nil {
		r.Code = []fhir.CodeableConcept{*d.cadre}
	}
	if d.specialty != nil {
		r.Specialty = []fhir.CodeableConcept{*d.specialty}
	}
	if d.place != nil {
		r.Location = []fhir.Reference{{Reference: "Location/" + d.place.location, Display: d.place.name}}
		if d.place.organization != "" {
			r.Organization = &fhir.Reference{Reference: "Organization/" + d.place.organization, Display: d.place.name}
		}
	}
	return r
}

// display is the name as people say it.
func (d *draft) display() string {
	if d.text != "" {
		return d.text
	}
	return strings.TrimSpace(d.given + " " + d.family)
}

func period(from, until string) *fhir.Period {
	if from == "" && until == "" {
		return nil
	}
	return &fhir.Period{Start: from, End: until}
}

func optional(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}
