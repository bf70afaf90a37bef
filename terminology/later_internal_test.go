package terminology

import (
	"sync"
	"sync/atomic"
	"testing"

	"masjala/terminology/concept"
)

// TestAStartOpensTheBestVersions opens one version of each code system, or another where its
// concepts are lost, and each of the others once when it is asked for.
func TestAStartOpensTheBestVersions(t *testing.T) {
	src, err := concept.Read([]byte(`{"concept":[{"code":"a"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	set, err := concept.Build(src)
	if err != nil {
		t.Fatal(err)
	}
	var opened [4]atomic.Int32
	c := &catalog{byID: map[string]*entry{}, byURL: map[address][]*entry{}}
	for i, version := range []string{"3", "2", "1", "0"} {
		e := &entry{typ: codeSystem, id: version, info: info{URL: "urn:s", Version: version, Status: "active"}}
		e.later = &later{open: func() *entry {
			if opened[i].Add(1); version == "3" {
				return e.holds(nil) // lost
			}
			return e.holds(set)
		}}
		c.add(e)
	}
	was := func(want [4]int32) {
		t.Helper()
		for i := range opened {
			if got := opened[i].Load(); got != want[i] {
				t.Errorf("version %d was opened %d times, want %d", 3-i, got, want[i])
			}
		}
	}
	c.openBest()
	was([4]int32{1, 1, 0, 0})
	if e := c.system("urn:s", ""); e == nil || e.info.Version != "2" || e.set != set {
		t.Errorf("without a version: %+v, want version 2", e)
	}
	if held := c.held("urn:s"); len(held) != 3 || held[0] != "0" || held[2] != "2" {
		t.Errorf("versions %q are held, want 0, 1 and 2", held)
	}
	was([4]int32{1, 1, 0, 0})
	var asking sync.WaitGroup
	for range 8 {
		asking.Go(func() {
			if e := c.usableOrNil("urn:s", "1"); e == nil || e.set != set {
				t.Errorf("version 1: %+v", e)
			}
		})
	}
	asking.Wait()
	was([4]int32{1, 1, 1, 0})
}
