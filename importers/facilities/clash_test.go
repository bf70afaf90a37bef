package facilities_test

import (
	"testing"

	"masjala/importers"
	"masjala/importers/decisions"
	"masjala/internal/testutil"
)

// officeList is a list of an office that calls its numbers Code.
func officeList(t testing.TB, rows ...[]any) string {
	return text(t, append([][]any{{"Code", "Name", "District", "Lat", "Long"}}, rows...))
}

// Of rows with a number of something stored, those wait that are hardly that: two offices may call
// their numbers alike. A facility that gets another name, another district or a better position is still it.
func TestNumbersOfTwoOffices(t *testing.T) {
	testutil.Requirement(t, "MT-3")
	tests := map[string]struct {
		row     []any
		updates bool
	}{
		"another name":                    {[]any{"1", "Shimoni Clinic", "Kilifi", -3.3071, 40.0171}, true},
		"another name, nowhere":           {[]any{"1", "Shimoni Clinic", "", "", ""}, true},
		"another district":                {[]any{"1", "Gede Dispensary", "Lamu", -2.27, 40.9}, true},
		"another spelling, far away":      {[]any{"1", "Zahanati ya Ghede", "Lamu", -2.27, 40.9}, true},
		"another name, far away":          {[]any{"1", "Shimoni Clinic", "Kilifi", -2.27, 40.9}, false},
		"another name, in another area":   {[]any{"1", "Shimoni Clinic", "Lamu", "", ""}, false},
		"another name, near, other areas": {[]any{"1", "Shimoni Clinic", "Lamu", -3.3071, 40.0171}, true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			env := newEnv(t)
			run(t, env, importers.Request{File: officeList(t, []any{"1", "Gede Dispensary", "Kilifi", -3.307, 40.017})})
			gede := find(t, env, "Location", "Gede Dispensary")
			r := run(t, env, importers.Request{File: officeList(t, tc.row)})
			c := r.Of("facilities")
			if tc.updates {
				if c.Update != 1 || c.Held > 0 || len(r.Twins) > 0 {
					t.Errorf("%+v, twins %+v", c, r.Twins)
				}
				return
			}
			if c.Update+c.Create > 0 || c.Held != 1 || rules(r)["id-elsewhere"] != 1 || len(r.Twins) != 1 || r.Twins[0].Likely || r.Missing != nil {
				t.Fatalf("%+v, twins %+v, issues %v, missing %+v", c, r.Twins, rules(r), r.Missing)
			}
			if is := find(t, env, "Location", "Gede Dispensary"); is.ID != gede.ID || is.Version != gede.Version {
				t.Errorf("it was changed: %s", is.Body)
			}
		})
	}
}

// Somebody decides that a number means the same facility in both lists, or says in the mapping
// whose number it is.
func TestNumbersOfTwoOfficesDecided(t *testing.T) {
	env := newEnv(t)
	run(t, env, importers.Request{File: officeList(t, []any{"1", "Gede Dispensary", "Kilifi", -3.307, 40.017})})
	other := officeList(t, []any{"1", "Shimoni Clinic", "Lamu", -2.27, 40.9})
	held := run(t, env, importers.Request{File: other})
	decide(t, env, decisions.Set{Twins: []decisions.Twin{verdict(held.Twins[0], decisions.Different)}})
	if r := run(t, env, importers.Request{File: other}); r.Of("facilities").Held != 1 || r.Twins[0].Decision != "different" {
		t.Errorf("decided different: %+v, twins %+v", r.Counts, r.Twins)
	}
	m := mapped(t, other, "")
	for i := range m.Columns {
		if m.Columns[i].Target == "id" {
			m.Columns[i].System = "https://partner.example/code"
		}
	}
	if c := run(t, env, importers.Request{File: other, Map: m, DryRun: true}).Of("facilities"); c.Create != 1 {
		t.Errorf("with a system of its own: %+v", c)
	}
	decide(t, env, decisions.Set{Twins: []decisions.Twin{verdict(held.Twins[0], decisions.Same)}})
	if c := run(t, env, importers.Request{File: other}).Of("facilities"); c.Update != 1 || c.Held > 0 {
		t.Errorf("decided the same: %+v", c)
	}
	seq := env.Store.Seq()
	if c := run(t, env, importers.Request{File: other}).Of("facilities"); c.Unchanged != 1 || env.Store.Seq() != seq {
		t.Errorf("and again: %+v", c)
	}
}
