package facilities_test

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/xuri/excelize/v2"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/importers"
)

// workbook writes rows of cells to a new workbook and returns its path.
func workbook(t testing.TB, rows [][]any) string {
	t.Helper()
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range rows {
		if err := w.SetRow(fmt.Sprintf("A%d", i+1), r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "list.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// text writes rows as CSV and returns the file's path.
func text(t testing.TB, rows [][]any) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "list.csv")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := csv.NewWriter(f)
	for _, r := range rows {
		cells := make([]string, len(r))
		for i, c := range r {
			cells[i] = fmt.Sprint(c)
		}
		if err := w.Write(cells); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// shuffled returns the rows below the headings in another order.
func shuffled(rows [][]any, seed uint64) [][]any {
	out := append([][]any(nil), rows...)
	r := rand.New(rand.NewPCG(seed, 1))
	r.Shuffle(len(out)-1, func(i, j int) { out[i+1], out[j+1] = out[j+1], out[i+1] })
	return out
}

// district is a made-up list with all that makes lists hard: no identifiers, namesakes,
// spellings that drift, rows without coordinates and exact repeats.
func district(n int, seed uint64) [][]any {
	r := rand.New(rand.NewPCG(seed, 2))
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	rows := [][]any{{"Country", "Region", "District", "Facility name", "Facility type", "Ownership", "Latitude", "Longitude"}}
	for range n {
		region := pick("North", "South", "Éast", "East")
		name := pick("Kila", "Mto", "Bandari", "Soko", "Mlima") + " " + pick("Health Centre", "Dispensary", "Hospital")
		row := []any{"Exampland", region, region + pick(" A", " B", " A District"), name, pick("Health Centre", "health centre", "Dispensary", "Hospital"),
			pick("MoH", "NA", "FBO"), -6.5 + r.Float64(), 35 + r.Float64()}
		if r.IntN(10) == 0 {
			row[6], row[7] = "NA", "NA"
		}
		rows = append(rows, row)
		if r.IntN(25) == 0 {
			rows = append(rows, append([]any(nil), row...))
		}
	}
	return rows
}

// find returns the one resource with a name.
func find(t testing.TB, env importers.Env, typ, name string) *fhir.Resource {
	t.Helper()
	found := named(t, env, typ, name)
	if len(found) != 1 {
		t.Fatalf("%d resources %s are called %q, want 1", len(found), typ, name)
	}
	return found[0]
}

func named(t testing.TB, env importers.Env, typ, name string) []*fhir.Resource {
	t.Helper()
	return query(t, env, typ, "name:exact", name)
}

func query(t testing.TB, env importers.Env, typ, param, value string) []*fhir.Resource {
	t.Helper()
	q, err := search.Parse(search.Request{Type: typ, Pairs: []search.Pair{{Name: param, Value: value}}, Strict: true, MaxCount: 1000, DefaultCount: 1000})
	if err != nil {
		t.Fatal(err)
	}
	page, err := env.Store.Search(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return page.Matches
}

// rules counts the issues of a report by rule.
func rules(r *importers.Report) map[string]int {
	out := map[string]int{}
	for _, g := range r.Issues {
		out[g.Rule] += g.Count
	}
	return out
}
