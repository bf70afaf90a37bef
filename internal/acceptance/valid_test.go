package acceptance_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/fhir/xml"
	"masjala/internal/testutil"
)

// directory lists the seven types of mCSD.
var directory = []string{"Organization", "Location", "Practitioner", "PractitionerRole", "HealthcareService", "OrganizationAffiliation", "Endpoint"}

// What a server gives out that holds a country, the examples of IHE and random resources
// is valid in the eyes of somebody else. MASJALA_URL is the server, MASJALA_CHECKER the
// folder of the checker.
func TestServedResourcesAreValid(t *testing.T) {
	testutil.Requirement(t, "MD-90-7", "MD-91-7", "SV-95-7", "R4-13", "R4-17", "R4-18")
	url, checker := os.Getenv("MASJALA_URL"), os.Getenv("MASJALA_CHECKER")
	if url == "" || checker == "" {
		t.Skip("MASJALA_URL and MASJALA_CHECKER name no server and checker; make acceptance does")
	}
	transact(t, url, examples(t))
	const seed = 20261122
	t.Logf("seed %d", seed)
	m := &maker{Rand: rand.New(rand.NewPCG(seed, 1))}
	var random []*fhir.Resource
	const each = 290 // of a type
	for i := range each {
		// The checker asks for five versions of each history, and looks for what a resource
		// contains in the whole page: the newest contain nothing.
		m.bare = i >= each-5
		for _, typ := range directory {
			random = append(random, m.resource(t, typ))
		}
	}
	for some := range slices.Chunk(random, 200) {
		transact(t, url, some)
	}
	for _, r := range random {
		for _, format := range []string{"json", "xml"} {
			if diff := cmp.Diff(content(t, r.JSON(), false), content(t, read(t, url, r.Ref(), format), format == "xml")); diff != "" {
				t.Errorf("%s in %s (-sent +read):\n%s", r.Ref(), format, diff)
			}
		}
	}
	cmd := exec.Command("node", filepath.Join(checker, "check.mjs"), "--base", url+"/fhir", "--max", "20000")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), " 0 failed") {
		t.Errorf("%v\n%s", err, out)
	}
}

// examples reads the examples of the seven types that IHE publishes.
func examples(t *testing.T) []*fhir.Resource {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(testutil.Reference(t), "spec", "ihe", "mcsd", "examples", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	var list []*fhir.Resource
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r, err := fhir.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		if slices.Contains(directory, r.Type) {
			list = append(list, r)
		}
	}
	return list
}

// read fetches a resource in a format.
func read(t *testing.T, url, ref, format string) []byte {
	t.Helper()
	res, err := http.Get(url + "/fhir/" + ref + "?_format=" + format)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("GET %s = %d %v\n%.2000s", ref, res.StatusCode, err, data)
	}
	return data
}

// content is a resource as its sender sees it, with all digits, without what the server
// adds to it. XML has only a number for a character of HTML.
func content(t *testing.T, data []byte, asXML bool) map[string]any {
	t.Helper()
	if asXML {
		var err error
		if data, err = xml.ToJSON(data); err != nil {
			t.Fatal(err)
		}
	}
	d := json.NewDecoder(bytes.NewReader(bytes.ReplaceAll(data, []byte("&nbsp;"), []byte("&#160;"))))
	d.UseNumber()
	var r map[string]any
	if err := d.Decode(&r); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	if meta, ok := r["meta"].(map[string]any); ok {
		delete(meta, "versionId")
		delete(meta, "lastUpdated")
		if len(meta) == 0 {
			delete(r, "meta")
		}
	}
	return r
}

// transact puts resources in one transaction.
func transact(t *testing.T, url string, list []*fhir.Resource) {
	t.Helper()
	var entries []string
	for _, r := range list {
		entries = append(entries, fmt.Sprintf(`{"resource":%s,"request":{"method":"PUT","url":%q}}`, r.JSON(), r.Ref()))
	}
	body := `{"resourceType":"Bundle","type":"transaction","entry":[` + strings.Join(entries, ",") + `]}`
	res, err := http.Post(url+"/fhir", "application/fhir+json", bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("transaction: %d %v\n%.2000s", res.StatusCode, err, answer)
	}
}
