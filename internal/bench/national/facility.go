package national

import (
	"strconv"
)

// Systems of the identifiers and codes that the country has.
const (
	FacilitySystem = "https://registry.example.org/id/facility"
	CatalogSystem  = "https://registry.example.org/id/catalog"
	InsurerSystem  = "https://registry.example.org/id/insurer"
	AreaSystem     = "https://registry.example.org/id/area"
	TypeSystem     = "https://registry.example.org/CodeSystem/facility-type"
	DistrictSystem = "https://registry.example.org/CodeSystem/district"
)

// sort is a sort of facility: its code here and in the code system of R4, and its name in
// the languages of the country; % stands for the name of the place.
type sort struct {
	code, role, display string
	names               []string
}

var sorts = []sort{
	{"DISP", "PC", "Dispensary", []string{"% Dispensary", "Zahanati ya %", "Dispensaire de %"}},
	{"HC", "PC", "Health Centre", []string{"% Health Centre", "Centre de Santé de %", "Kituo cha Afya %", "Centro de Saúde de %"}},
	{"POST", "COMM", "Health Post", []string{"% Health Post", "Poste de Santé %", "Posto de Saúde %"}},
	{"CLIN", "OF", "Clinic", []string{"% Clinic", "Clinique %", "Clínica %"}},
	{"PHARM", "OUTPHARM", "Pharmacy", []string{"% Pharmacy", "Pharmacie %", "Farmácia %"}},
	{"MAT", "OB", "Maternity Home", []string{"% Maternity Home", "Maternité de %"}},
	{"DENT", "OF", "Dental Clinic", []string{"% Dental Clinic", "Cabinet dentaire %"}},
	{"LAB", "DX", "Laboratory", []string{"% Laboratory", "Laboratoire %"}},
	{"EYE", "OPTC", "Eye Clinic", []string{"% Eye Clinic", "Clinique des yeux %"}},
	{"DH", "HOSP", "District Hospital", []string{"% District Hospital", "Hôpital de District %"}},
	{"HOSP", "HOSP", "Hospital", []string{"% Hospital", "Hôpital %", "Hospitali ya %"}},
	{"NURS", "NCCF", "Nursing Home", []string{"% Nursing Home"}},
	{"REHAB", "RH", "Rehabilitation Centre", []string{"% Rehabilitation Centre"}},
	{"HOSPICE", "HOSP", "Hospice", []string{"% Hospice"}},
	{"DIAL", "HD", "Dialysis Centre", []string{"% Dialysis Centre"}},
	{"BLOOD", "HEM", "Blood Bank", []string{"% Blood Bank"}},
	{"MENT", "PSYCHF", "Mental Health Unit", []string{"% Mental Health Unit"}},
	{"RH", "HOSP", "Regional Hospital", []string{"% Regional Hospital", "Hôpital Régional de %"}},
	{"SCHOOL", "SCHOOL", "School Clinic", []string{"% School Clinic"}},
	{"PRISON", "OF", "Prison Clinic", []string{"% Prison Clinic"}},
	{"MIL", "MHSP", "Military Clinic", []string{"% Military Clinic"}},
	{"MOBILE", "MOBL", "Mobile Clinic", []string{"% Mobile Clinic"}},
	{"TEACH", "HOSP", "Teaching Hospital", []string{"% Teaching Hospital"}},
	{"NH", "HOSP", "National Hospital", []string{"% National Hospital"}},
}

var sortWeights = weigh(240, 160, 130, 120, 110, 40, 30, 30, 20, 20, 20, 12, 10, 6, 6, 4, 8, 4, 10, 3, 4, 8, 2, 1)

var statuses = []string{"active", "suspended", "inactive"}
var statusWeights = weigh(92, 3, 5)

// Facility is what of a facility is searched by.
type Facility struct {
	N        int
	Name     string
	Code     string // identifier of FacilitySystem
	Sort     int
	Status   string
	Area     int // of the last level
	Lat, Lon float64
	dice     dice // for the rest
}

// SortCode is the code of the sort of facility, of TypeSystem.
func (f *Facility) SortCode() string { return sorts[f.Sort].code }

// Facility works out the nth facility.
func (c *Country) Facility(n int) Facility {
	d := c.throw(forFacility, n)
	town := c.town(&d)
	f := Facility{N: n, Sort: sortWeights.pick(&d), Status: statuses[statusWeights.pick(&d)], Code: facilityCode(n)}
	f.Area = c.village(&d, town)
	f.Lat = within(c.lat[town]+0.04*d.around(), south)
	f.Lon = within(c.lon[town]+0.04*d.around(), west)
	stem := c.names[f.Area]
	if d.chance(60) { // many are called after people and things, not after their place
		stem = word(&d, 2)
	}
	names := sorts[f.Sort].names
	f.Name = fill(names[d.below(len(names))], stem)
	f.dice = d
	return f
}

// facilityCode is a number of seven digits with a check digit.
func facilityCode(n int) string {
	sum, x := 0, 1_000_000+n
	for i := x; i > 0; i /= 10 {
		sum = sum*3 + i%10
	}
	return strconv.Itoa(x) + "-" + strconv.Itoa(sum%10)
}

// fill puts a name in the place of the % of a pattern.
func fill(pattern, name string) string {
	for i := range len(pattern) {
		if pattern[i] == '%' {
			return pattern[:i] + name + pattern[i+1:]
		}
	}
	return pattern
}

// DistrictCode is the code of the district that an area lies in, of DistrictSystem.
func (c *Country) DistrictCode(area int) string {
	return "D" + strconv.Itoa(10_000 + c.Above(area, 2))[1:]
}

const kindSystem = "https://profiles.ihe.net/ITI/mCSD/CodeSystem/IHE.mCSD.Organization.Location.Types"

// facilityOrganization appends the Organization of a facility.
func (c *Country) facilityOrganization(w *writer, n int) {
	f := c.Facility(n)
	s := &sorts[f.Sort]
	w.begin(c, FacilityOrganization, n)
	w.tag(DistrictSystem, c.DistrictCode(f.Area))
	w.raw(`,"identifier":[`).identifier("official", FacilitySystem, f.Code).raw(`],"active":`).boolean(f.Status != "inactive")
	w.raw(`,"type":[`).coding(kindSystem, "facility", "").raw(",").coding(TypeSystem, s.code, s.display).raw("]")
	w.raw(`,"name":`).text(f.Name)
	w.raw(`,"partOf":`).reference(c, AreaOrganization, f.Area)
	w.end()
}

// facilityLocation appends the Location of a facility.
func (c *Country) facilityLocation(w *writer, n int) {
	f := c.Facility(n)
	s, d := &sorts[f.Sort], f.dice
	w.begin(c, FacilityLocation, n)
	w.tag(DistrictSystem, c.DistrictCode(f.Area))
	w.raw(`,"identifier":[`).identifier("official", FacilitySystem, f.Code).raw(",").identifier("secondary", CatalogSystem, catalogue(&d))
	if d.chance(30) {
		w.raw(",").identifier("secondary", InsurerSystem, "I"+strconv.Itoa(2_000_000+n))
	}
	w.raw(`],"status":"`).raw(f.Status).raw(`","name":`).text(f.Name)
	if d.chance(15) {
		w.raw(`,"alias":[`).text(s.display + " " + strconv.Itoa(n)).raw("]")
	}
	w.raw(`,"mode":"instance","type":[`).coding(kindSystem, "facility", "").raw(`,{"coding":[`)
	w.bare(TypeSystem, s.code, s.display).raw(",").bare("http://terminology.hl7.org/CodeSystem/v3-RoleCode", s.role, "").raw("]}]")
	w.raw(`,"telecom":[`).telecom("phone", "+999 2"+digits(&d, 8), "work")
	if d.chance(40) {
		w.raw(",").telecom("email", "f"+strconv.Itoa(n)+"@facilities.example.org", "work")
	}
	w.raw("]")
	w.address(c, &d, f.Area)
	w.raw(`,"physicalType":`).coding("http://terminology.hl7.org/CodeSystem/location-physical-type", "bu", "Building")
	w.raw(`,"position":{"longitude":`).degrees(f.Lon).raw(`,"latitude":`).degrees(f.Lat).raw("}")
	w.raw(`,"managingOrganization":`).reference(c, FacilityOrganization, n)
	w.raw(`,"partOf":`).reference(c, AreaLocation, f.Area)
	if d.chance(50) {
		w.raw(`,"hoursOfOperation":[{"daysOfWeek":["mon","tue","wed","thu","fri"],"openingTime":"08:00:00","closingTime":"17:00:00"}]`)
	}
	w.end()
}

// catalogue makes an identifier of eleven letters and digits.
func catalogue(d *dice) string {
	const letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
	var b [11]byte
	for i := range b {
		b[i] = letters[d.below(len(letters))]
	}
	return string(b[:])
}

func digits(d *dice, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + d.below(10))
	}
	return string(b)
}
