package demo

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"unicode"
)

// StaffHead is the head of the 56-column staff workbook that personnel offices keep:
// the person, the post, pay, training, licence, leave, appraisal and family in one row.
var StaffHead = []string{"Prefix", "Suffix", "Surname", "GivenName", "MaidenName", "Gender", "BirthDate", "Nationality",
	"PhoneNumber", "Email", "StreetAddress", "Town", "District", "Province", "NationalID", "Passport", "EmployeeNumber",
	"JobTitle", "FacilityName", "StartDate", "EndDate", "EmploymentTerms", "PositionType", "Duties", "HoursPerWeek",
	"PayGrade", "Salary", "Pay Frequency", "HighestTrainingLevel", "TrainingInstitution", "TrainingYear",
	"LicenceType", "LicenceNumber", "LicenceIssueDate", "LicenceExpiryDate", "Council", "Specialty",
	"LeaveType", "LeaveStart", "LeaveEnd", "AppraisalDate", "AppraisalScore", "Appraiser",
	"MaritalStatus", "Dependants", "NextOfKin", "EmergencyPhone", "BankName", "BankAccount", "PensionNumber",
	"CourseName", "CourseStart", "CourseEnd", "DisciplinaryNote", "RetirementYear", "Remarks"}

// Staff is what a staff workbook is made from.
type Staff struct {
	Rows             int
	Seed             uint64
	Families, Givens []string // names to draw from
	Facilities       []string // names as the facility registry has them
	Provinces        []string // province of each facility, same order; may be empty
	Cadres           []string // displays as the code list has them
	BadFacilities    int      // every BadFacilities-th row names its facility with a typing error; 0: none
	BadCadres        int      // every BadCadres-th row names its cadre with a typing error; 0: none
}

// WriteStaff writes the 56-column staff workbook to path.
func WriteStaff(path string, s Staff) error {
	r := rand.New(rand.NewPCG(s.Seed, 56))
	rows := make([][]string, s.Rows)
	for i := range rows {
		rows[i] = s.row(r, i)
	}
	return write(path, StaffHead, rows, func(row []string) []string { return row })
}

// row makes one person with one post.
func (s Staff) row(r *rand.Rand, i int) []string {
	at := r.IntN(len(s.Facilities))
	place, cadre, province := s.Facilities[at], s.Cadres[r.IntN(len(s.Cadres))], ""
	if at < len(s.Provinces) {
		province = s.Provinces[at]
	}
	if s.BadFacilities > 0 && i%s.BadFacilities == s.BadFacilities-1 {
		place = misspell(r, place)
	}
	if s.BadCadres > 0 && i%s.BadCadres == s.BadCadres-1 {
		cadre = misspell(r, cadre)
	}
	sex := pick(r, []string{"Female", "Male"}, []int{3, 2})
	year := 1962 + r.IntN(40)
	day := func(y int) string { return fmt.Sprintf("%d-%02d-%02d", y, 1+r.IntN(12), 1+r.IntN(28)) }
	given, family := s.Givens[r.IntN(len(s.Givens))], s.Families[r.IntN(len(s.Families))]
	return []string{pick(r, []string{"", "Dr", "Sr"}, []int{8, 1, 1}), "", family, given, "", sex, day(year), Country,
		fmt.Sprintf("+999 7%08d", r.IntN(100000000)), fmt.Sprintf("worker%d@staff.example.org", i), strconv.Itoa(1+r.IntN(200)) + " Main Road", "", "", province,
		fmt.Sprintf("N%09d", i), "", fmt.Sprintf("EMP%06d", i+1),
		cadre, place, day(year + 22), "", "Permanent", "Full time", "", "40",
		"P" + strconv.Itoa(1+r.IntN(9)), strconv.Itoa(20000 + r.IntN(90000)), "Monthly", "Diploma", "College of Health", strconv.Itoa(year + 21),
		"Practice", fmt.Sprintf("LIC%06d", i+1), fmt.Sprintf("%d-01-01", year+22), fmt.Sprintf("%d-12-31", 2027+i%3), "Health Professions Council", "",
		"Annual", day(2026), "", "", "", "", "Married", "2", "", "", "", "", "", "", "", "", "", strconv.Itoa(year + 60), ""}
}

// misspell doubles or drops a letter in the middle of a text, or swaps two different ones.
func misspell(r *rand.Rand, s string) string {
	b := []rune(s)
	for tries := 0; tries < 100 && len(b) > 3; tries++ {
		i := 1 + r.IntN(len(b)-3)
		if !unicode.IsLetter(b[i]) || !unicode.IsLetter(b[i+1]) {
			continue
		}
		switch kind := r.IntN(3); {
		case kind == 0:
			return string(b[:i]) + string(b[i]) + string(b[i:])
		case kind == 1:
			return string(b[:i]) + string(b[i+1:])
		case b[i] != b[i+1]:
			b[i], b[i+1] = b[i+1], b[i]
			return string(b)
		}
	}
	return s + "x"
}
