package terminology_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/internal/testutil"
	"masjala/store"
	"masjala/terminology"
)

// TestChangesShowAtOnce writes, changes and deletes, and asks after each.
func TestChangesShowAtOnce(t *testing.T) {
	s, st := service(t, animals, mammals)
	ask := func(code string) bool {
		t.Helper()
		ok, err := s.Contains(t.Context(), "http://example.org/vs/mammals", animalURL, code)
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	if ask("cat") {
		t.Fatal("cat is there before it was written")
	}
	put(t, s, st, strings.Replace(animals, `{"code":"bat"`, `{"code":"cat"},{"code":"bat"`, 1))
	if !ask("cat") || !ask("bat") {
		t.Error("the changed code system does not show in the value set")
	}
	put(t, s, st, strings.Replace(mammals, `"is-a","value":"mammal"`, `"is-a","value":"dog"`, 1))
	if ask("cat") || !ask("puppy") {
		t.Error("the changed value set does not show")
	}
	remove(t, s, st, "ValueSet", "mammals")
	_, err := s.Contains(t.Context(), "http://example.org/vs/mammals", animalURL, "dog")
	wantError(t, err, fhir.NotFound, "mammals")
	remove(t, s, st, "CodeSystem", "animals")
	_, err = s.Lookup(t.Context(), terminology.LookupRequest{System: animalURL, Code: "dog"})
	wantError(t, err, fhir.NotFound, animalURL)
}

// TestRefusedWriteShowsNothing rolls a transaction back after Put.
func TestRefusedWriteShowsNothing(t *testing.T) {
	s, st := service(t, animals)
	r, err := fhir.Parse([]byte(strings.Replace(animals, `"Bat"`, `"Changed"`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	d, err := s.Prepare(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	err = st.Write(t.Context(), store.Cause{Actor: "test"}, func(tx store.Tx) error {
		if _, err := s.Put(t.Context(), tx, d, "PUT"); err != nil {
			return err
		}
		return fhir.Errorf(fhir.Conflict, "no")
	})
	wantError(t, err, fhir.Conflict, "no")
	x, err := s.Lookup(t.Context(), terminology.LookupRequest{System: animalURL, Code: "bat"})
	if err != nil || x.Display != "Bat" {
		t.Errorf("display %q, %v, want Bat", x.Display, err)
	}
}

func TestReopen(t *testing.T) {
	dir := t.TempDir()
	for round := range 3 {
		func() {
			st := openStoreHere(t, dir)
			defer st.Close()
			s, err := terminology.New(terminology.Options{Store: st, Dir: filepath.Join(dir, "concepts")})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if round == 0 {
				for _, r := range []string{animals, animals2, mammals, naming, counts, maps[2]} {
					put(t, s, st, r)
				}
			}
			<-s.Repaired()
			if ok, err := s.Contains(t.Context(), "http://example.org/vs/mammals", "urn:oid:2.999.7", "dog"); err != nil || !ok {
				t.Errorf("round %d: Contains by OID = %t, %v", round, ok, err)
			}
			out, err := s.Translate(t.Context(), terminology.TranslateRequest{ID: "legs", System: animalURL, Code: "dog"})
			if err != nil || !out.Result {
				t.Errorf("round %d: Translate = %v, %v", round, out, err)
			}
			if round == 1 {
				remove(t, s, st, "CodeSystem", "animals2")
			}
			d, err := s.Lookup(t.Context(), terminology.LookupRequest{System: animalURL, Code: "dog"})
			if want := map[bool]string{true: "1.0", false: "1.10"}[round > 0]; err != nil || d.Version != want {
				t.Errorf("round %d: version %v, %v, want %s", round, d, err, want)
			}
		}()
	}
}

const naming = `{"resourceType":"NamingSystem","id":"n","name":"Animals","status":"active","kind":"codesystem","date":"2020-01-01",
"uniqueId":[{"type":"oid","value":"2.999.7"},{"type":"uri","value":"http://example.org/cs/animals","preferred":true}]}`

// TestErase removes a code system for good, past the registry.
func TestErase(t *testing.T) {
	s, st := service(t, animals)
	if err := st.Erase(t.Context(), store.Cause{Actor: "test"}, "CodeSystem", "animals"); err != nil {
		t.Fatal(err)
	}
	_, err := s.Lookup(t.Context(), terminology.LookupRequest{System: animalURL, Code: "dog"})
	wantError(t, err, fhir.NotFound, animalURL)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if v, err := st.Value(t.Context(), "terminology", "CodeSystem/animals"); err != nil || v != nil {
		t.Errorf("the note on the erased code system is still there: %s, %v", v, err)
	}
}

// TestSwapUnderLoad replaces a code system again and again while others read it: every
// answer is of one version as a whole.
func TestSwapUnderLoad(t *testing.T) {
	version := func(i int) string {
		return fmt.Sprintf(`{"resourceType":"CodeSystem","id":"swap","url":"http://example.org/cs/swap","status":"active","content":"complete","concept":[{"code":"a","display":"%d","concept":[{"code":"b","display":"%d"}]}]}`, i, i)
	}
	s, st := service(t, version(0))
	set := inline(t, `{"include":[{"system":"http://example.org/cs/swap"}]}`)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				x, err := s.Expand(t.Context(), terminology.ExpandRequest{SetRef: set})
				if err != nil {
					t.Error(err)
					return
				}
				if a, b := gjson.GetBytes(x.JSON(), "expansion.contains.0.display").Str, gjson.GetBytes(x.JSON(), "expansion.contains.1.display").Str; a != b {
					t.Errorf("one answer has the displays %s and %s", a, b)
					return
				}
			}
		})
	}
	for i := range 20 {
		put(t, s, st, version(i+1))
		d, err := s.Lookup(t.Context(), terminology.LookupRequest{System: "http://example.org/cs/swap", Code: "b"})
		if err != nil || d.Display != fmt.Sprint(i+1) {
			t.Errorf("display %v, %v after version %d", d, err, i+1)
		}
	}
	close(stop)
	wg.Wait()
}

func TestCapabilities(t *testing.T) {
	testutil.Requirement(t, "TX-2")
	s, _ := service(t, animals, animals2, loose)
	body, err := s.Capabilities(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fhir.Parse(body); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	for path, want := range map[string]string{
		"codeSystem.#.uri":                 `["http://example.org/cs/animals","http://example.org/cs/loose","urn:ietf:bcp:47"]`,
		"codeSystem.0.version.#.code":      `["1.10","1.0"]`,
		"codeSystem.0.version.0.isDefault": "true",
		"expansion.paging":                 "true",
	} {
		if got := gjson.GetBytes(body, path).String(); got != want {
			t.Errorf("%s = %s, want %s", path, got, want)
		}
	}
}

// TestTwins has two resources of one address and version: the one written last answers.
func TestTwins(t *testing.T) {
	twin := func(id, display string) string {
		return fmt.Sprintf(`{"resourceType":"CodeSystem","id":%q,"url":"http://example.org/cs/twin","version":"1","status":"active","content":"complete","concept":[{"code":"a","display":%q}]}`, id, display)
	}
	s, st := service(t, twin("b", "B"), twin("a", "A"))
	for _, want := range []string{"A", "C", "B"} {
		switch want {
		case "C":
			put(t, s, st, twin("c", "C"))
		case "B":
			put(t, s, st, twin("b", "B"))
			put(t, s, st, strings.Replace(twin("c", "C"), `"active"`, `"retired"`, 1))
		}
		d, err := s.Lookup(t.Context(), terminology.LookupRequest{System: "http://example.org/cs/twin", Code: "a"})
		if err != nil || d.Display != want {
			t.Errorf("display %v, %v, want %s", d, err, want)
		}
	}
}

// TestSweepWhileRunning replaces a code system: the concepts of the former version go away
// without a restart, and what is in use stays.
func TestSweepWhileRunning(t *testing.T) {
	dir := t.TempDir()
	st := openStore(t, dir)
	s, err := terminology.New(terminology.Options{Store: st, Dir: filepath.Join(dir, "concepts"), SweepAfter: 10 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	put(t, s, st, loose)
	for i := range 3 {
		put(t, s, st, strings.Replace(animals, `"Bat"`, fmt.Sprintf(`"Bat %d"`, i), 1))
	}
	for until := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		runtime.GC() // former versions are held until their garbage is collected
		flat, err := os.ReadDir(filepath.Join(dir, "concepts", "flat"))
		if err != nil {
			t.Fatal(err)
		}
		if len(flat) == 2 {
			break
		}
		if time.Now().After(until) {
			t.Fatalf("%d flat files are left, want 2", len(flat))
		}
	}
	d, err := s.Lookup(t.Context(), terminology.LookupRequest{System: animalURL, Code: "bat"})
	if err != nil || d.Display != "Bat 2" {
		t.Errorf("display %v, %v, want Bat 2", d, err)
	}
}
