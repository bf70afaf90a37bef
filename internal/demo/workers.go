package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

var cadres = []code{
	{"MED", "Medical doctor", "", "Licensed to practise medicine"},
	{"GP", "General practitioner", "MED", "Doctor without a speciality"},
	{"SURG", "Surgeon", "MED", "Doctor specialised in surgery"},
	{"PAED", "Paediatrician", "MED", "Doctor specialised in the care of children"},
	{"CO", "Clinical officer", "", "Licensed for outpatient care and minor surgery"},
	{"NUR", "Nurse", "", "Licensed nurse"},
	{"RN", "Registered nurse", "NUR", "Nurse with a diploma or degree"},
	{"EN", "Enrolled nurse", "NUR", "Nurse with a certificate"},
	{"MW", "Midwife", "", "Licensed for care around birth"},
	{"PHARM", "Pharmacist", "", "Licensed to dispense"},
	{"LAB", "Laboratory technologist", "", "Licensed for laboratory work"},
	{"CHW", "Community health worker", "", "Health promotion at home and in the village"},
}

// worker is a row of the staff workbook.
type worker struct {
	number, family, given, gender, birth string
	nationalID, phone, email             string
	cadre, licence, from, until          string
	facility                             facility
	start                                string
}

// workers makes n workers with one post each.
func workers(r *rand.Rand, at []facility, n int) []worker {
	families, givens := names(r, 400), names(r, 300)
	out := make([]worker, n)
	for i := range out {
		family, given := families[r.IntN(len(families))], givens[r.IntN(len(givens))]
		issued := 2015 + r.IntN(11)
		out[i] = worker{
			number: fmt.Sprintf("E%06d", 10001+i), family: family, given: given,
			gender:     pick(r, []string{"F", "M"}, []int{58, 42}),
			birth:      fmt.Sprintf("%d-%02d-%02d", 1960+r.IntN(43), 1+r.IntN(12), 1+r.IntN(28)),
			nationalID: fmt.Sprintf("%010d", 1000000000+r.Int64N(8999999999)),
			phone:      fmt.Sprintf("+999 7%02d %06d", r.IntN(100), r.IntN(1000000)),
			email:      strings.ToLower(given+"."+family) + fmt.Sprint(i) + "@staff.example.org",
			cadre: pick(r, []string{"Registered nurse", "Enrolled nurse", "Clinical officer", "Midwife", "Community health worker",
				"Laboratory technologist", "Pharmacist", "General practitioner", "Surgeon", "Paediatrician"}, []int{24, 22, 15, 12, 10, 7, 4, 4, 1, 1}),
			licence: fmt.Sprintf("L-%05d", 20001+i), from: fmt.Sprintf("%d-01-01", issued), until: fmt.Sprintf("%d-12-31", issued+2+r.IntN(10)),
			facility: at[r.IntN(len(at))],
			start:    fmt.Sprintf("%d-%02d-01", issued, 1+r.IntN(12)),
		}
	}
	return out
}

// names builds n different one-word names.
func names(r *rand.Rand, n int) []string {
	make1 := newNamer(r)
	out := make([]string, n)
	for i := range out {
		out[i] = make1.place()
	}
	return out
}

var workerHead = []string{"Employee Number", "Surname", "Given Name", "Gender", "Birth Date", "National ID", "Phone", "Email",
	"Cadre", "Licence Number", "Licence Issued", "Licence Expires", "Facility Code", "Facility Name", "District", "Start Date"}

func (w worker) row() []string {
	return []string{w.number, w.family, w.given, w.gender, w.birth, w.nationalID, w.phone, w.email,
		w.cadre, w.licence, w.from, w.until, w.facility.code, w.facility.name, w.facility.ward.district, w.start}
}
