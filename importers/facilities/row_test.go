package facilities_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/fhir/profile"
	"masjala/importers"
	"masjala/internal/testutil"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestRowBecomesPair(t *testing.T) {
	testutil.Requirement(t, "MFL-1", "MFL-2", "MFL-3", "MFL-4", "MFL-5", "MFL-6", "MFL-8", "MFL-9", "MFL-10", "MFL-13", "MFL-14", "IMP-2", "C-11", "Z-9", "MD-90-14")
	file := workbook(t, [][]any{
		{"Master list of health facilities, 2026"},
		{},
		{"Facility Code", "Facility Name", "Common Name", "Country", "Region", "District", "Facility Type", "Ownership", "Operating Status",
			"Latitude", "Longitude", "Phone number", "Email", "Website", "Contact person", "Physical address", "Postal address", "Town", "Postal code", "Date opened", "Opening hours", "DHIS2 ID"},
		{"100101-1", "  Kila\u00a0 Health Centre ", "Kila HC", "Exampland", "North", "Kila District", "Health Centre", "Public", "Operating",
			-3.25, 36.75, "0712 000 001 / 0754 000 002", "kila@facilities.example.org", "https://kila.example.org", "The sister in charge", "Market street", "P.O. Box 7", "Kila", "10101",
			"2001-05-17", "Mo-Fr 08:00-17:00; Sa 08:00-12:00", "aBcDeFg1234"},
	})
	env := newEnv(t)
	r := run(t, env, importers.Request{File: file})
	if r.HeaderRow != 3 || r.Errors+r.Warnings > 0 || len(r.Unmapped) > 0 {
		t.Fatalf("headings in row %d, unmapped %v, issues %+v", r.HeaderRow, r.Unmapped, r.Issues)
	}
	loc, org := find(t, env, "Location", "Kila Health Centre"), find(t, env, "Organization", "Kila Health Centre")
	var out strings.Builder
	for _, r := range []*fhir.Resource{org, loc} {
		out.WriteString(r.Ref() + "\n" + strings.ReplaceAll(string(r.Body), `,"`, ",\n\"") + "\n\n")
	}
	golden(t, "pair.txt", out.String())
	if found := append(profile.Conform(org), profile.Pair(loc, org)...); len(found) > 0 {
		t.Errorf("%s does not conform: %v", org.Ref(), found)
	}
	if got, want := loc.Field("managingOrganization.reference").Str, org.Ref(); got != want {
		t.Errorf("managed by %q, want %q", got, want)
	}
	var path []string
	for at := loc; at != nil; {
		path = append(path, at.Field("name").Str)
		if found := profile.Conform(at); len(found) > 0 {
			t.Errorf("%s does not conform: %v", at.Ref(), found)
		}
		id, ok := strings.CutPrefix(at.Field("partOf.reference").Str, "Location/")
		if !ok {
			break
		}
		var err error
		if at, err = env.Store.Read(t.Context(), "Location", id); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"Kila Health Centre", "Kila District", "North", "Exampland"}, path); diff != "" {
		t.Errorf("path (-want +got):\n%s", diff)
	}
}

// golden compares a text with a file, which -update rewrites.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestAreasAreJurisdictions(t *testing.T) {
	testutil.Requirement(t, "MFL-9")
	env := newEnv(t)
	run(t, env, importers.Request{File: text(t, [][]any{{"Country", "District", "Name"}, {"Exampland", "Kila", "Kila Clinic"}})})
	loc, org := find(t, env, "Location", "Exampland"), find(t, env, "Organization", "Exampland")
	for _, r := range []*fhir.Resource{loc, org} {
		if got := r.Field("type.0.coding.0.code").Str; got != "jurisdiction" || r.Field("type.#").Int() != 1 {
			t.Errorf("%s has the type %s", r.Ref(), r.Field("type").Raw)
		}
	}
	if loc.Field("physicalType.coding.0.code").Str != "jdn" || loc.Field("managingOrganization.reference").Str != org.Ref() {
		t.Errorf("the country: %s", loc.Body)
	}
	kila := find(t, env, "Organization", "Kila")
	if got := kila.Field("partOf.reference").Str; got != org.Ref() {
		t.Errorf("the district's organization is part of %q, want %q", got, org.Ref())
	}
}

func TestAreasAreSharedByImports(t *testing.T) {
	tests := map[string]struct{ first, second [][]any }{
		"another spelling":      {[][]any{{"County", "Name"}, {"Nakuru", "A"}}, [][]any{{"County", "Name"}, {"NAKURU County", "B"}}},
		"below the same area":   {[][]any{{"Country", "District", "Name"}, {"Exampland", "Kila", "A"}}, [][]any{{"Country", "District", "Name"}, {"Exampland", "Kila", "B"}}},
		"by a code, renamed":    {[][]any{{"District code", "District", "Name"}, {"D7", "Kila", "A"}}, [][]any{{"District code", "District", "Name"}, {"D7", "Kila Rural", "B"}}},
		"a code gives the area": {[][]any{{"District code", "District", "Name"}, {"D7", "Kila", "A"}}, [][]any{{"District code", "Name"}, {"D7", "B"}}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			env := newEnv(t)
			run(t, env, importers.Request{File: text(t, tc.first)})
			r := run(t, env, importers.Request{File: text(t, tc.second)})
			if c := r.Of("areas"); c.Create > 0 {
				t.Errorf("the second import made areas: %+v", c)
			}
			a, b := find(t, env, "Location", "A"), find(t, env, "Location", "B")
			if a.Field("partOf.reference").Str != b.Field("partOf.reference").Str || a.Field("partOf.reference").Str == "" {
				t.Errorf("A lies in %s, B in %s", a.Field("partOf").Raw, b.Field("partOf").Raw)
			}
		})
	}
}

func TestAreasOfOneNameAreToldApart(t *testing.T) {
	env := newEnv(t)
	run(t, env, importers.Request{File: text(t, [][]any{
		{"Region", "District", "District code", "Name"}, {"North", "Central", "", "A"}, {"South", "Central", "", "B"},
		{"South", "Soko", "S1", "C"}, {"South", "Soko", "S2", "D"}})})
	seen := map[string]string{}
	for _, name := range []string{"A", "B", "C", "D"} {
		ref := find(t, env, "Location", name).Field("partOf.reference").Str
		if other := seen[ref]; other != "" {
			t.Errorf("%s and %s lie in one area", other, name)
		}
		seen[ref] = name
	}
}

func TestUnder(t *testing.T) {
	env := newEnv(t)
	rows := [][]any{{"District", "Name"}, {"Kila", "A"}}
	m := &importers.Mapping{Kind: "facilities", Under: []string{"Exampland"}, Columns: []importers.Column{
		{Heading: "District", Target: "area", Level: 1}, {Heading: "Name", Target: "name"}}}
	run(t, env, importers.Request{File: text(t, rows), Map: m})
	country, kila := find(t, env, "Location", "Exampland"), find(t, env, "Location", "Kila")
	if kila.Field("partOf.reference").Str != country.Ref() {
		t.Errorf("Kila lies in %s, want %s", kila.Field("partOf").Raw, country.Ref())
	}
}

func TestCells(t *testing.T) {
	testutil.Requirement(t, "MFL-8", "MFL-10", "MFL-13", "MFL-6")
	tests := map[string]struct {
		heads, cells []any
		field        string // of the Location
		want         string // JSON; "" for none
		rule         string // of the issue
	}{
		"plain degrees":        {[]any{"Lat", "Long"}, []any{"-6.5", "39.25"}, "position", `{"longitude":39.25,"latitude":-6.5}`, ""},
		"degrees of a program": {[]any{"Lat", "Long"}, []any{"-8.6559757000000004", "13.4919467"}, "position", `{"longitude":13.4919467,"latitude":-8.6559757}`, ""},
		"a small number":       {[]any{"Lat", "Long"}, []any{"1E-05", "9"}, "position", `{"longitude":9,"latitude":0.00001}`, ""},
		"no degrees":           {[]any{"Lat", "Long"}, []any{"", ""}, "position", "", "position-missing"},
		"a null word":          {[]any{"Lat", "Long"}, []any{"Not Set", "NA"}, "position", "", "position-missing"},
		"one of two":           {[]any{"Lat", "Long"}, []any{"-6.5", ""}, "position", "", "position-half"},
		"minutes":              {[]any{"Lat", "Long"}, []any{"-11.19'31", "36.1"}, "position", `{"longitude":36.1,"latitude":-11.3252778}`, "position-read"},
		"a letter in front":    {[]any{"Lat", "Long"}, []any{"S-6.786433", "36.1"}, "position", `{"longitude":36.1,"latitude":-6.786433}`, "position-read"},
		"comma":                {[]any{"Lat", "Long"}, []any{"60,70", "36.1"}, "position", `{"longitude":36.1,"latitude":60.7}`, "position-read"},
		"Arabic digits":        {[]any{"خط العرض", "خط الطول"}, []any{"١٤٫٥٠٣٣", "٣٢٫٤٩"}, "position", `{"longitude":32.49,"latitude":14.5033}`, ""},
		"a day in Persian":     {[]any{"Date opened", "Lat", "Long"}, []any{"۲۰۰۳/۱۱/۲۰", "۱", "2"}, "position", `{"longitude":2,"latitude":1}`, ""},
		"beyond the pole":      {[]any{"Lat", "Long"}, []any{"95", "200"}, "position", "", "position-range"},
		"null island":          {[]any{"Lat", "Long"}, []any{"0", "0.0"}, "position", "", "position-zero"},
		"infinite":             {[]any{"Lat", "Long"}, []any{"1e999", "3"}, "position", "", "position-invalid"},

		"no status column":       {[]any{"Town"}, []any{"Kila"}, "status", `"active"`, ""},
		"works":                  {[]any{"Operating status"}, []any{"Operating"}, "status", `"active"`, ""},
		"works in French":        {[]any{"Statut"}, []any{"Fonctionnel"}, "status", `"active"`, ""},
		"under repair":           {[]any{"Operating status"}, []any{"TEMPORARILY CLOSED"}, "status", `"suspended"`, ""},
		"closed":                 {[]any{"Operating status"}, []any{"Closed"}, "status", `"inactive"`, ""},
		"closed in Swahili":      {[]any{"Hali"}, []any{"Imefungwa"}, "status", `"inactive"`, ""},
		"stands still in Arabic": {[]any{"الحالة"}, []any{"لا يعمل"}, "status", `"suspended"`, ""},
		"closed in Portuguese":   {[]any{"Situação"}, []any{"ENCERRADA"}, "status", `"inactive"`, ""},
		"unknown status":         {[]any{"Operating status"}, []any{"Operatinng well"}, "status", `"active"`, "status-unknown"},

		"two telephones":     {[]any{"Phone number"}, []any{"0712000001/0754000002"}, "telecom", `[{"system":"phone","value":"0712000001"},{"system":"phone","value":"0754000002"}]`, "phone-country"},
		"always open":        {[]any{"Opening hours"}, []any{"24/7"}, "hoursOfOperation", `[{"allDay":true}]`, ""},
		"yes to all day":     {[]any{"Open_whole_day"}, []any{"TRUE"}, "hoursOfOperation", `[{"allDay":true}]`, ""},
		"no to all day":      {[]any{"Open_whole_day"}, []any{"FALSE"}, "hoursOfOperation", "", ""},
		"two days":           {[]any{"Opening hours"}, []any{"Sa-Su 9:00-24:00"}, "hoursOfOperation", `[{"daysOfWeek":["sat","sun"],"openingTime":"09:00:00","closingTime":"23:59:00"}]`, ""},
		"across the weekend": {[]any{"Opening hours"}, []any{"Sun to Tue 08:00-16:30"}, "hoursOfOperation", `[{"daysOfWeek":["sun","mon","tue"],"openingTime":"08:00:00","closingTime":"16:30:00"}]`, ""},
		"hours in words":     {[]any{"Opening hours"}, []any{"when the nurse is in"}, "availabilityExceptions", `"when the nurse is in"`, ""},
		"over midnight":      {[]any{"Opening hours"}, []any{"20:00-06:00"}, "availabilityExceptions", `"20:00-06:00"`, ""},
		"postal address":     {[]any{"PO Box"}, []any{"Box 7"}, "address", `{"type":"postal","text":"Box 7"}`, ""},
		"entities":           {[]any{"Town"}, []any{"Kila &amp; Mto"}, "address.city", `"Kila & Mto"`, "text-repaired"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := newEnv(t)
			r := run(t, env, importers.Request{File: text(t, [][]any{append([]any{"Name"}, tc.heads...), append([]any{"Kila Clinic"}, tc.cells...)})})
			if got := find(t, env, "Location", "Kila Clinic").Field(tc.field).Raw; got != tc.want {
				t.Errorf("%s is %s, want %s", tc.field, got, tc.want)
			}
			got := rules(r)
			delete(got, "id-missing")
			if tc.rule == "" && len(got) > 0 || tc.rule != "" && got[tc.rule] == 0 {
				t.Errorf("issues %v, want %q", got, tc.rule)
			}
		})
	}
}

func TestIssueNamesCellAndFix(t *testing.T) {
	testutil.Requirement(t, "FRF-8", "IMP-1")
	var all []importers.Issue
	file := workbook(t, [][]any{{"Name", "Status", "Lat", "Long"}, {"A", "operating", 1.5, 2.5}, {"B", "Operattional", "x1", 2}})
	run(t, newEnv(t), importers.Request{File: file, Issues: func(i *importers.Issue) error { all = append(all, *i); return nil }})
	at := slices.IndexFunc(all, func(i importers.Issue) bool { return i.Rule == "status-unknown" })
	if at < 0 {
		t.Fatalf("no issue about the status: %+v", all)
	}
	i := all[at]
	if i.Sheet != "Sheet1" || i.Row != 3 || i.Column != "Status" || i.Value != "Operattional" || !strings.Contains(i.Fix, `"operational"`) {
		t.Errorf("got %+v", i)
	}
}

func TestBadRowStopsNoOther(t *testing.T) {
	testutil.Requirement(t, "FRF-8")
	rows := [][]any{{"Code", "Name", "Lat", "Long"}, {"1", "A", 1, 2}, {"2", "", 1, 2}, {"3", "C", "?", "north"}, {"4", "D", 1, 2}, {"4", "E", 1, 2}, {"5", "F", 3, 4}, {"5", "F", 3, 4}}
	env := newEnv(t)
	r := run(t, env, importers.Request{File: workbook(t, rows)})
	want := importers.Counts{What: "facilities", Create: 3, Repeat: 1, Repeated: 2, Failed: 3}
	if diff := cmp.Diff(want, r.Of("facilities")); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	wantRules := map[string]int{"name-missing": 1, "position-half": 1, "position-invalid": 1, "id-shared": 2, "repeat": 1}
	if diff := cmp.Diff(wantRules, rules(r)); diff != "" {
		t.Errorf("issues (-want +got):\n%s", diff)
	}
}

func TestEmailThatIsNone(t *testing.T) {
	env := newEnv(t)
	m := &importers.Mapping{Kind: "facilities", Columns: []importers.Column{{Heading: "Name", Target: "name"}, {Heading: "Mail", Target: "email"}}}
	r := run(t, env, importers.Request{Map: m, File: text(t, [][]any{{"Name", "Mail"}, {"A", "nobody"}})})
	if rules(r)["email-invalid"] != 1 || find(t, env, "Location", "A").Field("telecom").Exists() {
		t.Errorf("issues %v", rules(r))
	}
}

// codes is a terminology with one value set.
type codes []importers.Coding

const boundSet = "http://moh.example.org/ValueSet/types"

func (c codes) Contains(_ context.Context, valueSet, system, code string) (importers.Coding, bool, error) {
	for _, m := range c {
		if valueSet == boundSet && m.Code == code && (system == "" || system == m.System) {
			return m, true, nil
		}
	}
	return importers.Coding{}, false, nil
}

func (c codes) Members(_ context.Context, valueSet, filter string, limit int) ([]importers.Coding, error) {
	if valueSet != boundSet {
		return nil, fhir.Errorf(fhir.NotFound, "no value set %s", valueSet)
	}
	var out []importers.Coding
	for _, m := range c {
		if strings.Contains(importers.Key(m.Display), importers.Key(filter)) && len(out) < limit {
			out = append(out, m)
		}
	}
	return out, nil
}

func TestCodesAreChecked(t *testing.T) {
	testutil.Requirement(t, "IMP-3", "MFL-3")
	env := newEnv(t)
	env.Codes = codes{{System: "http://moh.example.org/types", Code: "HC", Display: "Health Centre"}, {System: "http://moh.example.org/types", Code: "DI", Display: "Dispensary"}}
	m := &importers.Mapping{Kind: "facilities", Columns: []importers.Column{{Heading: "Name", Target: "name"},
		{Heading: "Kind", Target: "type", ValueSet: boundSet, Values: map[string]string{"Zahanati": "DI"}}}}
	r := run(t, env, importers.Request{Map: m, File: text(t, [][]any{{"Name", "Kind"}, {"A", "health  CENTRE"}, {"B", "DI"}, {"C", "Dispensery"}, {"D", "Zahanati"}, {"E", "Despencery"}, {"F", "despencery"}})})
	for name, want := range map[string]string{"A": "HC", "B": "DI", "C": "DI", "D": "DI", "E": ""} {
		loc := find(t, env, "Location", name)
		if got := loc.Field("type.1.coding.0.code").Str; got != want {
			t.Errorf("%s has the type %s, want the code %q", name, loc.Field("type.1").Raw, want)
		}
	}
	if got := find(t, env, "Location", "E").Field("type.1.text").Str; got != "Despencery" {
		t.Errorf("the word that is no code became %q", got)
	}
	if got := rules(r); got["code-unknown"] != 1 || got["value-taken"] != 1 {
		t.Errorf("issues %+v", r.Issues)
	}
	if i := r.Issues[0].First[0]; i.Row != 6 || !strings.Contains(i.Reason, "(2 rows)") || !strings.Contains(i.Fix, `"Dispensary"`) {
		t.Errorf("the doubtful value: %+v", i)
	}
	m.Columns[1].ValueSet = "http://moh.example.org/ValueSet/none"
	if err := fails(t, env, importers.Request{Map: m, File: text(t, [][]any{{"Name", "Kind"}, {"A", "HC"}})}); fhir.KindOf(err) != fhir.NotFound {
		t.Errorf("a value set that is not there: %v", err)
	}
}

func TestValuesBecomeCodeList(t *testing.T) {
	testutil.Requirement(t, "MFL-3", "MFL-4", "SV-95-7", "SV-96-7")
	env := newEnv(t)
	list := func(types ...string) string {
		rows := [][]any{{"Name", "Type"}}
		for i, v := range types {
			rows = append(rows, []any{string(rune('A' + i)), v})
		}
		return text(t, rows)
	}
	run(t, env, importers.Request{File: list("Health Post", "health post", "Health Post", "Poste de Santé")})
	run(t, env, importers.Request{File: list("Health Post", "HEALTH POST", "Health Post", "Poste de Sante", "Hospital")})
	systems := query(t, env, "CodeSystem", "url", "urn:masjala:facility-type")
	if len(systems) != 1 {
		t.Fatalf("%d code systems", len(systems))
	}
	want := `[{"code":"health-post","display":"Health Post"},{"code":"hospital","display":"Hospital"},{"code":"poste-de-sante","display":"Poste de Santé"}]`
	if got := systems[0].Field("concept").Raw; got != want {
		t.Errorf("concepts %s, want %s", got, want)
	}
	sets := query(t, env, "ValueSet", "url", "urn:masjala:facility-type:all")
	if len(sets) != 1 {
		t.Errorf("%d value sets", len(sets))
	}
	for _, r := range slices.Concat(systems, sets) {
		if found := profile.Conform(r); len(found) > 0 {
			t.Errorf("%s does not conform: %v", r.Ref(), found)
		}
	}
}
