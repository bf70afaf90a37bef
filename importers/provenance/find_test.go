package provenance_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/provenance"
	"masjala/store"
)

// walk follows the pages of a query and returns the targets.
func walk(t testing.TB, r *provenance.Reader, q provenance.Query) (targets []string) {
	t.Helper()
	for {
		page, err := r.Search(t.Context(), &q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		if len(page.Resources) > q.Count {
			t.Fatalf("%+v: %d on a page", q, len(page.Resources))
		}
		for _, p := range page.Resources {
			targets = append(targets, p.Field("target.0.reference").Str)
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return targets
		}
	}
}

// Runs of many transactions, full ones and such that are not: each version is of its row, however
// the pages are cut.
func TestManyTransactions(t *testing.T) {
	env := newEnv(t)
	rows := make([]string, 2600)
	for i := range rows {
		rows[i] = fmt.Sprintf("%d,Clinic %d,,District %d", 1000+i, i, i%50)
	}
	run(t, env, importers.Request{}, "1,First Clinic,,District 1")
	rowsAre(t, env, run(t, env, importers.Request{}, rows...), 3)
	if got := walk(t, reader(env), provenance.Query{Count: 500}); len(got) != len(slices.Compact(slices.Sorted(slices.Values(got)))) || int64(len(got)) != env.Store.Seq() {
		t.Errorf("%d of all versions, want each of %d once", len(got), env.Store.Seq())
	}
	for i := range rows {
		if i > 300 {
			rows[i] = fmt.Sprintf("%d,Clinic %d,0712%06d,District %d", 1000+i, i, i, i%50)
		}
	}
	var others sync.WaitGroup
	stop := env.Store.Subscribe(func(c store.Commit) {
		if c.Versions[0].Resource.Type == "Location" { // somebody else writes between the transactions
			others.Go(func() { crowd(t, env, int(c.Seq)) })
		}
	})
	second := run(t, env, importers.Request{}, rows...)
	stop()
	others.Wait()
	rowsAre(t, env, second, 2)
}

// crowd writes many resources at once.
func crowd(t *testing.T, env importers.Env, name int) {
	err := env.Store.Write(t.Context(), store.Cause{Actor: "other"}, func(tx store.Tx) error {
		for i := range 2500 {
			r := &fhir.Resource{Type: "Organization", ID: fmt.Sprintf("other-%d-%d", name, i), Body: []byte("{}")}
			if _, err := tx.Put(&store.Draft{Resource: r}, "PUT"); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// rowsAre checks that what a run made, in so many transactions at least, is found as it was noted.
func rowsAre(t *testing.T, env importers.Env, r *importers.Report, transactions int) {
	t.Helper()
	parts, err := env.Store.Values(t.Context(), "import/wrote", r.Run+"/", "", 100)
	if err != nil || len(parts) < transactions {
		t.Fatalf("%d transactions, %v; want several", len(parts), err)
	}
	list, _, err := importers.Changes(t.Context(), env.Store, r, "", 100_000)
	if err != nil {
		t.Fatal(err)
	}
	var noted []string
	for i, c := range list {
		noted = append(noted, fmt.Sprintf("%s/_history/%d", c.Resource, c.Version))
		if i%53 > 0 && i < len(list)-1 {
			continue
		}
		typ, id := cut(c.Resource)
		v, err := store.VersionOf(t.Context(), env.Store, typ, id, c.Version)
		if err != nil {
			t.Fatal(err)
		}
		from, err := importers.NewOrigins(env.Store).Of(t.Context(), v)
		if err != nil || from == nil || from.Run.Run != r.Run || from.Row != c.Row {
			t.Fatalf("%s comes from %+v, %v; want row %d", c.Resource, from, err, c.Row)
		}
	}
	if diff := cmp.Diff(noted, walk(t, reader(env), provenance.Query{Run: r.Run, Count: 999})); diff != "" {
		t.Errorf("what the import made (-noted +found)\n%s", diff)
	}
}

func TestSearch(t *testing.T) {
	env := newEnv(t)
	first, second := twoLists(t, env)
	l := location(t, env, "Kila Clinic")
	undo(t, env, second.Run)
	id := func(version int64) string {
		v, err := store.VersionOf(t.Context(), env.Store, l.Type, l.ID, version)
		if err != nil {
			t.Fatal(err)
		}
		return provenance.ID(v)
	}
	at := func(version int64) time.Time {
		v, err := store.VersionOf(t.Context(), env.Store, l.Type, l.ID, version)
		if err != nil {
			t.Fatal(err)
		}
		return v.Resource.Updated
	}
	tests := map[string]struct {
		q     provenance.Query
		want  []int64 // versions of the clinic
		total int
	}{
		"a resource":                       {provenance.Query{Type: l.Type, Target: l.ID}, []int64{3, 2, 1}, 3},
		"a version":                        {provenance.Query{Type: l.Type, Target: l.ID, Version: 2}, []int64{2}, 1},
		"a version that is not":            {provenance.Query{Type: l.Type, Target: l.ID, Version: 9}, nil, 0},
		"nobody":                           {provenance.Query{Type: l.Type, Target: "nobody"}, nil, 0},
		"a type that is not served":        {provenance.Query{Type: "Patient", Target: l.ID}, nil, 0},
		"nothing":                          {provenance.Query{Nothing: true}, nil, 0},
		"an id":                            {provenance.Query{ID: id(2)}, []int64{2}, 1},
		"an id of another target":          {provenance.Query{ID: id(2), Type: l.Type, Target: "nobody"}, nil, 0},
		"an id of another time":            {provenance.Query{ID: id(2), Recorded: store.Interval{From: at(3)}}, nil, 0},
		"an id of another import":          {provenance.Query{ID: id(2), Run: first.Run}, nil, 0},
		"no id":                            {provenance.Query{ID: "version-0"}, nil, 0},
		"an id written otherwise":          {provenance.Query{ID: "version-01"}, nil, 0},
		"since":                            {provenance.Query{Type: l.Type, Target: l.ID, Recorded: store.Interval{From: at(2)}}, []int64{3, 2}, 2},
		"until":                            {provenance.Query{Type: l.Type, Target: l.ID, Recorded: store.Interval{To: at(2)}}, []int64{2, 1}, 2},
		"between":                          {provenance.Query{Type: l.Type, Target: l.ID, Recorded: store.Interval{From: at(2), To: at(2)}}, []int64{2}, 1},
		"never":                            {provenance.Query{Type: l.Type, Target: l.ID, Recorded: store.Interval{From: at(3), To: at(1)}}, nil, 0},
		"a resource and an import":         {provenance.Query{Type: l.Type, Target: l.ID, Run: first.Run}, []int64{1}, -1},
		"an import that there was not":     {provenance.Query{Run: "20260101T000000.000Z-0badcafe"}, nil, -1},
		"an import and a time":             {provenance.Query{Run: second.Run, Type: l.Type, Recorded: store.Interval{From: at(3)}}, nil, -1},
		"an import and a type not served":  {provenance.Query{Run: second.Run, Type: "Patient"}, nil, 0},
		"an import, of locations":          {provenance.Query{Run: second.Run, Type: l.Type}, []int64{2}, -1},
		"an import, a version that is not": {provenance.Query{Run: second.Run, Type: l.Type, Target: l.ID, Version: 1}, nil, -1},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			page := find(t, reader(env), tc.q)
			var got []int64
			for _, p := range page.Resources {
				var n int64
				if _, err := fmt.Sscanf(p.Field("target.0.reference").Str, l.Ref()+"/_history/%d", &n); err != nil {
					t.Errorf("target %s, want %s", p.Field("target.0.reference").Str, l.Ref())
				}
				got = append(got, n)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" || page.Total != tc.total {
				t.Errorf("total %d, want %d; versions (-want +got)\n%s", page.Total, tc.total, diff)
			}
			for count := range 3 {
				if q := tc.q; count > 0 {
					q.Count = count
					if got := walk(t, reader(env), q); len(got) != len(tc.want) {
						t.Errorf("%d on each page: %v", count, got)
					}
				}
			}
		})
	}
}

func TestTotalOnly(t *testing.T) {
	env := newEnv(t)
	twoLists(t, env)
	l := location(t, env, "Kila Clinic")
	for name, q := range map[string]provenance.Query{
		"of a resource": {Type: l.Type, Target: l.ID}, "of an id": {ID: find(t, reader(env), provenance.Query{Type: l.Type, Target: l.ID}).Resources[0].ID},
	} {
		page, err := reader(env).Search(t.Context(), &q)
		if err != nil || len(page.Resources) > 0 || page.Total < 1 {
			t.Errorf("%s: %+v, %v", name, page, err)
		}
	}
}

// Whoever may not read a resource is not told where it comes from.
func TestTypesThatAreNotServed(t *testing.T) {
	env := newEnv(t)
	first, _ := twoLists(t, env)
	l := location(t, env, "Kila Clinic")
	p := find(t, reader(env), provenance.Query{Type: l.Type, Target: l.ID}).Resources[0]
	r := reader(env)
	r.Types = []string{"Organization"}
	if _, err := r.Read(t.Context(), p.ID); fhir.KindOf(err) != fhir.NotFound {
		t.Errorf("read: %v", err)
	}
	for name, q := range map[string]provenance.Query{"by target": {Type: l.Type, Target: l.ID}, "by id": {ID: p.ID}} {
		if page := find(t, r, q); len(page.Resources) > 0 || page.Total > 0 {
			t.Errorf("%s: %v", name, brief(page))
		}
	}
	for name, q := range map[string]provenance.Query{"by import": {Run: first.Run}, "all": {}} {
		page := find(t, r, q)
		for _, p := range page.Resources {
			if typ, _ := cut(p.Field("target.0.reference").Str); typ != "Organization" {
				t.Errorf("%s: %s", name, p.JSON())
			}
		}
		if len(page.Resources) == 0 {
			t.Errorf("%s: nothing", name)
		}
	}
}

func TestCursorOfNothing(t *testing.T) {
	env := newEnv(t)
	first, _ := twoLists(t, env)
	for name, q := range map[string]provenance.Query{"of an import": {Run: first.Run, Cursor: "x"}, "of all": {Cursor: "x"}} {
		q.Count = 10
		if _, err := reader(env).Search(t.Context(), &q); fhir.KindOf(err) != fhir.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOfSome(t *testing.T) {
	env := newEnv(t)
	twoLists(t, env)
	k, n := location(t, env, "Kila Clinic"), location(t, env, "Neema Clinic")
	for most, want := range map[int][]string{
		10: {k.Ref() + "/_history/2", k.Ref() + "/_history/1", n.Ref() + "/_history/1"},
		2:  {k.Ref() + "/_history/2", k.Ref() + "/_history/1"},
		1:  {k.Ref() + "/_history/2"},
		0:  nil,
	} {
		list, err := reader(env).Of(t.Context(), []*fhir.Resource{k, n}, most)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range list {
			got = append(got, p.Field("target.0.reference").Str)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("at most %d (-want +got)\n%s", most, diff)
		}
	}
}

func TestImportIdentifier(t *testing.T) {
	for text, want := range map[string]string{
		provenance.ImportSystem + "|r1": "r1", "r1": "r1", "|r1": "", "": "", provenance.HashSystem + "|r1": "", provenance.ImportSystem + "|": "",
	} {
		if run, ok := provenance.Import(text); (ok && run != want) || ok != (want != "") {
			t.Errorf("%q means %q, %t; want %q", text, run, ok, want)
		}
	}
}
