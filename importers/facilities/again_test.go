package facilities_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/importers"
	"masjala/internal/testutil"
)

func TestSameContentChangesNothing(t *testing.T) {
	testutil.Requirement(t, "IMP-2", "FRF-8")
	const seed = 7
	rows := district(400, seed)
	env := newEnv(t)
	first := run(t, env, importers.Request{File: workbook(t, rows)})
	made := first.Of("facilities")
	if made.Create == 0 || made.Repeat == 0 || made.Create+made.Repeat != len(rows)-1 || made.Failed > 0 {
		t.Fatalf("first import (seed %d): %+v of %d rows", seed, made, len(rows)-1)
	}
	seq := env.Store.Seq()
	again := map[string]string{
		"the same file":         workbook(t, rows),
		"rows in another order": workbook(t, shuffled(rows, 3)),
		"saved as text":         text(t, rows),
		"shuffled and as text":  text(t, shuffled(rows, 4)),
	}
	for name, file := range again {
		t.Run(name, func(t *testing.T) {
			r := run(t, env, importers.Request{File: file})
			want := importers.Counts{What: "facilities", Unchanged: made.Create, Repeat: made.Repeat, Repeated: made.Repeated}
			if diff := cmp.Diff(want, r.Of("facilities")); diff != "" {
				t.Errorf("counts (-want +got):\n%s", diff)
			}
			for _, what := range []string{"areas", "code lists"} {
				if c := r.Of(what); c.Create+c.Update+c.Conflict > 0 {
					t.Errorf("%s changed: %+v", what, c)
				}
			}
			if got := env.Store.Seq(); got != seq {
				t.Errorf("the store went from %d to %d", seq, got)
			}
			if diff := cmp.Diff(rules(first), rules(r)); diff != "" {
				t.Errorf("issues (-first +again):\n%s", diff)
			}
		})
	}
}

func TestStoppedRunIsCompletedByTheNext(t *testing.T) {
	t.Parallel()
	testutil.Requirement(t, "IMP-1")
	rows := district(1500, 9)
	file := workbook(t, rows)
	whole := newEnv(t)
	want := run(t, whole, importers.Request{File: file}).Of("facilities").Create

	env := newEnv(t)
	if err := cancelled(t, env, importers.Request{File: file}); err == nil {
		t.Fatal("a cancelled run succeeded")
	}
	n, err := env.Store.Count(t.Context(), "Location")
	if err != nil {
		t.Fatal(err)
	}
	rest := run(t, env, importers.Request{File: file}).Of("facilities")
	if rest.Create+rest.Unchanged != want || rest.Update > 0 {
		t.Errorf("after %d Locations of a stopped run the next made %+v, want %d facilities in all", n, rest, want)
	}
	for _, typ := range []string{"Location", "Organization"} {
		a, _ := whole.Store.Count(t.Context(), typ)
		b, _ := env.Store.Count(t.Context(), typ)
		if a != b {
			t.Errorf("%d of type %s, want %d", b, typ, a)
		}
	}
}

func TestDryRunChangesNothing(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	rows := district(60, 11)
	env := newEnv(t)
	file := workbook(t, rows)
	plan := run(t, env, importers.Request{File: file, DryRun: true})
	if n := env.Store.Seq(); n != 0 {
		t.Errorf("a dry run wrote %d versions", n)
	}
	done := run(t, env, importers.Request{File: file})
	if diff := cmp.Diff(plan.Counts, done.Counts); diff != "" {
		t.Errorf("the plan and what came of it (-plan +done):\n%s", diff)
	}
	if len(plan.Samples) == 0 || plan.Samples[0].Action != "create" {
		t.Errorf("the plan shows no creation: %+v", plan.Samples)
	}
}
