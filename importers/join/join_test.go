package join_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/join"
	"masjala/internal/testutil"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var now = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

func write(t *testing.T, name string, lines ...string) join.List {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return join.List{File: file, Name: name}
}

func run(t *testing.T, req join.Request) *join.Report {
	t.Helper()
	req.Now = now
	r, err := join.Run(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Temporary files lie where the request says, and are gone afterwards.
func TestTemporaryFilesOfLists(t *testing.T) {
	req := join.Request{Kind: "facilities", A: write(t, "a.csv", "Code,Name", "1,Gede Dispensary"), Scratch: t.TempDir()}
	t.Setenv("TMPDIR", filepath.Join(req.Scratch, "none"))
	if r := run(t, req); r.A.Rows != 1 {
		t.Errorf("%+v", r.A)
	}
	if left, err := os.ReadDir(req.Scratch); err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
}

// found writes the pairs as "row-row band".
func found(r *join.Report) string {
	var out []string
	for _, p := range r.Pairs {
		out = append(out, fmt.Sprintf("%d-%d %s", p.A.Row, p.B.Row, p.Band))
	}
	return strings.Join(out, ", ")
}

func sides(list []join.Side) string {
	var out []string
	for _, s := range list {
		out = append(out, fmt.Sprintf("%d %s", s.Row, s.Name))
	}
	return strings.Join(out, ", ")
}

func TestTwoListsOfFacilities(t *testing.T) {
	testutil.Requirement(t, "MT-2")
	a := write(t, "ministry.csv",
		"List of facilities,,,,",
		"Code,Facility Name,District,Latitude,Longitude",
		"1,Mtwapa Health Centre,Kilifi,-3.9500,39.7400",
		"2,Mtwapa Dispensary,Kilifi,-3.9510,39.7430",
		"3,Gede Dispensary,Kilifi,-3.3070,40.0170",
		"4,St. Mary's Mission Hospital,Lamu,-2.2700,40.9000",
		"5,Kisauni Ward 3 Clinic,Mombasa,-4.0200,39.6800",
		"6,Nobody Knows Clinic,Mombasa,,")
	b := write(t, "partner.csv",
		"Name;Province;Lat;Long;Code",
		"Zahanati ya Gede;KILIFI DISTRICT;-3.3071;40.0171;1",
		"MTUAPA H/C;Kilifi District;-3.9502;39.7401;2",
		"Hôpital Sainte Marie Mary;Lamu District;-2.2701;40.9001;3",
		"Kisauni Ward 4 Clinic;Mombasa;-4.0201;39.6801;4",
		"Mtwapa Disp.;Kilifi;-3.9511;39.7431;5")
	r := run(t, join.Request{Kind: "facilities", A: a, B: &b})
	if got, want := found(r), "3-3 match, 4-6 match, 5-2 match, 6-4 match, 7-5 review"; got != want {
		for _, p := range r.Pairs {
			t.Log(p)
		}
		t.Errorf("pairs %s, want %s", got, want)
	}
	if why := r.Pairs[len(r.Pairs)-1].Explanation; !strings.Contains(why, "3 is not 4") { // at one point, so that somebody should look
		t.Errorf("%s", why)
	}
	if got, want := sides(r.OnlyA), "8 Nobody Knows Clinic"; got != want {
		t.Errorf("only in a: %s, want %s", got, want)
	}
	if len(r.OnlyB) != 0 {
		t.Errorf("only in b: %s", sides(r.OnlyB))
	}
	if r.Matches != 4 || r.Reviews != 1 || !r.Problems() || r.A.HeaderRow != 2 || r.A.Rows != 6 || r.B.Rows != 5 {
		t.Errorf("%+v", r)
	}
	for _, p := range r.Pairs {
		if p.Explanation == "" || len(p.Evidence) == 0 || (p.Score > 0.5) != (p.Band == "match") {
			t.Errorf("%+v", p)
		}
	}
}

// Both lists call their numbers Code: only when these mean the same do they count.
func TestCodesOfTwoOffices(t *testing.T) {
	names := []string{"Kilimo", "Ruhengo", "Batwani", "Shimoni", "Ngerenya", "Vipingo", "Takaungu", "Mariakani"}
	list := func(name string, shift int, spell func(string) string) join.List {
		lines := []string{"Code,Name"}
		for i, n := range names {
			lines = append(lines, fmt.Sprintf("%d,%s Dispensary", 10001+(i+shift)%len(names), spell(n)))
		}
		return write(t, name, lines...)
	}
	plain := func(s string) string { return s }
	a := list("a.csv", 0, plain)
	same, other := list("b.csv", 0, plain), list("c.csv", 3, plain)
	if r := run(t, join.Request{Kind: "facilities", A: a, B: &same}); len(r.Pairs) != 8 || !strings.Contains(r.Pairs[0].Explanation, "same identifier 10001") {
		t.Errorf("shared codes: %+v", r.Pairs)
	}
	r := run(t, join.Request{Kind: "facilities", A: a, B: &other})
	for _, p := range r.Pairs {
		if p.A.Row != p.B.Row || strings.Contains(p.Explanation, "identifier") {
			t.Errorf("codes of another office: %+v", p)
		}
	}
	if len(r.Pairs) != 8 {
		t.Errorf("%d pairs", len(r.Pairs))
	}
}

func TestTwoListsOfWorkers(t *testing.T) {
	a := write(t, "payroll.csv",
		"Surname,First Name,Date of Birth,Sex,Phone",
		"Odhiambo,Amina Wanjiru,12/03/1984,F,0712345678",
		"Mohamed,Abdi,25/12/1979,M,",
		"Otieno,Peter,01/02/1990,M,0722000111",
		"Otieno,Peter,07/09/1968,M,")
	b := write(t, "council.csv",
		"Full Name,DOB,Gender,Mobile",
		"Dr. Peter OTIENO,1968-09-07,male,",
		"Amina W. Odhiambo,1984-03-12,female,+254 712 345 678",
		"Abdi Muhammad,1979-12-25,male,",
		"Grace Achieng,1991-01-01,female,0722000111")
	r := run(t, join.Request{Kind: "workers", A: a, B: &b})
	if got, want := found(r), "2-3 match, 3-4 match, 5-2 match"; got != want {
		for _, p := range r.Pairs {
			t.Log(p)
		}
		t.Errorf("pairs %s, want %s", got, want)
	}
}

func TestDoublesInOneList(t *testing.T) {
	a := write(t, "a.csv",
		"Name,District,Latitude,Longitude",
		"Gede Dispensary,Kilifi,-3.3070,40.0170",
		"Malindi Hospital,Kilifi,-3.2170,40.1160",
		"GEDE DISP,Kilifi,-3.3071,40.0171",
		"Watamu Dispensary,Kilifi,-3.3540,40.0240",
		"Gede Health Centre,Kilifi,-3.3100,40.0200")
	r := run(t, join.Request{Kind: "facilities", A: a})
	if len(r.Pairs) == 0 || r.Pairs[0].A.Row != 2 || r.Pairs[0].B.Row != 4 || r.B != nil {
		t.Errorf("%+v", r)
	}
	for _, p := range r.Pairs[1:] {
		if p.Band == "match" {
			t.Errorf("%+v", p)
		}
	}
}

func TestRefused(t *testing.T) {
	good := write(t, "a.csv", "Name,District", "Gede Dispensary,Kilifi", "Malindi Hospital,Kilifi")
	bad := write(t, "b.csv", "1,2", "3,4")
	tests := map[string]join.Request{
		"an unknown kind":           {Kind: "codes", A: good},
		"no list":                   {Kind: "facilities", A: bad},
		"no second list":            {Kind: "facilities", A: good, B: &bad},
		"a sheet that is not there": {Kind: "facilities", A: join.List{File: good.File, Name: "a.csv", Sheet: "x"}},
		"a mapping of another kind": {Kind: "facilities", A: join.List{File: good.File, Name: "a.csv", Map: &importers.Mapping{Kind: "codes"}}},
	}
	for name, req := range tests {
		_, err := join.Run(t.Context(), req)
		if kind := fhir.KindOf(err); kind != fhir.Invalid && kind != fhir.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
}
