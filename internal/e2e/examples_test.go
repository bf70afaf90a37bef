package e2e_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"masjala/fhir/xml"
	"masjala/internal/testutil"
)

// examples reads the examples of the seven types that IHE publishes, by reference: all
// files that are named by a type, and what the example of a transaction holds.
func examples(t *testing.T) map[string]string {
	t.Helper()
	folder := filepath.Join(testutil.Reference(t), "spec", "ihe", "mcsd", "examples")
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	all, named := map[string]string{}, 0
	for _, file := range files {
		data, err := os.ReadFile(filepath.Join(folder, file.Name()))
		if err != nil {
			t.Fatal(err)
		}
		r := gjson.ParseBytes(data)
		typ, _, _ := strings.Cut(file.Name(), "-")
		switch {
		case slices.Contains(seven, typ):
			named++
			all[typ+"/"+r.Get("id").String()] = r.Raw
		case typ == "Bundle":
			for _, e := range r.Get("entry.#.resource").Array() {
				all[e.Get("resourceType").String()+"/"+e.Get("id").String()] = e.Raw
			}
		}
	}
	if named == 0 || len(all) != named {
		t.Fatalf("%d examples in all and %d files that are named by a type; the transaction was to hold no others", len(all), named)
	}
	t.Logf("%d examples", len(all))
	return all
}

// members lists the paths and values of a document in the order in which they are written,
// with all digits, but for what the server adds.
func members(t *testing.T, text string) (all []string) {
	t.Helper()
	var walk func(path string, v gjson.Result)
	walk = func(path string, v gjson.Result) {
		switch {
		case path == ".meta.versionId" || path == ".meta.lastUpdated":
		case v.IsObject() || v.IsArray():
			v.ForEach(func(name, item gjson.Result) bool {
				walk(path+"."+name.String(), item)
				return true
			})
		case v.Type == gjson.String:
			all = append(all, path+" = "+v.String())
		default:
			all = append(all, path+" = "+v.Raw)
		}
	}
	if !gjson.Valid(text) {
		t.Fatalf("no JSON: %s", text)
	}
	walk("", gjson.Parse(text))
	return all
}

// inFront puts resourceType, id and meta, which the server writes first, in front.
func inFront(list []string) []string {
	rank := func(s string) int {
		return slices.IndexFunc([]string{".resourceType", ".id", ".meta", ""}, func(p string) bool { return strings.HasPrefix(s, p) })
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b string) int { return rank(a) - rank(b) })
	return list
}

// All examples of IHE load in one transaction into a server that refuses what breaks a
// profile, and come back as they were by every way of reading, in both formats, and without errors.
func TestExamplesOfIHE(t *testing.T) {
	testutil.Requirement(t, "MD-90-2", "MD-90-7", "MD-91-3", "MD-91-7", "MD-130-1", "MD-130-2", "MD-130-5", "MD-130-8", "MD-130-9", "MD-130-11", "MD-130-12", "R4-17", "R4-18")
	t.Parallel()
	all := examples(t)
	var strict []string
	for _, typ := range seven {
		strict = append(strict, "--profiles-"+strings.ToLower(typ), "reject")
	}
	for name, asXML := range map[string]bool{"sent as JSON": false, "sent as XML": true} {
		t.Run(name, func(t *testing.T) {
			c := newClient(t, start(t, t.TempDir(), append(strict, "--references", "check")...))
			var entries []string
			for ref, resource := range all {
				entries = append(entries, request("", "PUT", ref, resource, ""))
			}
			slices.Sort(entries)
			body, headers := bundleOf("transaction", entries...), []string(nil)
			if asXML {
				b, err := xml.Append(nil, compact(t, body))
				if err != nil {
					t.Fatal(err)
				}
				body, headers = string(b), []string{"Content-Type: application/fhir+xml", "Accept: application/fhir+xml"}
			}
			r := c.must("POST", "", body, headers...)
			if got := r.get("entry.#"); got != gjson.Get(bundleOf("x", entries...), "entry.#").String() {
				t.Errorf("%s entries were answered", got)
			}
			for ref, resource := range all {
				want := inFront(members(t, resource))
				for _, format := range []string{"json", "xml"} {
					typ, id, _ := strings.Cut(ref, "/")
					for path, at := range map[string]string{
						"/" + ref: "@this", "/" + ref + "/_history/1": "@this", "/" + ref + "/_history": "entry.0.resource", "/" + typ + "?_id=" + id: "entry.0.resource", "/" + typ + "/_history": `entry.#(resource.id=="` + id + `").resource`,
					} {
						got := c.must("GET", path, "", "Accept: application/fhir+"+format)
						list, have := want, inFront(members(t, got.get(at)))
						if format == "xml" || asXML { // XML has an order of its own
							list, have = slices.Sorted(slices.Values(list)), slices.Sorted(slices.Values(have))
						}
						if diff := cmp.Diff(list, have); diff != "" {
							t.Errorf("%s in %s (-sent +got):\n%s", path, format, diff)
						}
					}
				}
				if got := c.must("GET", "/"+ref+"/$validate", "").list("issue.#.severity"); len(got) == 0 || slices.Contains(got, "error") {
					t.Errorf("%s/$validate: %v, want no error", ref, got)
				}
			}
		})
	}
}

func compact(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(text)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
