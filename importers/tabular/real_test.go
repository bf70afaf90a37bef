package tabular_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/codes"
	"masjala/importers/importtest"
	"masjala/importers/maps"
	"masjala/importers/plain"
	"masjala/importers/tabular"
	"masjala/importers/valuesets"
	"masjala/internal/testutil"
)

// way is how one type goes out and in.
type way struct {
	what  string
	table func(*fhir.Resource) (*tabular.Table, error)
	run   func(context.Context, importers.Env, importers.Request) (*importers.Report, error)
	every int // of how many one is tried
}

var ways = map[string]way{
	"CodeSystem": {"code lists", codes.Table, codes.Run, 12},
	"ValueSet":   {"value sets", valuesets.Table, valuesets.RunDefinitions, 12},
	"ConceptMap": {"maps", maps.Table, maps.Run, 1},
}

// The terminology of R4 goes out as tables and comes back as it was.
func TestPublishedTerminology(t *testing.T) {
	testutil.Requirement(t, "TSF-2", "TSF-6", "TSF-10")
	folder := filepath.Join(testutil.Reference(t), "data", "terminology", "fhir-r4")
	e, dir, met, tried := importtest.Env(t, "CodeSystem", "ValueSet", "ConceptMap"), t.TempDir(), map[string]int{}, map[string]int{}
	for _, name := range []string{"valuesets", "v3-codesystems", "v2-tables", "conceptmaps"} {
		data, err := plain.All(filepath.Join(folder, name+".json.gz"), nil)
		if err != nil {
			t.Fatal(err)
		}
		gjson.GetBytes(data, "entry.#.resource").ForEach(func(_, raw gjson.Result) bool {
			typ := raw.Get("resourceType").Str
			w, ok := ways[typ]
			if met[typ]++; !ok || met[typ]%w.every != 0 {
				return true
			}
			r, err := fhir.Parse([]byte(raw.Raw))
			if err != nil {
				return true // not all of it is right
			}
			tried[typ]++
			around(t, e, w, r, filepath.Join(dir, fmt.Sprintf("%s%d.csv", typ, met[typ])))
			return true
		})
	}
	if tried["CodeSystem"] < 50 || tried["ValueSet"] < 50 || tried["ConceptMap"] < 10 {
		t.Errorf("only %v were tried", tried)
	}
}

// around writes a resource as a table and imports it.
func around(t *testing.T, e importers.Env, w way, want *fhir.Resource, path string) {
	t.Helper()
	table, err := w.table(want)
	if fhir.KindOf(err) == fhir.Unprocessable {
		t.Logf("%s cannot be a table: %v", want.Field("url"), err)
		return
	}
	if err == nil {
		err = importtest.Write(path, table.Head, table.Write)
	}
	if err != nil {
		t.Fatal(err)
	}
	report, err := w.run(t.Context(), e, importers.Request{File: path})
	if err != nil || report.Errors+report.Warnings > 0 || report.Of(w.what).Create != 1 {
		t.Errorf("%s: %+v %v", want.Field("url"), report, err)
		return
	}
	vs, err := e.Store.Changes(t.Context(), e.Store.Seq()-1, 1)
	if err != nil || len(vs) != 1 || !tabular.Same(vs[0].Resource.Body, want.Body) {
		t.Errorf("%s came back otherwise: %v", want.Field("url"), err)
	}
}
