package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// code is one row of a code list.
type code struct{ code, display, parent, definition string }

var facilityTypes = []code{
	{"HOSP", "Hospital", "", "Gives inpatient and outpatient care"},
	{"NH", "National Hospital", "HOSP", "The last place of referral in the country"},
	{"RH", "Regional Hospital", "HOSP", "The place of referral of a region"},
	{"DH", "District Hospital", "HOSP", "The place of referral of a district"},
	{"PC", "Primary Care", "", "First contact care"},
	{"HC", "Health Centre", "PC", "Primary care with some beds and a laboratory"},
	{"DISP", "Dispensary", "PC", "Outpatient primary care"},
	{"CL", "Clinic", "PC", "Outpatient care by one or a few practitioners"},
	{"MAT", "Maternity Home", "PC", "Care around birth"},
}

var owners = []code{
	{"GOV", "Government", "", "Owned by the state"},
	{"FBO", "Faith Based", "", "Owned by a religious body"},
	{"NGO", "Non-governmental", "", "Owned by another not-for-profit body"},
	{"PRIV", "Private", "", "Owned for profit"},
}

// facility is a row of the facility workbook.
type facility struct {
	code, name    string
	ward          ward
	kind, owner   string // displays
	status        string
	lat, lon      string
	phone, email  string
	hours, opened string
}

// facilities makes n facilities spread over the wards.
func facilities(r *rand.Rand, wards []ward, n int) []facility {
	out := make([]facility, n)
	names := newNamer(r)
	for i := range out {
		w := wards[r.IntN(len(wards))]
		kind := pick(r, []string{"Dispensary", "Health Centre", "Clinic", "Maternity Home", "District Hospital", "Regional Hospital"}, []int{58, 20, 12, 6, 3, 1})
		owner := pick(r, []string{"Government", "Private", "Faith Based", "Non-governmental"}, []int{60, 22, 13, 5})
		number := fmt.Sprintf("%06d", 100001+i)
		place := names.place()
		out[i] = facility{
			code: number + "-" + string(luhn(number)), name: place + " " + kind, ward: w, kind: kind, owner: owner,
			status: pick(r, []string{"Operational", "Temporarily closed", "Closed"}, []int{95, 3, 2}),
			lat:    coordinate(w.lat + (r.Float64()-0.5)/5), lon: coordinate(w.lon + (r.Float64()-0.5)/5),
			phone:  fmt.Sprintf("+999 2%02d %06d", r.IntN(100), r.IntN(1000000)),
			email:  strings.ToLower(place) + "@facilities.example.org",
			hours:  pick(r, []string{"Mon-Fri 08:00-17:00", "24 hours", "Mon-Sat 07:30-18:00"}, []int{70, 15, 15}),
			opened: fmt.Sprintf("%d-%02d-%02d", 1960+r.IntN(64), 1+r.IntN(12), 1+r.IntN(28)),
		}
	}
	return out
}

var facilityHead = []string{"Facility Code", "Facility Name", "Country", "Region", "District", "Ward", "Facility Type", "Ownership",
	"Operating Status", "Latitude", "Longitude", "Phone", "Email", "Opening Hours", "Date Opened"}

func (f facility) row() []string {
	return []string{f.code, f.name, Country, f.ward.region, f.ward.district, f.ward.name, f.kind, f.owner,
		f.status, f.lat, f.lon, f.phone, f.email, f.hours, f.opened}
}
