package mcsd_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/internal/testutil"
	"masjala/store"
	"masjala/store/storetest"
)

// world is an upstream and a follower that also has resources of its own, some with ids
// that upstream uses too.
type world struct {
	t      *testing.T
	random *rand.Rand
	up     *upstream
	here   store.Store
	n      int             // names given
	own    map[string]bool // names of what the follower made itself
}

// refs are the ids that both sides pick from.
func (w *world) ref() (typ, id string) {
	return []string{"Location", "Organization"}[w.random.IntN(2)], fmt.Sprintf("x%d", w.random.IntN(12))
}

// resource makes a resource with a name that nothing else has, and maybe a reference.
func (w *world) resource(typ, id string) (text, name string) {
	w.n++
	name = fmt.Sprintf("n%d", w.n)
	part := ""
	if w.random.IntN(3) > 0 {
		part = fmt.Sprintf(`,"partOf":{"reference":"%s/x%d"}`, typ, w.random.IntN(12))
	}
	return fmt.Sprintf(`{"resourceType":"%s","id":"%s","name":"%s"%s}`, typ, id, name, part), name
}

// step changes something upstream, or adds something here.
func (w *world) step() {
	typ, id := w.ref()
	switch w.random.IntN(8) {
	case 0:
		if text(w.t, w.up.store, typ+"/"+id) != "" {
			w.up.remove(typ + "/" + id)
		}
	case 1:
		if text(w.t, w.here, typ+"/"+id) == "" {
			body, name := w.resource(typ, id)
			put(w.t, w.here, body)
			w.own[name] = true
		}
	default:
		body, _ := w.resource(typ, id)
		w.up.put(body)
	}
}

// graph lists "name -> name of what it refers to" of each resource but those in without.
func graph(t *testing.T, st store.Store, without map[string]bool) []string {
	t.Helper()
	names, parts := map[string]string{}, map[string]string{}
	for _, line := range contents(t, st) {
		ref, body, _ := strings.Cut(line, " ")
		names[ref] = gjson.Get(body, "name").Str
		parts[ref] = gjson.Get(body, "partOf.reference").Str
	}
	var list []string
	for ref, name := range names {
		if without[name] {
			continue
		}
		typ, _, _ := strings.Cut(ref, "/")
		to := names[parts[ref]]
		if parts[ref] != "" && (to == "" || without[to]) {
			to = "something that is not there"
		}
		list = append(list, typ+" "+name+" -> "+to)
	}
	slices.Sort(list)
	return list
}

func TestRandomWorldsComeToTheSameState(t *testing.T) {
	testutil.Requirement(t, "SYN-1", "SYN-2", "MD-91-10", "MD-91-16")
	seeds := 12
	if os.Getenv("MASJALA_SOAK") != "" {
		seeds = 400
	}
	for seed := range seeds {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			w := &world{t: t, random: rand.New(rand.NewPCG(uint64(seed), 9)), own: map[string]bool{}}
			w.up, w.here = newUpstream(t), storetest.Open(t)
			src := from(w.up)
			src.PageSize = 3
			for range 6 {
				for range 1 + w.random.IntN(10) {
					w.step()
				}
				if w.random.IntN(2) == 0 {
					killed := followWith(t, &cut{Store: w.here, left: w.random.IntN(15)}, nil, src)
					if _, err := killed.client.Run(t.Context(), "nation", nil); err != nil && !errors.Is(err, errCut) {
						t.Fatal(err)
					}
					continue
				}
				followWith(t, w.here, nil, src).run()
			}
			followWith(t, w.here, nil, src).run()
			got, want := graph(t, w.here, w.own), graph(t, w.up.store, nil)
			if !slices.Equal(got, want) {
				t.Errorf("got  %q\nwant %q", got, want)
			}
			seq := w.here.Seq()
			if followWith(t, w.here, nil, src).run(); w.here.Seq() != seq {
				t.Error("a run without changes wrote")
			}
		})
	}
}
