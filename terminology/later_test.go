package terminology_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/terminology"
)

// edition is a version of a code system whose flat file is mapped, and whose displays say it.
func edition(version int) string {
	var list []string
	for i := range 3000 {
		list = append(list, fmt.Sprintf(`{"code":"c%d","display":"Version %d"}`, i, version))
	}
	return fmt.Sprintf(`{"resourceType":"CodeSystem","id":"e%d","url":"urn:editions","version":"%[1]d","status":"active","content":"complete","concept":[%s]}`,
		version, strings.Join(list, ","))
}

// TestFormerVersionsAreOpenedWhenAskedFor asks for all versions of a code system, by many at once,
// right after a start that found their files damaged: every answer is right.
func TestFormerVersionsAreOpenedWhenAskedFor(t *testing.T) {
	const versions = 3
	dir := t.TempDir()
	st := openStoreHere(t, dir)
	defer st.Close()
	s := newService(t, st, dir)
	for v := range versions {
		put(t, s, st, edition(v+1))
	}
	r := rand.New(rand.NewPCG(5, 5))
	for _, how := range []string{"", "flip", "cut", "delete"} {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		files, err := filepath.Glob(filepath.Join(dir, "concepts", "flat", "*"))
		if err != nil || len(files) != versions {
			t.Fatalf("flat files %v, %v; want %d", files, err, versions)
		}
		for _, name := range files {
			if how != "" {
				damage(t, r, name, how)
			}
		}
		s = newService(t, st, dir)
		var asking sync.WaitGroup
		for i := range 12 {
			asking.Go(func() {
				v := fmt.Sprint(i%versions + 1)
				d, err := s.Lookup(t.Context(), terminology.LookupRequest{System: "urn:editions", Version: v, Code: fmt.Sprint("c", 100*i)})
				if err != nil || d.Display != "Version "+v || d.Version != v {
					t.Errorf("%s: version %s: %+v, %v", how, v, d, err)
				}
			})
		}
		asking.Wait()
		if err := s.Check(t.Context()); err != nil {
			t.Errorf("%s: Check = %v", how, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestFormerVersionFollowsTheBest removes the version that is used when none is asked for, right
// after a start: the next one answers.
func TestFormerVersionFollowsTheBest(t *testing.T) {
	dir := t.TempDir()
	st := openStoreHere(t, dir)
	defer st.Close()
	s := newService(t, st, dir)
	put(t, s, st, edition(1))
	put(t, s, st, edition(2))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = newService(t, st, dir)
	defer s.Close()
	remove(t, s, st, "CodeSystem", "e2")
	if can, err := s.Capabilities(t.Context()); err != nil || !gjson.GetBytes(can, `codeSystem.#(uri=="urn:editions").subsumption`).Bool() {
		t.Errorf("%s, %v; want subsumption in version 1", can, err)
	}
	d, err := s.Lookup(t.Context(), terminology.LookupRequest{System: "urn:editions", Code: "c7"})
	if err != nil || d.Display != "Version 1" {
		t.Errorf("%+v, %v; want version 1", d, err)
	}
	_, err = s.Lookup(t.Context(), terminology.LookupRequest{System: "urn:editions", Version: "2", Code: "c7"})
	if fhir.KindOf(err) != fhir.NotFound {
		t.Errorf("the version that was removed: %v, want NotFound", err)
	}
}
