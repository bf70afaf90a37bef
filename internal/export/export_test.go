package export_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"masjala/fhir"
	"masjala/internal/export"
	"masjala/internal/testutil"
	"masjala/store"
	"masjala/store/storetest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

// filled is a store with some facilities.
func filled(t *testing.T, n int) store.Store {
	t.Helper()
	s := storetest.Open(t)
	var locations []string
	for i := n - 1; i >= 0; i-- { // what is newest comes first
		locations = append(locations, fmt.Sprintf(`{"resourceType":"Location","id":"l%d","meta":{"tag":[{"code":"x"}]},"identifier":[{"system":"urn:mfl","value":"M%[1]d"},{"system":"urn:old","value":"O%[1]d"}],`+
			`"status":%q,"name":"Post \"%[1]d\", ä\nB","alias":["A","B"],"position":{"longitude":36.80,"latitude":-1.250}}`, i, []string{"active", "suspended"}[i%2]))
	}
	storetest.Put(t, s, locations...)
	return s
}

// run carries out the one plan.
func run(t *testing.T, s store.Store, p export.Plan) error {
	t.Helper()
	e, err := export.New(s, []export.Plan{p})
	if err != nil {
		t.Fatal(err)
	}
	return e.Jobs()[0].Run(t.Context(), nil)
}

func TestExportToAFile(t *testing.T) {
	testutil.Requirement(t, "FRF-7")
	s := filled(t, 4)
	tests := map[string]struct {
		query   string
		columns []string
		want    string
	}{
		"paths":                 {"_id=l0", []string{"id", "name", "status", "position.latitude"}, "id,name,status,position.latitude\r\nl0,\"Post \"\"0\"\", ä\r\nB\",active,-1.250\r\n"},
		"titles and conditions": {"status=active", []string{"Code=identifier[system=urn:mfl].value", "Old = identifier[ system = urn:old ].value"}, "Code,Old\r\nM0,O0\r\nM2,O2\r\n"},
		"several values":        {"_id=l1", []string{"alias", "identifier.value", "meta.tag.code"}, "alias,identifier.value,meta.tag.code\r\nA; B,M1; O1,x\r\n"},
		"what is not there":     {"_id=l1", []string{"id", "partOf.reference", "identifier[system=urn:x].value", "identifier"}, "id,partOf.reference,identifier[system=urn:x].value,identifier\r\nl1,,,\r\n"},
		"no rows":               {"name=zzz", []string{"id"}, "id\r\n"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "out.csv")
			for range 2 { // the second takes the place of the first
				if err := run(t, s, export.Plan{Name: "a", Type: "Location", Query: tc.query, Columns: tc.columns, To: path}); err != nil {
					t.Fatal(err)
				}
			}
			got, err := os.ReadFile(path)
			if err != nil || string(got) != tc.want {
				t.Errorf("the file has %q, %v; want %q", got, err, tc.want)
			}
			if rest, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); err != nil || len(rest) != 1 {
				t.Errorf("there are %v, %v; want the file alone", rest, err)
			}
		})
	}
}

func TestExportToAServer(t *testing.T) {
	testutil.Requirement(t, "FRF-7")
	s := filled(t, 450) // more than are read at a time
	var got, header string
	status := http.StatusCreated
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got, header = string(b), r.Method+" "+r.Header.Get("Content-Type")+" "+r.Header.Get("Authorization")
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "/in.csv", http.StatusFound)
			return
		}
		w.WriteHeader(status)
	}))
	defer other.Close()
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := export.Plan{Name: "a", Type: "Location", Columns: []string{"id"}, To: other.URL + "/in.csv", TokenFile: token}
	if err := run(t, s, p); err != nil {
		t.Fatal(err)
	}
	if rows := strings.Count(got, "\r\n"); rows != 451 || header != "PUT text/csv; charset=utf-8 Bearer secret" {
		t.Errorf("the server got %q with %d rows, want 451", header, rows)
	}
	elsewhere := p
	elsewhere.To = other.URL + "/moved"
	if err := run(t, s, elsewhere); err == nil || !strings.Contains(err.Error(), "302") {
		t.Errorf("an address that sends elsewhere gives %v", err)
	}
	status = http.StatusForbidden
	if err := run(t, s, p); err == nil || !strings.Contains(err.Error(), "403") {
		t.Errorf("a refusal gives %v", err)
	}
	p.TokenFile = token + ".none"
	if err := run(t, s, p); err == nil {
		t.Error("a token that is not there gives no error")
	}
	if err := run(t, s, export.Plan{Name: "a", Type: "Location", Columns: []string{"id"}, To: filepath.Join(t.TempDir(), "none", "a.csv")}); err == nil {
		t.Error("a folder that is not there gives no error")
	}
}

func TestPlansThatAreRefused(t *testing.T) {
	good := export.Plan{Name: "a", Type: "Location", Columns: []string{"id"}, To: "a.csv"}
	tests := map[string]func(p *export.Plan){
		"no name":              func(p *export.Plan) { p.Name = "" },
		"a name with a slash":  func(p *export.Plan) { p.Name = "a/b" },
		"nowhere to go":        func(p *export.Plan) { p.To = "" },
		"no columns":           func(p *export.Plan) { p.Columns = nil },
		"an empty column":      func(p *export.Plan) { p.Columns = []string{" "} },
		"a column of no path":  func(p *export.Plan) { p.Columns = []string{"Code="} },
		"a path that ends":     func(p *export.Plan) { p.Columns = []string{"identifier."} },
		"an open condition":    func(p *export.Plan) { p.Columns = []string{"identifier[system=x"} },
		"half a condition":     func(p *export.Plan) { p.Columns = []string{"identifier[system].value"} },
		"a path with a star":   func(p *export.Plan) { p.Columns = []string{"identifier.*"} },
		"a type of no store":   func(p *export.Plan) { p.Type = "Patient" },
		"an unknown parameter": func(p *export.Plan) { p.Query = "colour=red" },
		"a wrong value":        func(p *export.Plan) { p.Query = "near=here" },
		"a broken query":       func(p *export.Plan) { p.Query = "name=%" },
		"a wrong schedule":     func(p *export.Plan) { p.Schedule = "daily at two" },
		"a wrong time zone":    func(p *export.Plan) { p.Schedule, p.Timezone = "0 2 * * *", "Mars/North" },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			p := good
			change(&p)
			if _, err := export.New(nil, []export.Plan{p}); fhir.KindOf(err) != fhir.Invalid || err == nil {
				t.Errorf("New = %v, want it refused", err)
			}
		})
	}
	if _, err := export.New(nil, []export.Plan{good, good}); err == nil {
		t.Error("two of one name are taken")
	}
	e, err := export.New(nil, []export.Plan{good})
	if err != nil || e.Jobs()[0].Name != "export:a" {
		t.Errorf("jobs are %v, %v", e, err)
	}
}
