package facilities_test

import (
	"testing"

	"masjala/importers"
	"masjala/importers/facilities"
	"masjala/internal/testutil"
)

func TestMappingIsRemembered(t *testing.T) {
	testutil.Requirement(t, "IMP-1", "FRF-8")
	env := newEnv(t)
	list := func(name string, above ...[]any) importers.Request {
		rows := append(above, []any{"Kituo", "Name", "District"}, []any{name, "The North", "Kila"})
		return importers.Request{File: text(t, rows)}
	}
	given := list("Amani Clinic")
	m, err := facilities.Propose(given)
	if err != nil {
		t.Fatal(err)
	}
	m.Columns[0].Target, m.Columns[1].Target = "name", "contact"
	given.Map, given.DryRun = m, true
	run(t, env, given)
	if r := run(t, env, list("Planned only")); r.MappingOf != "" {
		t.Errorf("a dry run was remembered: %s", r.MappingOf)
	}
	given.DryRun = false
	first := run(t, env, given)

	next := list("Baraka Clinic", []any{"Facilities 2027"}, []any{})
	r := run(t, env, next)
	if l := find(t, env, "Location", "Baraka Clinic"); r.MappingOf != first.Run || r.HeaderRow != 3 || l == nil {
		t.Errorf("headings in row %d, mapping of %q, want that of %q", r.HeaderRow, r.MappingOf, first.Run)
	}
	other := importers.Request{File: text(t, [][]any{{"Name", "District", "Kituo", "Phone"}, {"Chanzo Clinic", "Kila", "x", ""}})}
	if r := run(t, env, other); r.MappingOf != "" {
		t.Errorf("a list with other headings got the mapping of %s", r.MappingOf)
	}

	overruled := list("Daraja Clinic")
	if overruled.Map, err = facilities.Propose(overruled); err != nil {
		t.Fatal(err)
	}
	second := run(t, env, overruled)
	if r := run(t, env, list("Elimu Clinic")); second.MappingOf != "" || r.MappingOf != second.Run {
		t.Errorf("mapping of %q after another was given, want that of %q", r.MappingOf, second.Run)
	}
	forget := list("Furaha Clinic")
	forget.Forget = true
	if r := run(t, env, forget); r.MappingOf != "" {
		t.Errorf("mapping of %q, though it is to be forgotten", r.MappingOf)
	}
	if r := run(t, env, list("Hekima Clinic")); r.MappingOf != "" {
		t.Errorf("mapping of %q after it was forgotten", r.MappingOf)
	}
}
