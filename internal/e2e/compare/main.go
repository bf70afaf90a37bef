// Command compare reads two FHIR servers over REST and tells whether they hold the same resources:
// the same counts, ids and contents, but for meta.versionId, meta.lastUpdated and
// meta.source. It uses nothing but the standard library and the FHIR interface.
//
//	compare [-types Location,Organization] [-reads 100] http://a/fhir http://b/fhir
//
// It prints one JSON object and ends with 0 when they are the same, 1 when they differ or
// cannot be read.
package main

import (
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
)

// verdict is what is printed.
type verdict struct {
	Same        bool           `json:"same"`
	Counts      map[string]int `json:"counts"` // by type, of the first server
	Reads       int            `json:"reads"`  // resources that were also read by their id
	Differences []string       `json:"differences,omitempty"`
}

// maxDifferences is how many differences are printed.
const maxDifferences = 50

func (v *verdict) differ(format string, args ...any) {
	v.Same = false
	if len(v.Differences) < maxDifferences {
		v.Differences = append(v.Differences, fmt.Sprintf(format, args...))
	}
}

// sum stands for the content of a resource.
type sum [sha256.Size]byte

var client = &http.Client{Timeout: 2 * time.Minute}

func main() {
	types := flag.String("types", "Organization,Location,Practitioner,PractitionerRole,HealthcareService,Endpoint,OrganizationAffiliation", "resource types")
	reads := flag.Int("reads", 100, "how many resources of each type to read by their id too")
	flag.Parse()
	if flag.NArg() != 2 {
		fmt.Fprintln(os.Stderr, "usage: compare [flags] BASE BASE")
		os.Exit(2)
	}
	v, err := compare(strings.Split(*types, ","), *reads, flag.Arg(0), flag.Arg(1))
	if err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
	out, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
	fmt.Println(string(out))
	if !v.Same {
		os.Exit(1)
	}
}

// compare reads both servers, type by type.
func compare(types []string, reads int, a, b string) (*verdict, error) {
	v := &verdict{Same: true, Counts: map[string]int{}}
	for _, typ := range types {
		left, err := walk(a, typ)
		if err != nil {
			return nil, err
		}
		right, err := walk(b, typ)
		if err != nil {
			return nil, err
		}
		v.Counts[typ] = len(left)
		for id, content := range left {
			if other, ok := right[id]; !ok {
				v.differ("%s/%s is only on the first", typ, id)
			} else if other != content {
				v.differ("%s/%s is not the same", typ, id)
			}
		}
		for id := range right {
			if _, ok := left[id]; !ok {
				v.differ("%s/%s is only on the second", typ, id)
			}
		}
		if err := v.read(typ, reads, left, a, b); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// read reads some resources of a type by their id on both servers, evenly spread.
func (v *verdict) read(typ string, reads int, want map[string]sum, bases ...string) error {
	ids := make([]string, 0, len(want))
	for id := range want {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for i := 0; i < len(ids); i += max(1, len(ids)/max(1, reads)) {
		for _, base := range bases {
			var r map[string]any
			if err := get(base+"/"+typ+"/"+ids[i], &r); err != nil {
				v.differ("%s/%s cannot be read from %s: %v", typ, ids[i], base, err)
				continue
			}
			got, err := digest(r)
			if err != nil {
				return err
			}
			if got != want[ids[i]] {
				v.differ("%s/%s on %s is not what the search gave", typ, ids[i], base)
			}
		}
		v.Reads++
	}
	return nil
}

// walk reads all resources of a type by a search, page after page, and checks that there are
// as many as the server says.
func walk(base, typ string) (map[string]sum, error) {
	all := map[string]sum{}
	var count struct {
		Total int `json:"total"`
	}
	if err := get(base+"/"+typ+"?_summary=count", &count); err != nil {
		return nil, err
	}
	for next := base + "/" + typ + "?_count=1000"; next != ""; {
		var page struct {
			ResourceType string `json:"resourceType"`
			Link         []struct{ Relation, URL string }
			Entry        []struct{ Resource map[string]any }
		}
		if err := get(next, &page); err != nil {
			return nil, err
		}
		if page.ResourceType != "Bundle" {
			return nil, fmt.Errorf("%s is a %q", next, page.ResourceType)
		}
		for _, e := range page.Entry {
			id, _ := e.Resource["id"].(string)
			if _, twice := all[id]; id == "" || twice {
				return nil, fmt.Errorf("%s/%q has no id, or came twice on the pages of %s", typ, id, base)
			}
			d, err := digest(e.Resource)
			if err != nil {
				return nil, err
			}
			all[id] = d
		}
		from := next
		next = ""
		for _, l := range page.Link {
			if l.Relation == "next" {
				u, err := resolve(from, l.URL)
				if err != nil {
					return nil, err
				}
				next = u
			}
		}
	}
	if len(all) != count.Total {
		return nil, fmt.Errorf("%s says it has %d of %s, its pages have %d", base, count.Total, typ, len(all))
	}
	return all, nil
}

func resolve(from, to string) (string, error) {
	base, err := url.Parse(from)
	if err != nil {
		return "", err
	}
	u, err := base.Parse(to)
	if err != nil {
		return "", err
	}
	return u.String(), nil
}

// digest is the sum of a resource's content, in an order of members that does not depend on the server.
func digest(r map[string]any) (sum, error) {
	if meta, ok := r["meta"].(map[string]any); ok {
		delete(meta, "versionId")
		delete(meta, "lastUpdated")
		delete(meta, "source")
		if len(meta) == 0 {
			delete(r, "meta")
		}
	}
	text, err := json.Marshal(r) // members of maps are sorted
	if err != nil {
		return sum{}, err
	}
	return sha256.Sum256(text), nil
}

// get reads a JSON reply.
func get(address string, v any) error {
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/fhir+json")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: %s", address, resp.Status)
	}
	d := json.NewDecoder(resp.Body)
	d.UseNumber()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("GET %s: %w", address, err)
	}
	return nil
}
