package terminology_test

import (
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"masjala/fhir"
	"masjala/store"
	"masjala/store/sqlite"
	"masjala/terminology"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/golang/glog.(*fileSink).flushDaemon"))
}

// now is the wall clock of tests.
var now = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// openStore opens the store of a data directory.
func openStore(t testing.TB, dir string) *sqlite.Store {
	t.Helper()
	st, err := sqlite.Open(dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return st
}

// openStoreHere opens a store that the test itself closes.
func openStoreHere(t testing.TB, dir string) *sqlite.Store {
	t.Helper()
	st, err := sqlite.Open(dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// openService opens the service on a store.
func openService(t testing.TB, st store.Store, dir string) *terminology.Service {
	t.Helper()
	s, err := terminology.New(terminology.Options{
		Store: st, Dir: filepath.Join(dir, "concepts"), Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return now }, NewID: func() string { return "5e8c0a1e-0000-4000-8000-000000000001" },
		MaxExpansion: 100,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// service makes a service with some resources in a new data directory.
func service(t testing.TB, resources ...string) (*terminology.Service, store.Store) {
	t.Helper()
	dir := t.TempDir()
	st := openStore(t, dir)
	s := openService(t, st, dir)
	for _, r := range resources {
		put(t, s, st, r)
	}
	return s, st
}

// put writes a resource as the API would.
func put(t testing.TB, s *terminology.Service, st store.Store, json string) {
	t.Helper()
	if err := tryPut(t, s, st, json); err != nil {
		t.Fatal(err)
	}
}

func tryPut(t testing.TB, s *terminology.Service, st store.Store, json string) error {
	t.Helper()
	r, err := fhir.Parse([]byte(json))
	if err != nil {
		t.Fatal(err)
	}
	g := store.NewRegistries(s)
	d, err := g.Prepare(t.Context(), r)
	if err != nil {
		return err
	}
	return st.Write(t.Context(), store.Cause{Actor: "test"}, func(tx store.Tx) error {
		_, err := g.Put(t.Context(), tx, d, "PUT")
		return err
	})
}

func remove(t testing.TB, s *terminology.Service, st store.Store, typ, id string) {
	t.Helper()
	err := st.Write(t.Context(), store.Cause{Actor: "test"}, func(tx store.Tx) error {
		_, err := s.Delete(t.Context(), tx, typ, id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// wantError fails unless err is of a kind and says some words.
func wantError(t testing.TB, err error, kind fhir.Kind, words string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one of kind %d that says %q", kind, words)
	}
	if fhir.KindOf(err) != kind || !strings.Contains(err.Error(), words) {
		t.Fatalf("error of kind %d: %v; want kind %d that says %q", fhir.KindOf(err), err, kind, words)
	}
}

const (
	animals = `{"resourceType":"CodeSystem","id":"animals","url":"http://example.org/cs/animals","version":"1.0","name":"Animals","status":"active","content":"complete",
"caseSensitive":true,"hierarchyMeaning":"is-a","language":"en","valueSet":"http://example.org/vs/all-animals",
"property":[{"code":"legs","type":"integer"},{"code":"inactive","uri":"http://hl7.org/fhir/concept-properties#inactive","type":"boolean"},{"code":"notSelectable","uri":"http://hl7.org/fhir/concept-properties#notSelectable","type":"boolean"}],
"concept":[
{"code":"mammal","display":"Mammal","definition":"Feeds its young with milk","property":[{"code":"notSelectable","valueBoolean":true}],"concept":[
  {"code":"dog","display":"Dog","designation":[{"language":"fr","value":"Chien"},{"language":"sw","value":"Mbwa"},{"use":{"system":"http://snomed.info/sct","code":"900000000000013009"},"value":"Hound"}],"property":[{"code":"legs","valueInteger":4}],
   "concept":[{"code":"puppy","display":"Puppy","property":[{"code":"legs","valueInteger":4}]}]},
  {"code":"bat","display":"Bat","property":[{"code":"legs","valueInteger":2}]},
  {"code":"auroch","display":"Aurochs","property":[{"code":"inactive","valueBoolean":true},{"code":"legs","valueInteger":4}]}]},
{"code":"bird","display":"Bird","concept":[{"code":"hen","display":"Hen","property":[{"code":"legs","valueInteger":2}]}]},
{"code":"fish","display":"Fish"}]}`
	animals2 = `{"resourceType":"CodeSystem","id":"animals2","url":"http://example.org/cs/animals","version":"1.10","name":"Animals","status":"active","content":"complete",
"concept":[{"code":"dog","display":"Hound"},{"code":"cat","display":"Cat"}]}`
	loose = `{"resourceType":"CodeSystem","id":"loose","url":"http://example.org/cs/loose","version":"3","status":"active","content":"complete","caseSensitive":false,
"concept":[{"code":"Alpha","display":"First"},{"code":"beta","display":"Second","designation":[{"language":"en","value":"Runner-up"}]}]}`
	stub = `{"resourceType":"CodeSystem","id":"stub","url":"http://example.org/cs/stub","version":"1","status":"active","content":"not-present"}`
)

const animalURL = "http://example.org/cs/animals"

func TestContains(t *testing.T) {
	s, _ := service(t, animals, `{"resourceType":"ValueSet","id":"m","url":"http://example.org/vs/mammals","status":"active","compose":{"include":[{"system":"http://example.org/cs/animals","filter":[{"property":"concept","op":"descendent-of","value":"mammal"}]}]}}`)
	for code, want := range map[string]bool{"dog": true, "puppy": true, "mammal": false, "hen": false, "none": false} {
		got, err := s.Contains(t.Context(), "http://example.org/vs/mammals", animalURL, code)
		if err != nil || got != want {
			t.Errorf("Contains(%s) = %t, %v, want %t", code, got, err, want)
		}
	}
	_, err := s.Contains(t.Context(), "http://example.org/vs/none", animalURL, "dog")
	wantError(t, err, fhir.NotFound, "http://example.org/vs/none")
	near, err := s.Nearest(t.Context(), animalURL, "mbwaa", 2)
	if err != nil || len(near) != 1 || near[0].Code != "dog" || near[0].Display != "Dog" {
		t.Errorf("Nearest(mbwaa) = %v, %v, want dog", near, err)
	}
}
