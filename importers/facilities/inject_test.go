package facilities_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"masjala/importers"
	"masjala/importers/cell"
	"masjala/internal/testutil"
)

// tidy is a list of n facilities in which there is nothing to find.
func tidy(n int, seed uint64) [][]any {
	r := rand.New(rand.NewPCG(seed, 3))
	rows := [][]any{{"Facility code", "Registration number", "Facility name", "Country", "District", "Ward", "Facility type", "Ownership", "Operating status",
		"Latitude", "Longitude", "Phone", "Email", "Date opened", "Opening hours", "Address"}}
	for i := range n {
		code := fmt.Sprintf("%05d", 217+i*331)
		for d := 0; !cell.Verify(cell.Luhn, code) || len(code) != 6; d++ {
			code = code[:5] + fmt.Sprint(d)
		}
		district := []string{"Kilosa", "Mvomero", "Ulanga", "Gairo"}[i%4]
		rows = append(rows, []any{code, fmt.Sprintf("%06d", 1_931+i*977), fmt.Sprintf("Amani %s %d Clinic", district, i), "Tanzania", district, []string{"Mlimani", "Bondeni"}[i/4%2],
			[]string{"Clinic", "Hospital", "Dispensary"}[r.IntN(3)], []string{"Ministry of Health", "Private"}[r.IntN(2)], []string{"Operational", "Closed"}[r.IntN(2)],
			fmt.Sprintf("%.4f", -6.5+r.Float64()), fmt.Sprintf("%.4f", 35.1+r.Float64()), fmt.Sprintf("0712%06d", i), fmt.Sprintf("clinic%d@example.org", i),
			fmt.Sprintf("%d-0%d-1%d", 1970+r.IntN(50), 1+r.IntN(9), r.IntN(10)), "Mo-Fr 08:00-17:00", fmt.Sprintf("Plot %d, Market Road", i)})
	}
	return rows
}

// mess is one way in which a cell is spoiled.
type mess struct {
	heading string                                // the column that it is found in
	spoil   func(row []any, at int)               // at is the column
	rule    string                                // of the finding; "" when it is put right without one
	next    func(row, next []any, at int)         // instead of spoil: spoils the row below, too
	found   []int                                 // with next: in which of the two rows
	once    bool                                  // many cells with it are one finding, in the first
	counted func(c importers.ColumnUse) (got int) // where it is counted for the column
}

func spoilt(v any) func([]any, int) { return func(row []any, at int) { row[at] = v } }

// change alters the text of a cell.
func change(fn func(string) string) func([]any, int) {
	return func(row []any, at int) { row[at] = fn(fmt.Sprint(row[at])) }
}

// messes are the kinds of mess of single cells.
var messes = map[string]mess{
	"no name":                      {heading: "Facility name", spoil: spoilt(""), rule: "name-missing"},
	"name that stands for nothing": {heading: "Facility name", spoil: spoilt("Not Set"), rule: "name-missing"},
	"no code":                      {heading: "Facility code", spoil: spoilt("None"), rule: "id-missing"},
	"wrong check digit":            {heading: "Facility code", spoil: change(func(s string) string { return s[:5] + string('0'+(s[5]-'0'+3)%10) }), rule: "check-digit"},
	"zeros lost in code":           {heading: "Facility code", spoil: change(func(s string) string { return strings.TrimLeft(s, "0") }), rule: "zeros-restored"},
	"zeros lost in registration":   {heading: "Registration number", spoil: change(func(s string) string { return strings.TrimLeft(s, "0") }), rule: "zeros-restored"},
	"digits lost, many":            {heading: "Registration number", spoil: spoilt("123456789012345000"), rule: "digits-lost"},
	"digits lost, exponent":        {heading: "Registration number", spoil: spoilt("1.23E+11"), rule: "digits-lost"},
	"telephone as an exponent":     {heading: "Phone", spoil: spoilt("2.55712E+11"), rule: "digits-lost"},
	"telephone too long":           {heading: "Phone", spoil: spoilt("0712345678901"), rule: "phone-odd"},
	"telephone cut short":          {heading: "Phone", spoil: spoilt("0712000001/2"), rule: "phone-odd"},
	"no telephone":                 {heading: "Phone", spoil: spoilt("ask the clerk"), rule: "phone-odd"},
	"no e-mail address":            {heading: "Email", spoil: spoilt("clinic.example.org"), rule: "email-invalid"},
	"no day of the calendar":       {heading: "Date opened", spoil: spoilt("31/02/1999"), rule: "date-invalid"},
	"day that can be read twice":   {heading: "Date opened", spoil: spoilt("3/4/1999"), rule: "date-ambiguous"},
	"no coordinates":               {heading: "Latitude", spoil: both("NA", "NA"), rule: "position-missing"},
	"half of the coordinates":      {heading: "Longitude", spoil: spoilt(""), rule: "position-half"},
	"nought, nought":               {heading: "Latitude", spoil: both("0", "0"), rule: "position-zero"},
	"code instead of a latitude":   {heading: "Latitude", spoil: spoilt("110640-2"), rule: "position-invalid"},
	"words instead of a longitude": {heading: "Longitude", spoil: spoilt("NOT documented yet"), rule: "position-invalid"},
	"degrees that there are not":   {heading: "Latitude", spoil: spoilt("-136.2"), rule: "position-range"},
	"swapped coordinates":          {heading: "Latitude", spoil: func(row []any, at int) { row[at], row[at+1] = row[at+1], row[at] }, rule: "position-swapped"},
	"minus sign lost":              {heading: "Longitude", spoil: func(row []any, at int) { row[at] = "-" + row[at].(string) }, rule: "position-sign"},
	"in another country":           {heading: "Latitude", spoil: both("48.1", "11.5"), rule: "position-outside"},
	"letters of the compass":       {heading: "Latitude", spoil: both("S.04.82946", "35.1 E"), rule: "position-read"},
	"minutes and seconds":          {heading: "Latitude", spoil: both(`6°17'32.6"S`, `35°49'18"E`), rule: "position-read"},
	"comma for a point":            {heading: "Latitude", spoil: both("-6,2921", "35,8219"), rule: "position-read"},
	"degree sign decoded wrongly":  {heading: "Latitude", spoil: both("6.2921Â° S", "35.8219Â° E"), rule: "position-read"},
	"both coordinates in one cell": {heading: "Latitude", spoil: both("-6.2921, 35.8219", ""), rule: "position-read"},
	"state that is no state":       {heading: "Operating status", spoil: spoilt("Zzyzx"), rule: "status-unknown", once: true},
	"letters decoded wrongly":      {heading: "Address", spoil: spoilt("Rue de la LibertÃ©"), rule: "text-repaired"},
	"entities of HTML":             {heading: "Address", spoil: spoilt("Plot 4 &amp; 5"), rule: "text-repaired"},
	"type in place of the owner":   {heading: "Ownership", spoil: spoilt("Dispensary"), rule: "owner-is-type", once: true},
	"type in another language":     {heading: "Ownership", spoil: spoilt("Centre de santé"), rule: "owner-is-type", once: true},
	"district misspelled":          {heading: "District", spoil: spoilt("Kilossa"), rule: "area-near", once: true},

	"row twice":  {heading: "Facility name", next: func(row, next []any, _ int) { copy(next, row) }, found: []int{1}, rule: "repeat"},
	"code twice": {heading: "Facility code", next: func(row, next []any, at int) { next[at] = row[at] }, found: []int{0, 1}, rule: "id-shared"},

	"null word":                   {heading: "Email", spoil: spoilt("N/A"), counted: func(c importers.ColumnUse) int { return c.Null }},
	"no-break spaces":             {heading: "Address", spoil: change(func(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") }), counted: func(c importers.ColumnUse) int { return c.NoBreak }},
	"double and outer spaces":     {heading: "Facility name", spoil: change(func(s string) string { return " " + strings.Replace(s, " ", "  ", 1) + " " }), counted: func(c importers.ColumnUse) int { return c.Spaces }},
	"telephone with country code": {heading: "Phone", spoil: change(func(s string) string { return "00255 (0)" + s[1:] })},
	"letter O in a telephone":     {heading: "Phone", spoil: change(func(s string) string { return "O" + s[1:] })},
	"two telephones":              {heading: "Phone", spoil: change(func(s string) string { return s + " / 0733000001" })},
	"date in words":               {heading: "Date opened", spoil: spoilt("Oct 25th 17")},
	"year alone":                  {heading: "Date opened", spoil: spoilt("1999")},
	"hours in words":              {heading: "Opening hours", spoil: spoilt("when the nurse is in")},
	"type in capitals":            {heading: "Facility type", spoil: change(strings.ToUpper)},
	"status in another language":  {heading: "Operating status", spoil: spoilt("fermé")},
}

func both(lat, lon string) func([]any, int) {
	return func(row []any, at int) { row[at], row[at+1] = lat, lon }
}

// found is a finding without its words.
type found struct {
	Row          int
	Column, Rule string
}

// findings imports a list, in a dry run without writing, and returns what is found in its cells.
func findings(t *testing.T, env importers.Env, rows [][]any, dry bool) ([]found, *importers.Report) {
	t.Helper()
	var out []found
	r := run(t, env, importers.Request{File: workbook(t, rows), DryRun: dry, Issues: func(i *importers.Issue) error {
		if i.Row > 0 {
			out = append(out, found{i.Row, i.Column, i.Rule})
		}
		return nil
	}})
	slices.SortFunc(out, byCell)
	return out, r
}

func byCell(a, b found) int {
	return cmp.Or(a.Row-b.Row, cmp.Compare(a.Column+a.Rule, b.Column+b.Rule))
}

// inject spoils three cells of a list and returns what is to be found.
func (m *mess) inject(rows [][]any, seed uint64) []found {
	at := slices.Index(rows[0], any(m.heading))
	var want []found
	for _, k := range rand.New(rand.NewPCG(seed, 4)).Perm(7)[:3] {
		n := 1 + 4*k // among the first, whose numbers have zeros in front
		cells := []int{0}
		if m.next != nil {
			m.next(rows[n], rows[n+1], at)
			cells = m.found
		} else {
			m.spoil(rows[n], at)
		}
		for _, below := range cells {
			want = append(want, found{n + 1 + below, m.heading, m.rule})
		}
	}
	slices.SortFunc(want, byCell)
	switch {
	case m.rule == "":
		return nil
	case m.once:
		return want[:1]
	}
	return want
}

// TestMessInjected spoils seeded cells of a clean workbook: what is found are these cells and no others.
func TestMessInjected(t *testing.T) {
	testutil.Requirement(t, "IMP-1", "FRF-8")
	env := newEnv(t) // nothing is written to it
	if got, r := findings(t, env, tidy(60, 1), true); got != nil || len(r.Issues) > 0 {
		t.Fatalf("findings in a clean list: %+v", r.Issues)
	}
	for name, m := range messes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(2) {
				rows := tidy(60, seed)
				want := m.inject(rows, seed)
				got, r := findings(t, env, rows, true)
				if diff := gocmp.Diff(want, got); diff != "" {
					t.Fatalf("seed %d: findings (-injected +found):\n%s", seed, diff)
				}
				if m.counted == nil {
					continue
				}
				for _, c := range r.Columns {
					if n := m.counted(c); c.Heading == m.heading && n != 3 || c.Heading != m.heading && n != 0 {
						t.Errorf("seed %d: %d cells of the column %s are counted", seed, n, c.Heading)
					}
				}
			}
		})
	}
}
