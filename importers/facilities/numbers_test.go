package facilities_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/importers"
	"masjala/importers/facilities"
	"masjala/internal/testutil"
)

// numbered is a list of 30 facilities whose numbers have six digits, some with zeros in front.
func numbered() [][]any {
	rows := [][]any{{"Facility code", "Name"}}
	for n := range 30 {
		rows = append(rows, []any{fmt.Sprintf("%06d", 4_217+n*7_919), fmt.Sprintf("Clinic %c", 'A'+n)})
	}
	return rows
}

func TestMessZerosRestoredByOtherRows(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	rows := numbered()
	rows[1][0] = "4217"
	env := newEnv(t)
	r := run(t, env, importers.Request{File: text(t, rows)})
	if got := rules(r)["zeros-restored"]; got != 1 {
		t.Fatalf("issues %v, want one number restored", r.Issues)
	}
	if got := find(t, env, "Location", "Clinic A").Field("identifier.0.value").Str; got != "004217" {
		t.Errorf("the number is %q", got)
	}
	again := run(t, env, importers.Request{File: text(t, numbered())})
	if c := again.Of("facilities"); c.Unchanged != 30 {
		t.Errorf("the list with all zeros after that without: %+v", c)
	}
}

// TestMessZerosNotRestoredWithoutEvidence has columns that do not tell how their numbers are written.
func TestMessZerosNotRestoredWithoutEvidence(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	tests := map[string]func([][]any){
		"the number with zeros is there, too": func(rows [][]any) { rows[1][0], rows[2][0] = "4217", "004217" },
		"no number has zeros": func(rows [][]any) {
			for n := range rows[1:] {
				rows[n+1][0] = fmt.Sprint(4217 + n*7919)
			}
		},
		"numbers of two lengths have zeros": func(rows [][]any) { rows[1][0], rows[2][0] = "4217", "0012" },
		"longer numbers are there":          func(rows [][]any) { rows[1][0], rows[2][0] = "4217", "1234567" },
		"few numbers": func(rows [][]any) {
			rows[1][0] = "4217"
			clear(rows[10:])
		},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			rows := numbered()
			change(rows)
			if got := rules(run(t, newEnv(t), importers.Request{File: text(t, rows), DryRun: true})); got["zeros-restored"] != 0 {
				t.Errorf("issues %v, want no number restored", got)
			}
		})
	}
}

func TestMessZerosRestoredByTheRegistry(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	env := newEnv(t)
	run(t, env, importers.Request{File: text(t, [][]any{{"Facility code", "Name"}, {"0071", "A"}, {"00712", "B"}, {"09", "C"}, {"009", "D"}})})
	r := run(t, env, importers.Request{File: text(t, [][]any{{"Facility code", "Name"}, {"71", "A"}, {"712", "B"}, {"9", "C or D"}, {"5", "E"}})})
	if got, c := rules(r)["zeros-restored"], r.Of("facilities"); got != 2 || c.Unchanged != 2 || c.Create != 2 {
		t.Errorf("%d numbers restored, %+v; want A and B known again, and two new ones: 9 may be two numbers, 5 is none", got, c)
	}
}

func TestMessDigitsLost(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	r := run(t, newEnv(t), importers.Request{File: text(t, [][]any{{"Facility code", "Name", "Country", "Phone"},
		{"123456789012345678", "A", "Kenya", "0712000001"}, {"123456789012345000", "B", "Kenya", "0712000002"}, {"2.11653E+11", "C", "Kenya", "7.12E+08"}, {"1E5", "D", "Kenya", "0712000003"}}), DryRun: true})
	if diff := cmp.Diff(map[string]int{"digits-lost": 3}, rules(r)); diff != "" {
		t.Errorf("issues (-want +got):\n%s", diff)
	}
	book := workbook(t, [][]any{{"Facility code", "Name"}, {1234567890123456789, "A"}, {"1234567890123456789", "B"}, {123456789012345, "C"}})
	if got := rules(run(t, newEnv(t), importers.Request{File: book, DryRun: true}))["digits-lost"]; got != 1 {
		t.Errorf("%d numbers with lost digits in the workbook, want the one that is no text", got)
	}
}

func TestMessPhonesOfTheCountryOfTheMapping(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	req := importers.Request{File: text(t, [][]any{{"Name", "District", "Phone"}, {"A", "Kila", "0712 000001/2"}, {"B", "Kila", "0712-000-003"}})}
	m, err := facilities.Propose(req)
	if err != nil {
		t.Fatal(err)
	}
	m.Country = "Kenya"
	req.Map = m
	env := newEnv(t)
	r := run(t, env, req)
	if got := find(t, env, "Location", "A").Field("telecom").Raw; got != `[{"system":"phone","value":"0712 000001/2"}]` {
		t.Errorf("two numbers of which one is cut short are kept as %s", got)
	}
	if got := find(t, env, "Location", "B").Field("telecom.0.value").Str; got != "+254712000003" {
		t.Errorf("the number of B is %s", got)
	}
	if diff := cmp.Diff(map[string]int{"phone-odd": 1, "phone-country": 0}, map[string]int{"phone-odd": rules(r)["phone-odd"], "phone-country": rules(r)["phone-country"]}); diff != "" {
		t.Errorf("issues (-want +got):\n%s", diff)
	}
}
