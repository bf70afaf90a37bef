package national

import "strconv"

// Systems of what workers have.
const (
	NationalSystem  = "https://registry.example.org/id/person"
	LicenceSystem   = "https://registry.example.org/id/licence"
	EmployeeSystem  = "https://registry.example.org/id/employee"
	PostSystem      = "https://registry.example.org/id/post"
	CadreSystem     = "https://registry.example.org/CodeSystem/cadre"
	SpecialtySystem = "https://registry.example.org/CodeSystem/specialty"
)

// term is a code with its display.
type term struct{ code, display string }

var cadres = []term{
	{"RN", "Registered nurse"}, {"EN", "Enrolled nurse"}, {"CHW", "Community health worker"}, {"MW", "Midwife"}, {"CO", "Clinical officer"},
	{"GP", "General practitioner"}, {"LAB", "Laboratory technologist"}, {"PHT", "Pharmacy technician"}, {"PH", "Pharmacist"}, {"SP", "Specialist doctor"},
	{"NUT", "Nutritionist"}, {"DOH", "Dental therapist"}, {"DENT", "Dentist"}, {"RAD", "Radiographer"}, {"PHY", "Physiotherapist"},
	{"OT", "Occupational therapist"}, {"OPT", "Optometrist"}, {"EHO", "Environmental health officer"}, {"HRIO", "Health records officer"}, {"PSY", "Psychologist"},
	{"SW", "Social worker"}, {"ANA", "Anaesthetist"}, {"EMT", "Ambulance officer"}, {"BME", "Biomedical engineer"},
}

var cadreWeights = weigh(220, 180, 160, 90, 80, 50, 50, 40, 25, 25, 15, 10, 8, 10, 8, 4, 4, 15, 12, 4, 6, 4, 6, 3)

var specialties = []term{
	{"general", "General practice"}, {"paed", "Paediatrics"}, {"obgyn", "Obstetrics and gynaecology"}, {"surgery", "Surgery"}, {"medicine", "Internal medicine"},
	{"anaesthesia", "Anaesthesia"}, {"psychiatry", "Psychiatry"}, {"eye", "Ophthalmology"}, {"ent", "Ear, nose and throat"}, {"ortho", "Orthopaedics"},
	{"derma", "Dermatology"}, {"radiology", "Radiology"}, {"oncology", "Oncology"}, {"cardio", "Cardiology"}, {"nephro", "Nephrology"},
	{"tb", "Tuberculosis"}, {"hiv", "HIV care"}, {"epi", "Immunization"}, {"fp", "Family planning"}, {"emergency", "Emergency care"},
}

// Person is what of a worker is searched by.
type Person struct {
	N             int
	Family, Given string
	National      string // identifier of NationalSystem
	Licence       string // identifier of LicenceSystem
	Cadre         int
	Active        bool
	female        bool
	dice          dice
}

// Person works out the nth worker.
func (c *Country) Person(n int) Person {
	d := c.throw(forWorker, n)
	p := Person{N: n, Family: c.families[popular(&d, familyNames)], Given: c.givens[popular(&d, givenNames)]}
	p.National = strconv.FormatUint(10_000_000+uint64(n)*7919%89_999_999, 10)
	p.Cadre, p.Active, p.female = cadreWeights.pick(&d), d.chance(95), d.chance(58)
	p.Licence = cadres[p.Cadre].code + "/" + strconv.Itoa(100_000+n)
	p.dice = d
	return p
}

// worker appends a Practitioner.
func (c *Country) worker(w *writer, n int) {
	p := c.Person(n)
	d, job := p.dice, cadres[p.Cadre]
	w.begin(c, Worker, n)
	w.raw(`,"identifier":[`).identifier("official", NationalSystem, p.National).raw(",").identifier("secondary", LicenceSystem, p.Licence)
	if d.chance(50) {
		w.raw(",").identifier("secondary", EmployeeSystem, "E"+strconv.Itoa(3_000_000+n))
	}
	w.raw(`],"active":`).boolean(p.Active).raw(`,"name":[{"use":"official","family":`).text(p.Family).raw(`,"given":[`).text(p.Given)
	if d.chance(40) {
		w.raw(",").text(c.givens[popular(&d, givenNames)])
	}
	w.raw("]}]")
	w.raw(`,"telecom":[`).telecom("phone", "+999 7"+digits(&d, 8), "mobile")
	if d.chance(50) {
		w.raw(",").telecom("email", "w"+strconv.Itoa(n)+"@staff.example.org", "work")
	}
	w.raw(`],"gender":"`).raw(map[bool]string{true: "female", false: "male"}[p.female]).raw(`","birthDate":"`).raw(day(&d, 1958, 45)).raw(`"`)
	year := 2005 + d.below(20)
	w.raw(`,"qualification":[{"identifier":[`).identifier("official", LicenceSystem, p.Licence).raw(`],"code":`).coding(CadreSystem, job.code, job.display)
	w.raw(`,"period":{"start":"`).number(year).raw(`-01-01","end":"`).number(2026 + d.below(5)).raw(`-12-31"},"issuer":{"display":"Health Professions Council"}}]`)
	w.end()
}

// day is a day of one of so many years.
func day(d *dice, from, years int) string {
	two := func(n int) string { return strconv.Itoa(100 + n)[1:] }
	return strconv.Itoa(from+d.below(years)) + "-" + two(1+d.below(12)) + "-" + two(1+d.below(28))
}

// Post is what of a role is searched by.
type Post struct {
	N, Worker, Facility int
	Cadre               int
	Specialty           int // -1: none
	Active              bool
	dice                dice
}

// Post works out the nth role.
func (c *Country) Post(n int) Post {
	d := c.throw(forRole, n)
	p := Post{N: n, Worker: n * c.Workers / c.Roles, Specialty: -1}
	person := c.Person(p.Worker)
	p.Facility, p.Cadre, p.Active = d.below(c.Facilities), person.Cadre, person.Active && d.chance(90)
	if d.chance(50) {
		p.Specialty = popular(&d, len(specialties))
	}
	p.dice = d
	return p
}

// role appends a PractitionerRole.
func (c *Country) role(w *writer, n int) {
	p := c.Post(n)
	d, job := p.dice, cadres[p.Cadre]
	w.begin(c, Role, n)
	w.raw(`,"identifier":[`).identifier("official", PostSystem, "P"+strconv.Itoa(5_000_000+n)).raw(`],"active":`).boolean(p.Active)
	w.raw(`,"period":{"start":"`).raw(day(&d, 2008, 17)).raw(`"},"practitioner":`).reference(c, Worker, p.Worker)
	w.raw(`,"organization":`).reference(c, FacilityOrganization, p.Facility)
	w.raw(`,"code":[`).coding(CadreSystem, job.code, job.display).raw("]")
	if p.Specialty >= 0 {
		s := specialties[p.Specialty]
		w.raw(`,"specialty":[`).coding(SpecialtySystem, s.code, s.display).raw("]")
	}
	w.raw(`,"location":[`).reference(c, FacilityLocation, p.Facility).raw("]")
	if d.chance(30) {
		w.raw(`,"telecom":[`).telecom("phone", "+999 2"+digits(&d, 8), "work").raw("]")
	}
	w.end()
}
