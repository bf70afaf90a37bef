package searchparam_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/internal/searchparam"
	"masjala/internal/testutil"
	"masjala/store"
	"masjala/store/sqlite"
)

var tester = store.Cause{Actor: "tester"}

// world is a store with its registries and an indexer that runs.
type world struct {
	t     testing.TB
	store store.Store
	regs  *store.Registries
	end   func()
}

// start opens a store; the indexer runs when it should.
func start(t testing.TB, dir string, run bool) *world {
	t.Helper()
	st, err := sqlite.Open(dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	x, err := searchparam.Open(t.Context(), st, "", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if run {
			x.Run(ctx)
		}
	}()
	w := &world{t: t, store: st, regs: store.NewRegistries(searchparam.NewRegistry(), store.PlainRegistry("Practitioner"))}
	w.end = func() {
		cancel()
		<-done
		if err := x.Close(); err != nil {
			t.Error(err)
		}
		if err := st.Close(); err != nil {
			t.Error(err)
		}
		search.Use(nil)
	}
	return w
}

// put stores a resource as the API would.
func (w *world) put(json string) error {
	w.t.Helper()
	r, err := fhir.Parse([]byte(json))
	if err != nil {
		w.t.Fatal(err)
	}
	d, err := w.regs.Prepare(w.t.Context(), r)
	if err != nil {
		return err
	}
	return w.store.Write(w.t.Context(), tester, func(tx store.Tx) error {
		_, err := w.regs.Put(w.t.Context(), tx, d, "PUT")
		return err
	})
}

func (w *world) must(json string) {
	w.t.Helper()
	if err := w.put(json); err != nil {
		w.t.Fatal(err)
	}
}

// total is how many practitioners a search finds.
func (w *world) total(name, value string) (int, error) {
	q, err := search.Parse(search.Request{Type: "Practitioner", Strict: true, Pairs: []search.Pair{{Name: name, Value: value}}})
	if err != nil {
		return 0, err
	}
	p, err := w.store.Search(w.t.Context(), q)
	if err != nil {
		return 0, err
	}
	return p.Total, nil
}

// await waits until a search is answered.
func (w *world) await(name, value string, want int) {
	w.t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		n, err := w.total(name, value)
		if err == nil && n == want {
			return
		}
		if fhir.KindOf(err) != fhir.Busy && fhir.KindOf(err) != fhir.Invalid || time.Now().After(deadline) {
			w.t.Fatalf("%s=%s finds %d, %v; want %d", name, value, n, err, want)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

const grade = `{"resourceType":"SearchParameter","id":"grade","url":"http://example.org/sp/grade","name":"Grade","status":"active","description":"grade","code":"grade","base":["Practitioner"],"type":"token","expression":"Practitioner.extension('http://example.org/grade').value.ofType(code)"}`

func worker(i int) string {
	return fmt.Sprintf(`{"resourceType":"Practitioner","id":"p%d","extension":[{"url":"http://example.org/grade","valueCode":"g%d"}]}`, i, i%3)
}

func TestDefinedWhileServing(t *testing.T) {
	testutil.Requirement(t, "R4-S20", "HWRF-8", "FRF-9")
	dir := t.TempDir()
	w := start(t, dir, true)
	for i := range 450 {
		w.must(worker(i))
	}
	seq := w.store.Seq()
	w.must(grade)
	w.await("grade", "g1", 150)
	if w.store.Seq() != seq+1 {
		t.Errorf("indexing made %d versions", w.store.Seq()-seq-1)
	}
	w.must(worker(1000)) // g1, written with the parameter in use
	if n, err := w.total("grade", "g1"); err != nil || n != 151 {
		t.Errorf("after a write grade=g1 finds %d, %v; want 151", n, err)
	}
	w.end()

	w = start(t, dir, false) // nobody indexes: what was done is known
	if n, err := w.total("grade", "g1"); err != nil || n != 151 {
		t.Errorf("after a restart grade=g1 finds %d, %v; want 151", n, err)
	}
	w.must(worker(1003))
	if n, err := w.total("grade:missing", "false"); err != nil || n != 452 {
		t.Errorf("after a restart %d have a grade, %v; want 452", n, err)
	}
	w.end()
}

func TestUnfinishedIsRefusedAndGoesOn(t *testing.T) {
	testutil.Requirement(t, "R4-S20")
	dir := t.TempDir()
	w := start(t, dir, false)
	w.must(worker(1))
	w.must(grade)
	if n, err := w.total("grade", "g1"); fhir.KindOf(err) != fhir.Busy {
		t.Errorf("before it is indexed grade=g1 finds %d, %v; want busy", n, err)
	}
	w.end()
	w = start(t, dir, true)
	defer w.end()
	w.await("grade", "g1", 1)
}

// A store that an earlier program filled has no rows for parameters that came later, and
// no notes.
func TestStoreOfAnEarlierProgram(t *testing.T) {
	testutil.Requirement(t, "R4-S20")
	dir := t.TempDir()
	st, err := sqlite.Open(dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := fhir.Parse([]byte(`{"resourceType":"Practitioner","id":"old","active":true,"qualification":[{"identifier":[{"value":"L-1"}],"code":{"text":"Nurse"}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	err = st.Write(t.Context(), tester, func(tx store.Tx) error {
		_, err := tx.Put(&store.Draft{Resource: r, Entries: search.Extract(&fhir.Resource{Type: "Practitioner", Body: []byte(`{"active":true}`)})}, "PUT")
		return err
	})
	if err = errors.Join(err, st.Close()); err != nil {
		t.Fatal(err)
	}
	w := start(t, dir, true)
	defer w.end()
	deadline := time.Now().Add(10 * time.Second)
	for n := 0; n != 1; {
		if n, err = w.total("qualification-identifier", "L-1"); err != nil || time.Now().After(deadline) {
			t.Fatalf("the licence is not found: %d, %v", n, err)
		}
		time.Sleep(5 * time.Millisecond)
	}
	if n, err := w.total("active", "true"); err != nil || n != 1 {
		t.Errorf("active=true finds %d, %v; want 1", n, err)
	}
}

// What is written before anybody indexes is known to be indexed.
func TestNotesOfANewStore(t *testing.T) {
	dir := t.TempDir()
	w := start(t, dir, false)
	w.must(`{"resourceType":"Practitioner","id":"new","qualification":[{"identifier":[{"value":"L-1"}],"code":{"text":"Nurse"}}]}`)
	w.end()
	var log bytes.Buffer
	st, err := sqlite.Open(dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	x, err := searchparam.Open(t.Context(), st, "", slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	x.Run(ctx)
	if err := errors.Join(x.Close(), st.Close()); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(log.String(), "indexing") {
		t.Errorf("a new store is indexed again: %s", log.String())
	}
}

func TestChangedAndDeleted(t *testing.T) {
	testutil.Requirement(t, "R4-S20")
	w := start(t, t.TempDir(), true)
	defer w.end()
	w.must(worker(1))
	w.must(grade)
	w.await("grade", "g1", 1)
	w.must(`{"resourceType":"SearchParameter","id":"grade","url":"http://example.org/sp/grade","name":"Grade","status":"active","description":"grade","code":"grade","base":["Practitioner"],"type":"token","expression":"Practitioner.identifier"}`)
	w.await("grade", "g1", 0)
	w.must(grade)
	w.await("grade", "g1", 1)
	err := w.store.Write(t.Context(), tester, func(tx store.Tx) error {
		_, err := w.regs.Delete(t.Context(), tx, "SearchParameter", "grade")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.total("grade", "g1"); fhir.KindOf(err) != fhir.Invalid {
		t.Errorf("a deleted parameter gives %v, want that it is not known", err)
	}
}

func TestDefinitionsThatAreRefused(t *testing.T) {
	testutil.Requirement(t, "R4-S20")
	w := start(t, t.TempDir(), false)
	defer w.end()
	w.must(grade)
	tests := map[string]struct {
		json string
		kind fhir.Kind
	}{
		"the code of another": {`{"resourceType":"SearchParameter","id":"other","url":"http://example.org/sp/o","name":"O","status":"active","description":"d","code":"grade","base":["Practitioner"],"type":"token","expression":"Practitioner.identifier"}`, fhir.Conflict},
		"no expression":       {`{"resourceType":"SearchParameter","id":"o","url":"http://example.org/sp/o","name":"O","status":"active","description":"d","code":"o","base":["Practitioner"],"type":"token"}`, fhir.Unprocessable},
		"no url":              {`{"resourceType":"SearchParameter","id":"o","name":"O","status":"draft","description":"d","code":"o","base":["Practitioner"],"type":"token"}`, fhir.Unprocessable},
	}
	for name, tc := range tests {
		if err := w.put(tc.json); fhir.KindOf(err) != tc.kind || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.must(`{"resourceType":"SearchParameter","id":"draft","url":"http://example.org/sp/o","name":"O","status":"draft","description":"d","code":"grade","base":["Practitioner"],"type":"token"}`)
}
