package api_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/api"
	"masjala/facility"
	"masjala/fhir"
	"masjala/fhir/xml"
	"masjala/internal/testutil"
	"masjala/store"
	"masjala/workforce"
)

// directoryTypes are the seven types of mCSD.
var directoryTypes = []string{"Organization", "Location", "Practitioner", "PractitionerRole", "HealthcareService", "OrganizationAffiliation", "Endpoint"}

// iheExamples reads the examples of mCSD of the seven types.
func iheExamples(t *testing.T) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(testutil.Reference(t), "spec", "ihe", "mcsd", "examples", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	all := map[string][]byte{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r, err := fhir.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		if slices.Contains(directoryTypes, r.Type) {
			all[r.Ref()] = data
		}
	}
	if len(all) < 15 {
		t.Fatalf("%d examples, want all", len(all))
	}
	return all
}

// sentBy is a resource as its sender sees it: without what the server adds to meta.
// Numbers keep their digits.
func sentBy(t *testing.T, data []byte) map[string]any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(data))
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

func TestExamplesOfIHEComeBackUnchanged(t *testing.T) {
	testutil.Requirement(t, "MD-90-7", "MD-91-7", "MD-130-1", "MD-130-8", "MD-130-9", "MD-130-11")
	examples := iheExamples(t)
	for name, asXML := range map[string]bool{"sent as JSON": false, "sent as XML": true} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(o *api.Options) {
				o.Registries = store.NewRegistries(facility.NewRegistry(), workforce.NewRegistry())
				o.CheckReferences = true
				reject := map[string]store.Policy{}
				for _, typ := range directoryTypes {
					reject[typ] = store.Reject
				}
				o.Registries.Enforce(reject)
			})
			var entries []string
			for ref, data := range examples {
				entries = append(entries, `{"resource":`+string(data)+`,"request":{"method":"PUT","url":"`+ref+`"}}`)
			}
			slices.Sort(entries)
			body, media := `{"resourceType":"Bundle","type":"transaction","entry":[`+strings.Join(entries, ",")+`]}`, "application/fhir+json"
			if asXML {
				canonical, err := fhir.Parse([]byte(body))
				if err != nil {
					t.Fatal(err)
				}
				b, err := xml.Append(nil, canonical.JSON())
				if err != nil {
					t.Fatal(err)
				}
				body, media = string(b), "application/fhir+xml"
			}
			s.must("POST", "", body, "Content-Type: "+media)
			for ref, data := range examples {
				want := sentBy(t, data)
				if diff := cmp.Diff(want, sentBy(t, []byte(s.must("GET", "/"+ref, "").body))); diff != "" {
					t.Errorf("%s in JSON: %s", ref, diff)
				}
				back, err := xml.ToJSON([]byte(s.must("GET", "/"+ref, "", "Accept: application/fhir+xml").body))
				if err != nil {
					t.Fatalf("%s in XML: %v", ref, err)
				}
				if diff := cmp.Diff(want, sentBy(t, back)); diff != "" {
					t.Errorf("%s in XML: %s", ref, diff)
				}
				if got := told(s.must("GET", "/"+ref+"/$validate", "")); slices.ContainsFunc(got, func(i string) bool { return strings.HasPrefix(i, "error") }) {
					t.Errorf("%s/$validate: %v, want no error", ref, got)
				}
			}
		})
	}
}

// The Bundle that IHE publishes for ITI-130 is taken as it is, by a strict server, too.
func TestExampleTransactionOfIHE(t *testing.T) {
	testutil.Requirement(t, "MD-130-8")
	data, err := os.ReadFile(filepath.Join(testutil.Reference(t), "spec", "ihe", "mcsd", "examples", "Bundle-Example-MCSD.json"))
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, func(o *api.Options) { o.IHEStrict = true })
	a := s.must("POST", "", string(data))
	if a.get("type") != "transaction-response" || a.get("entry.#") == "0" {
		t.Errorf("%s, want an answer to each entry", a.body)
	}
}
