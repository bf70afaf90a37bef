package facilities_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/importers"
	"masjala/importers/decisions"
	"masjala/internal/export/table"
	"masjala/internal/testutil"
	"masjala/store"
)

// wards is a list of facilities in wards of districts; the district is misspelt in some rows.
func wards(t *testing.T) string {
	t.Helper()
	return text(t, [][]any{{"Code", "Name", "Province", "District", "Ward"},
		{"1", "A", "Coast", "Kilifi", "Gede"}, {"2", "B", "Coast", "Kilifi", "Ganze"}, {"6", "F", "Coast", "Kilifi", "Ganze"}, {"3", "C", "Coast", "Kilify", "Gede"}, {"4", "D", "Coast", "Kilify", "Shella"}, {"5", "E", "Rift", "Kilifa", "Gede"}})
}

// areasOf lists the stored areas with what they lie in and their further names.
func areasOf(t *testing.T, env importers.Env) []string {
	t.Helper()
	var out []string
	for _, r := range query(t, env, "Location", "type", "jurisdiction") {
		up := ""
		if id, ok := strings.CutPrefix(r.Field("partOf.reference").Str, "Location/"); ok {
			up = gjson.Get(body(t, env, "Location", id), "name").Str + "/"
		}
		name := up + r.Field("name").Str
		for _, a := range r.Field("alias").Array() {
			name += " = " + a.Str
		}
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// A spelling is decided to mean an area that is not here yet, because the same list brings it: by its id,
// its name, the way to it, or with the table. The areas below both are one.
func TestDecidedForAnAreaThatComes(t *testing.T) {
	testutil.Requirement(t, "IMP-3")
	tests := map[string]struct{ code, refused string }{
		"by its id":               {"", ""},
		"by its name":             {"KILIFI", ""},
		"by the way to it":        {"Coast / Kilifi", ""},
		"what nobody brings":      {"Kalifi", "none that the list brings"},
		"several of one name":     {"Gede", `3 areas called "Gede"`},
		"in the table with a yes": {"yes", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env, _ := newVocabulary(t)
			r := run(t, env, importers.Request{File: wards(t), DryRun: true})
			v := valueOf(r, "Kilify")
			if v.State != importers.Doubtful || len(v.Candidates) != 1 || !v.Candidates[0].New || v.Candidates[0].Display != "Kilifi" {
				t.Fatalf("the value is %+v", v)
			}
			if tc.code == "" {
				tc.code = v.Candidates[0].Code
			}
			set := decisions.Set{Values: []decisions.Value{{Column: "District", Text: "Kilify", Within: "Coast", Code: tc.code}}}
			if tc.code == "yes" {
				set = *agreedTo(t, r)
			} else if err := set.Complete(r); err != nil {
				t.Fatal(err)
			}
			if tc.refused != "" {
				if _, err := decisions.Keep(t.Context(), env, store.Cause{Actor: "desk"}, set); err == nil || !strings.Contains(err.Error(), tc.refused) {
					t.Errorf("%v, want %q", err, tc.refused)
				}
				return
			}
			decide(t, env, set)
			r = run(t, env, importers.Request{File: wards(t)})
			if v := valueOf(r, "Kilify"); v.State != importers.Decided || rules(r)["area-near"] > 0 {
				t.Errorf("the value is %+v, issues %v", v, rules(r))
			}
			want := []string{"Coast", "Coast/Kilifi = Kilify", "Kilifa/Gede", "Kilifi/Ganze", "Kilifi/Gede", "Kilifi/Shella", "Rift", "Rift/Kilifa"}
			if got := areasOf(t, env); !slices.Equal(got, want) {
				t.Errorf("areas %q\nwant  %q", got, want)
			}
			if a, c := find(t, env, "Location", "A"), find(t, env, "Location", "C"); a.Field("partOf.reference").Str != c.Field("partOf.reference").Str {
				t.Errorf("A lies in %s, C in %s", a.Field("partOf"), c.Field("partOf"))
			}
			again := run(t, env, importers.Request{File: wards(t)})
			if c := again.Of("areas"); c.Create+c.Update+c.Conflict > 0 || again.Of("facilities").Unchanged != 6 {
				t.Errorf("the list again: %+v", again.Counts)
			}
		})
	}
}

// agreedTo is the table of a report in which every proposal of an area is agreed to.
func agreedTo(t *testing.T, r *importers.Report) *decisions.Set {
	t.Helper()
	path := filepath.Join(t.TempDir(), "decide.csv")
	var out strings.Builder
	if err := decisions.WriteTable(&out, table.Delimited, r); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(out.String(), ",,area,", ",yes,area,", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	set, err := decisions.ReadTable(t.Context(), path, "decide.csv", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// Two spellings that were decided to mean each other are told, and stay areas of their own.
func TestAreasThatMeanEachOther(t *testing.T) {
	env, _ := newVocabulary(t)
	r := run(t, env, importers.Request{File: wards(t), DryRun: true})
	set := decisions.Set{Values: []decisions.Value{{Column: "District", Text: "Kilify", Within: "Coast", Code: "Coast / Kilifi"}, {Column: "District", Text: "Kilifi", Within: "Coast", Code: "Coast / Kilify"},
		{Column: "District", Text: "Kilifa", Within: "Rift", Code: "Rift / Kilifa"}}}
	if err := set.Complete(r); err != nil {
		t.Fatal(err)
	}
	decide(t, env, set)
	r = run(t, env, importers.Request{File: wards(t)})
	if v := valueOf(r, "Kilify"); v.State != importers.Stale && valueOf(r, "Kilifi").State != importers.Stale {
		t.Errorf("%+v", r.Values)
	}
	if c := r.Of("facilities"); c.Create != 6 {
		t.Errorf("%+v", r.Counts)
	}
}
