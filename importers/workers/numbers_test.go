package workers_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/importers"
	"masjala/importers/cell"
	"masjala/internal/testutil"
)

// registered is a list of 60 people whose numbers have six digits, the last of which checks.
func registered() [][]string {
	rows := [][]string{strings.Split("Registration number,Surname,Given name,Country,Phone,Date of birth,Facility code", ",")}
	for n := range 60 {
		body := fmt.Sprintf("%05d", 217+n*1_613)
		for d := range 10 {
			if code := body + fmt.Sprint(d); cell.Verify(cell.Verhoeff, code) {
				rows = append(rows, []string{code, fmt.Sprintf("Bora%c", 'a'+n%26), fmt.Sprintf("Asha%d", n), "Kenya", fmt.Sprintf("0712000%03d", n), "1980-05-03", "100"})
			}
		}
	}
	return rows
}

func written(rows [][]string) string {
	var b strings.Builder
	for _, r := range rows {
		b.WriteString(strings.Join(r, ",") + "\n")
	}
	return b.String()
}

func TestMessNumbersOfWorkers(t *testing.T) {
	testutil.Requirement(t, "IMP-1", "HRH-2")
	tests := map[string]struct {
		change func(rows [][]string)
		rule   string // "": none
	}{
		"clean":                            {func([][]string) {}, ""},
		"wrong check digit":                {func(r [][]string) { r[5][0] = r[5][0][:5] + string('0'+(r[5][0][5]-'0'+1)%10) }, "check-digit"},
		"zeros lost":                       {func(r [][]string) { r[1][0] = strings.TrimLeft(r[1][0], "0") }, "zeros-restored"},
		"zeros of the facility lost":       {func(r [][]string) { r[7][6] = "77" }, "zeros-restored"},
		"telephone too short":              {func(r [][]string) { r[3][4] = "071200" }, "phone-odd"},
		"telephone as a number, shortened": {func(r [][]string) { r[3][4] = "2.54712E+11" }, "digits-lost"},
		"number shortened":                 {func(r [][]string) { r[4][0] = "123456789012345000" }, "digits-lost"},
		"no day of the calendar":           {func(r [][]string) { r[2][5] = "1980-02-31" }, "date-unreadable"},
		"day that can be read twice":       {func(r [][]string) { r[2][5] = "3/4/1980" }, "date-ambiguous"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			e := env(t)
			put(t, e, `{"resourceType":"Location","id":"l77","name":"Mto","identifier":[{"system":"urn:mfl","value":"0077"}],"type":[{"coding":[{"system":"https://profiles.ihe.net/ITI/mCSD/CodeSystem/IHE.mCSD.Organization.Location.Types","code":"facility"}]}]}`)
			rows := registered()
			tc.change(rows)
			r := run(t, e, written(rows))
			want := map[string]int{}
			if tc.rule != "" {
				want[tc.rule] = 1
			}
			if diff := cmp.Diff(want, rules(r)); diff != "" {
				t.Errorf("issues (-want +got):\n%s", diff)
			}
			if at := slices.IndexFunc(r.Columns, func(c importers.ColumnUse) bool { return c.Target == "identifier" }); r.Columns[at].CheckDigit != "verhoeff" {
				t.Errorf("%+v", r.Columns[at])
			}
			if c := r.Of("workers"); c.Create != 60 {
				t.Errorf("%+v, want every person", c)
			}
		})
	}
}

func TestMessPhonesOfWorkers(t *testing.T) {
	testutil.Requirement(t, "IMP-1", "HRH-2")
	e := env(t)
	put(t, e, `{"resourceType":"Location","id":"ke","name":"Kenya","type":[{"coding":[{"system":"https://profiles.ihe.net/ITI/mCSD/CodeSystem/IHE.mCSD.Organization.Location.Types","code":"jurisdiction"}]}]}`,
		`{"resourceType":"Location","id":"l9","name":"Kisima","identifier":[{"system":"urn:mfl","value":"900"}],"partOf":{"reference":"Location/ke"},"type":[{"coding":[{"system":"https://profiles.ihe.net/ITI/mCSD/CodeSystem/IHE.mCSD.Organization.Location.Types","code":"facility"}]}]}`)
	run(t, e, "Staff no,Surname,Phone,Facility code\nE1,Bora,0712 000001,900\nE2,Juma,0712 000002,100\n")
	got := map[string]string{}
	for _, p := range current(t, e, "Practitioner") {
		got[p.Field("name.0.family").Str] = p.Field("telecom").Raw
	}
	want := map[string]string{
		"Bora": `[{"system":"phone","value":"+254712000001","_value":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/originalText","valueString":"0712 000001"}]}}]`,
		"Juma": `[{"system":"phone","value":"0712 000002"}]`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("telephones, of which one belongs to the country of the facility (-want +got):\n%s", diff)
	}
}

// TestMessInjectedIntoWorkers spoils seeded cells of a clean list: what is found are these cells.
func TestMessInjectedIntoWorkers(t *testing.T) {
	testutil.Requirement(t, "IMP-1", "HRH-2")
	kinds := map[string]struct {
		column  int
		text    string
		rule    string
		heading string
	}{
		"telephone too short":     {4, "071200", "phone-odd", "Phone"},
		"telephone that is none":  {4, "ask her sister", "phone-odd", "Phone"},
		"digits lost":             {4, "2.54712E+11", "digits-lost", "Phone"},
		"no day":                  {5, "1980-02-31", "date-unreadable", "Date of birth"},
		"born in the future":      {5, "2080-02-01", "birth-in-future", "Date of birth"},
		"unknown facility":        {6, "98765432", "facility-unknown", "Facility code"},
		"letters decoded wrongly": {2, "JosÃ©", "text-repaired", "Given name"},
	}
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(2) {
				rows := registered()
				want := map[string]int{}
				for _, n := range rand.New(rand.NewPCG(seed, 6)).Perm(60)[:3] {
					rows[n+1][kind.column] = kind.text
					want[fmt.Sprintf("%s in row %d of %s", kind.rule, n+2, kind.heading)]++
				}
				got := inCells(run(t, env(t), written(rows)))
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("seed %d: findings (-injected +found):\n%s", seed, diff)
				}
			}
		})
	}
}
