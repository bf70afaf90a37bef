package importtest

import (
	"context"
	"fmt"
	"path/filepath"
	"sync/atomic"

	"pgregory.net/rapid"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/tabular"
)

// Way is how one kind of resource goes into a table and out of it.
type Way struct {
	Env   importers.Env
	Dir   string // for the tables
	What  string // what the report counts: "code lists"
	Table func(*fhir.Resource) (*tabular.Table, error)
	Run   func(context.Context, importers.Env, importers.Request) (*importers.Report, error)

	files atomic.Int64
}

// Check writes a resource as a table and imports it twice: what is made must be the same, and the
// second time nothing may change.
func (w *Way) Check(t *rapid.T, text string) {
	want, err := fhir.Parse([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	path := filepath.Join(w.Dir, fmt.Sprintf("%d.%s", w.files.Add(1), rapid.SampledFrom([]string{"csv", "xlsx"}).Draw(t, "ending")))
	table, err := w.Table(want)
	if err == nil {
		err = Write(path, table.Head, table.Write)
	}
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	for i := range 2 {
		report, err := w.Run(t.Context(), w.Env, importers.Request{File: path, Actor: "test"})
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if c := report.Of(w.What); report.Errors+report.Warnings+report.Infos > 0 || c.Create != 1-i || c.Unchanged != i {
			t.Fatalf("%s: run %d: %+v, issues %+v", text, i, report.Counts, report.Issues)
		}
	}
	vs, err := w.Env.Store.Changes(t.Context(), w.Env.Store.Seq()-1, 1)
	if err != nil || len(vs) != 1 {
		t.Fatal(vs, err)
	}
	if got := vs[0].Resource.Body; string(got) != string(want.Body) {
		t.Fatalf("got  %s\nwant %s", got, want.Body)
	}
}
