package facilities_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/importers"
	"masjala/importers/decisions"
	"masjala/importers/facilities"
	"masjala/internal/testutil"
)

// reached is a list of one facility.
func reached(t *testing.T, name, phone, email, owner string) string {
	t.Helper()
	return text(t, [][]any{{"Code", "Name", "Phone number", "Email", "Type", "Ownership"}, {"7", name, phone, email, "Clinic", owner}})
}

// inDispute lists the open fields of a report as "field: here | list".
func inDispute(r *importers.Report) []string {
	var out []string
	for _, d := range r.Conflicts {
		if d.Decision == "" {
			out = append(out, d.Field+": "+d.Here+" | "+d.List)
		}
	}
	slices.Sort(out)
	return out
}

// settled decides about the conflicts of a report.
func settled(t *testing.T, env importers.Env, r *importers.Report, list ...string) {
	t.Helper()
	set := decisions.Set{}
	for _, text := range list {
		c, err := decisions.ParseConflict("", text)
		if err != nil {
			t.Fatal(err)
		}
		set.Conflicts = append(set.Conflicts, c)
	}
	if err := set.Complete(r); err != nil {
		t.Fatal(err)
	}
	decide(t, env, set)
}

// changedHere is a facility that was imported and then changed here in all of its columns but the type.
func changedHere(t *testing.T) importers.Env {
	t.Helper()
	env := newEnv(t)
	run(t, env, importers.Request{File: reached(t, "Kila Clinic", "0712000001", "a@example.org", "Public")})
	for _, typ := range []string{"Location", "Organization"} {
		for _, c := range [][2]string{{`"0712000001"`, `"0712000009"`}, {"a@example.org", "z@example.org"}, {`"name":"Kila`, `"name":"Kilo`}, {`"Public"`, `"Ours"`}} {
			if r := query(t, env, typ, "identifier", "7")[0]; strings.Contains(string(r.Body), c[0]) {
				edit(t, env, r, c[0], c[1])
			}
		}
	}
	return env
}

// Each column that was changed on both sides is decided about by itself, whatever element it is in.
func TestConflictsAreDecidedByColumn(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	file := func() string { return reached(t, "Kili Clinic", "0712000002", "b@example.org", "Private") }
	all := []string{"Email: z@example.org | b@example.org", "Name: Kilo Clinic | Kili Clinic", "Ownership: Ours | Private", "Phone number: 0712000009 | 0712000002"}
	without := func(fields ...string) []string {
		return slices.DeleteFunc(slices.Clone(all), func(s string) bool { f, _, _ := strings.Cut(s, ":"); return slices.Contains(fields, f) })
	}
	tests := map[string]struct {
		decisions                 []string
		name, phone, email, owner string
		open                      []string
	}{
		"nothing decided":          {nil, "Kilo", "0712000009", "z@", "Ours", all},
		"the telephone":            {[]string{"2:Phone number=list"}, "Kilo", "0712000002", "z@", "Ours", without("Phone number")},
		"the mail in all rows":     {[]string{"email=list"}, "Kilo", "0712000009", "b@", "Ours", without("Email")},
		"the owner":                {[]string{":Ownership=list"}, "Kilo", "0712000009", "z@", "Private", without("Ownership")},
		"one stays":                {[]string{"2:Email=here"}, "Kilo", "0712000009", "z@", "Ours", without("Email")},
		"the row":                  {[]string{"2=list"}, "Kili", "0712000002", "b@", "Private", nil},
		"all stay":                 {[]string{"all=here"}, "Kilo", "0712000009", "z@", "Ours", nil},
		"all but one, the later":   {[]string{"all=list", "2:Name=here"}, "Kilo", "0712000002", "b@", "Private", nil},
		"two of one element apart": {[]string{"2:Phone number=list", "2:Email=here", "2:Name=list"}, "Kili", "0712000002", "z@", "Ours", without("Email", "Phone number", "Name")},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			env := changedHere(t)
			r := run(t, env, importers.Request{File: file(), DryRun: true})
			if diff := cmp.Diff(all, inDispute(r)); diff != "" {
				t.Fatal(diff)
			}
			settled(t, env, r, tc.decisions...)
			for range 2 { // what was decided holds
				r = run(t, env, importers.Request{File: file()})
				if diff := cmp.Diff(tc.open, inDispute(r)); diff != "" {
					t.Error(diff)
				}
				if c := r.Of(facilities.Kind); (c.Conflict == 1) != (tc.open != nil) || (rules(r)["conflict"] == len(tc.open)) != true {
					t.Errorf("%+v, %v", c, rules(r))
				}
			}
			for _, typ := range []string{"Location", "Organization"} {
				got := string(query(t, env, typ, "identifier", "7")[0].Body)
				for _, want := range []string{tc.name, tc.phone, tc.email, tc.owner} {
					if !strings.Contains(got, want) && (typ != "Location" || want != tc.owner) {
						t.Errorf("%s lacks %s: %s", typ, want, got)
					}
				}
			}
		})
	}
}

// A decision is about what both sides said: when one of them says something else, it is asked for anew.
func TestConflictDecisionThatIsOld(t *testing.T) {
	env := changedHere(t)
	r := run(t, env, importers.Request{File: reached(t, "Kili Clinic", "0712000002", "b@example.org", "Public")})
	settled(t, env, r, "all=here")
	run(t, env, importers.Request{File: reached(t, "Kili Clinic", "0712000002", "b@example.org", "Public")})
	r = run(t, env, importers.Request{File: reached(t, "Kili Clinic", "0712000003", "b@example.org", "Public")})
	if diff := cmp.Diff([]string{"Phone number: 0712000009 | 0712000003"}, inDispute(r)); diff != "" {
		t.Error(diff)
	}
	settled(t, env, r, "2=list")
	for _, typ := range []string{"Location", "Organization"} {
		edit(t, env, query(t, env, typ, "identifier", "7")[0], "0712000009", "0712000008")
	}
	r = run(t, env, importers.Request{File: reached(t, "Kili Clinic", "0712000003", "b@example.org", "Public")})
	if diff := cmp.Diff([]string{"Phone number: 0712000008 | 0712000003"}, inDispute(r)); diff != "" {
		t.Error(diff)
	}
}

// Rows of an export are decided about in the same way.
func TestConflictsOfAnExportedList(t *testing.T) {
	for choice, want := range map[string]string{"list": "Stadt", "here": "Mji"} {
		env := newEnv(t)
		put(t, env, rich...)
		path := edited(t, env, func(head []string, rows [][]string) [][]string {
			set(head, rows, "rich", "Town", "Stadt")
			return rows
		})
		put(t, env, strings.Replace(rich[3], `"city":"Ville"`, `"city":"Mji"`, 1))
		r := run(t, env, importers.Request{File: path})
		if diff := cmp.Diff([]string{"Town: Mji | Stadt"}, inDispute(r)); diff != "" {
			t.Fatal(diff)
		}
		settled(t, env, r, "Town="+choice)
		r = run(t, env, importers.Request{File: path})
		if c := r.Of(facilities.Kind); c.Conflict > 0 || c.Update+c.Unchanged != 3 {
			t.Errorf("%s: %+v", choice, c)
		}
		if got := body(t, env, "Location", "rich"); !strings.Contains(got, `"city":"`+want+`"`) {
			t.Errorf("%s: the facility is %s", choice, got)
		}
	}
}

func TestConflictsThatAreNone(t *testing.T) {
	env := changedHere(t)
	r := run(t, env, importers.Request{File: reached(t, "Kili Clinic", "0712000002", "a@example.org", "Public"), DryRun: true})
	for text, want := range map[string]string{
		"2=perhaps": "list or here", "2": "12=list", "=list": "12=list", "3=list": "no conflict", "2:Town=list": "Name, Phone number", "Email=here": "Name, Phone number",
	} {
		c, err := decisions.ParseConflict("facilities", text)
		if err == nil {
			err = (&decisions.Set{Conflicts: []decisions.Conflict{c}}).Complete(r)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
