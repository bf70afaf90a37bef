package terminology_test

import (
	"bufio"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"masjala/fhir"
	"masjala/store"
	"masjala/store/sqlite"
	"masjala/terminology"
)

// childVariable tells this test program to be the one that is killed: its value is the data
// directory.
const childVariable = "MASJALA_TERMINOLOGY_CHILD"

// soak tells whether the full counts are wanted.
func soak() bool { return os.Getenv("MASJALA_SOAK") == "1" }

// grown is version i of a code system whose every display says i.
func grown(i int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"resourceType":"CodeSystem","id":"grown","url":"http://example.org/cs/grown","status":"active","content":"complete","concept":[`)
	for k := range 300 {
		if k > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"code":"c%d","display":"Version %d","definition":%q}`, k, i, strings.Repeat("x", k+1))
	}
	return b.String() + "]}"
}

// TestChild is no test by itself: it writes versions of a code system until it is killed,
// and says which ones are acknowledged.
func TestChild(t *testing.T) {
	dir := os.Getenv(childVariable)
	if dir == "" {
		t.Skip("only runs as the child of TestKilled")
	}
	st := openStoreHere(t, dir)
	s, err := terminology.New(terminology.Options{Store: st, Dir: filepath.Join(dir, "concepts")})
	if err != nil {
		t.Fatal(err)
	}
	have, err := present(t, s)
	if err != nil {
		t.Fatal(err)
	}
	for i := have + 1; ; i++ {
		put(t, s, st, grown(i))
		fmt.Printf("acknowledged %d\n", i)
	}
}

// present tells which version of the grown code system answers; 0 for none.
func present(t testing.TB, s *terminology.Service) (int, error) {
	t.Helper()
	version := 0
	for k := range 300 {
		d, err := s.Lookup(t.Context(), terminology.LookupRequest{System: "http://example.org/cs/grown", Code: fmt.Sprint("c", k)})
		if fhir.KindOf(err) == fhir.NotFound && k == 0 {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		n, err := strconv.Atoi(strings.TrimPrefix(d.Display, "Version "))
		if err != nil || k > 0 && n != version || len(d.Definition) != k+1 {
			return 0, fmt.Errorf("code c%d has the display %q, code c0 has version %d", k, d.Display, version)
		}
		version = n
	}
	return version, nil
}

// TestKilled kills a writing program at random moments, often between the commit of the
// concepts and that of the resource: the old or the new version is there, whole, and never
// one older than was acknowledged.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	rounds := 10
	if soak() {
		rounds = 100
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for round := range rounds {
		acknowledged := killed(t, dir, time.Duration(20+r.IntN(150))*time.Millisecond)
		st := openStoreHere(t, dir)
		s, err := terminology.New(terminology.Options{Store: st, Dir: filepath.Join(dir, "concepts")})
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		got, err := present(t, s)
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		if got != acknowledged && got != acknowledged+1 {
			t.Fatalf("round %d: version %d answers, %d was acknowledged", round, got, acknowledged)
		}
		<-s.Repaired()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if flat, err := os.ReadDir(filepath.Join(dir, "concepts", "flat")); err != nil || len(flat) > 1 {
			t.Fatalf("round %d: %d flat files are left, want those in use only (%v)", round, len(flat), err)
		}
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// killed runs the child, kills it some time after its first write and returns the last
// version that it said was acknowledged.
func killed(t *testing.T, dir string, after time.Duration) int {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.v")
	cmd.Env = append(os.Environ(), childVariable+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	last := 0
	var timer *time.Timer
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if _, err := fmt.Sscanf(lines.Text(), "acknowledged %d", &last); err == nil && timer == nil {
			timer = time.AfterFunc(after, func() { cmd.Process.Kill() })
		}
	}
	if err := cmd.Wait(); err == nil || timer == nil {
		t.Fatalf("the child ended by itself: %v", err)
	}
	timer.Stop()
	return last
}

// TestDamageToTheService damages each file of the concepts of a data directory and asks
// afterwards: every answer is right, and all is repaired.
func TestDamageToTheService(t *testing.T) {
	dir := t.TempDir()
	func() {
		st := openStoreHere(t, dir)
		defer st.Close()
		s := newService(t, st, dir)
		defer s.Close()
		put(t, s, st, grown(1))
		put(t, s, st, animals)
	}()
	var names []string
	err := filepath.WalkDir(filepath.Join(dir, "concepts"), func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			names = append(names, path)
		}
		return err
	})
	if err != nil || len(names) < 6 {
		t.Fatalf("files %q, %v", names, err)
	}
	r := rand.New(rand.NewPCG(3, 3))
	for _, name := range names {
		rel, _ := filepath.Rel(dir, name)
		for _, how := range []string{"flip", "cut", "delete"} {
			t.Run(strings.ReplaceAll(rel, "/", "_")+"_"+how, func(t *testing.T) {
				copied := t.TempDir()
				if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
					t.Fatal(err)
				}
				damage(t, r, filepath.Join(copied, rel), how)
				answers(t, copied)
				if how == "flip" { // nothing is left to repair
					answers(t, copied)
				}
			})
		}
	}
}

func newService(t testing.TB, st *sqlite.Store, dir string) *terminology.Service {
	t.Helper()
	s, err := terminology.New(terminology.Options{Store: st, Dir: filepath.Join(dir, "concepts")})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func damage(t *testing.T, r *rand.Rand, name, how string) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case how == "delete" || len(data) == 0:
		err = os.Remove(name)
	case how == "cut":
		err = os.Truncate(name, int64(r.IntN(len(data))))
	default:
		data[r.IntN(len(data))] ^= 1 << r.IntN(8)
		err = os.WriteFile(name, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// answers opens a data directory and asks for all codes.
func answers(t *testing.T, dir string) {
	t.Helper()
	st := openStoreHere(t, dir)
	defer st.Close()
	s := newService(t, st, dir)
	defer s.Close()
	if version, err := present(t, s); err != nil || version != 1 {
		t.Errorf("version %d, %v", version, err)
	}
	d, err := s.Lookup(t.Context(), terminology.LookupRequest{System: animalURL, Code: "dog", Language: "sw"})
	if err != nil || d.Display != "Mbwa" {
		t.Errorf("lookup %v, %v", d, err)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Errorf("Check = %v", err)
	}
}

// TestKilledBetween stops after the concepts are durable and before the resource is: the old
// version answers, and what was prepared is swept.
func TestKilledBetween(t *testing.T) {
	dir := t.TempDir()
	st := openStoreHere(t, dir)
	s := newService(t, st, dir)
	put(t, s, st, grown(1))
	r, err := fhir.Parse([]byte(grown(2)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.NewRegistries(s).Prepare(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	answers2 := func() int {
		st := openStoreHere(t, dir)
		defer st.Close()
		s := newService(t, st, dir)
		defer s.Close()
		<-s.Repaired()
		version, err := present(t, s)
		if err != nil {
			t.Fatal(err)
		}
		return version
	}
	if got := answers2(); got != 1 {
		t.Errorf("version %d answers, want 1", got)
	}
	if flat, err := os.ReadDir(filepath.Join(dir, "concepts", "flat")); err != nil || len(flat) != 1 {
		t.Errorf("%d flat files are left, want 1 (%v)", len(flat), err)
	}
}

// TestConceptsLost loses both the concepts and the code system that they could be made of:
// the service starts, says so, and answers all else.
func TestConceptsLost(t *testing.T) {
	dir := t.TempDir()
	st := openStoreHere(t, dir)
	defer st.Close()
	s := newService(t, st, dir)
	put(t, s, st, animals)
	put(t, s, st, loose)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := st.Erase(t.Context(), store.Cause{Actor: "test"}, "CodeSystem", "animals"); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "concepts")); err != nil {
		t.Fatal(err)
	}
	s = newService(t, st, dir)
	defer s.Close()
	if err := s.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "CodeSystem/animals") {
		t.Errorf("Check = %v, want an error that names the code system", err)
	}
	_, err := s.Lookup(t.Context(), terminology.LookupRequest{System: animalURL, Code: "dog"})
	wantError(t, err, fhir.NotFound, "not on this server")
	if _, err := s.Lookup(t.Context(), terminology.LookupRequest{System: "http://example.org/cs/loose", Code: "beta"}); err != nil {
		t.Error(err)
	}
}
