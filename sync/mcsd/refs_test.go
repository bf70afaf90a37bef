package mcsd_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"masjala/fhir"
	"masjala/internal/testutil"
	"masjala/store"
	"masjala/store/storetest"
	"masjala/sync/mcsd"
)

// role is a PractitionerRole as JSON.
func role(id, practitioner, organization string) string {
	return fmt.Sprintf(`{"resourceType":"PractitionerRole","id":"%s","practitioner":{"reference":"%s"},"organization":{"reference":"%s"}}`, id, practitioner, organization)
}

func TestReferencesThatArriveEarlyAreHeld(t *testing.T) {
	testutil.Requirement(t, "MD-91-16")
	u := newUpstream(t)
	u.put(location("child", "Child", "Location/parent"))
	f := follow(t, from(u))
	r := f.run()
	if got := text(t, f.store, "Location/child"); got != `{"name":"Child","partOf":{"reference":"Location/parent"}}` {
		t.Errorf("child = %s, want it with its reference", got)
	}
	if got := counts(r, "Location"); got.Held != 1 {
		t.Errorf("got %+v, want one that is held", got)
	}
	u.put(location("parent", "Parent", ""))
	r = f.run()
	if got := counts(r, "Location"); got.Held != 0 || got.Created != 1 {
		t.Errorf("after the parent came: %+v", got)
	}
	equal(t, f.store, u.store)
}

func TestAReferenceThatIsGivenUpIsNoLongerHeld(t *testing.T) {
	u := newUpstream(t)
	u.put(location("child", "Child", "Location/nowhere"))
	f := follow(t, from(u))
	f.run()
	u.put(location("child", "Child", ""))
	if got := counts(f.run(), "Location"); got.Held != 0 {
		t.Errorf("got %+v, want nothing held", got)
	}
}

func TestTakenIdsAreMappedAndReferencesRewritten(t *testing.T) {
	testutil.Requirement(t, "MD-91-16", "MD-91-13")
	u := newUpstream(t)
	u.put(organization("1", "Ministry"), location("1", "District", ""), location("2", "Clinic", "Location/1"),
		role("r", "Practitioner/p", "Organization/1"), `{"resourceType":"Practitioner","id":"p"}`)
	f := follow(t, from(u))
	put(t, f.store, location("1", "Our own place", ""), organization("1", "Our own body"))
	r := f.run()
	if got := text(t, f.store, "Location/1"); got != `{"name":"Our own place"}` {
		t.Errorf("the local Location/1 = %s, want it untouched", got)
	}
	district, ministry := byName(t, f.store, "Location", "District"), byName(t, f.store, "Organization", "Ministry")
	if district == "1" || ministry == "1" {
		t.Fatalf("upstream's ids were given to its resources although they were taken: %s, %s", district, ministry)
	}
	if got, want := text(t, f.store, "Location/2"), `{"name":"Clinic","partOf":{"reference":"Location/`+district+`"}}`; got != want {
		t.Errorf("Location/2 = %s, want %s", got, want)
	}
	if got, want := text(t, f.store, "PractitionerRole/r"), `{"practitioner":{"reference":"Practitioner/p"},"organization":{"reference":"Organization/`+ministry+`"}}`; got != want {
		t.Errorf("PractitionerRole/r = %s, want %s", got, want)
	}
	if sum := r.Total(); sum.Created != 5 || sum.Held != 0 {
		t.Errorf("got %+v, want 5 created and nothing held", sum)
	}
	u.put(location("1", "District, renamed", ""))
	u.remove("Organization/1")
	f.run()
	if got := text(t, f.store, "Location/"+district); got != `{"name":"District, renamed"}` {
		t.Errorf("the mapped district = %s after it was renamed upstream", got)
	}
	if text(t, f.store, "Organization/"+ministry) != "" || text(t, f.store, "Organization/1") == "" {
		t.Error("the deletion upstream did not hit the mapped resource alone")
	}
}

// byName returns the id of the one current resource of a type with a name.
func byName(t *testing.T, st store.Store, typ, name string) string {
	t.Helper()
	for _, line := range contents(t, st) {
		ref, body, _ := strings.Cut(line, " ")
		if id, ok := strings.CutPrefix(ref, typ+"/"); ok && strings.Contains(body, `"name":"`+name+`"`) {
			return id
		}
	}
	t.Fatalf("there is no %s called %s", typ, name)
	return ""
}

func TestTwoSourcesWithTheSameIds(t *testing.T) {
	testutil.Requirement(t, "SYN-1", "MD-91-13")
	a, b := newUpstream(t), newUpstream(t)
	a.put(location("1", "North", ""), location("2", "North clinic", "Location/1"))
	b.put(location("1", "South", ""), location("2", "South clinic", "Location/1"))
	f := follow(t, mcsd.Source{Name: "north", URL: a.url}, mcsd.Source{Name: "south", URL: b.url})
	f.runOf("north")
	f.runOf("south")
	south := byName(t, f.store, "Location", "South")
	if got := text(t, f.store, "Location/2"); got != `{"name":"North clinic","partOf":{"reference":"Location/1"}}` {
		t.Errorf("Location/2 = %s, want the northern one", got)
	}
	if got := text(t, f.store, "Location/"+byName(t, f.store, "Location", "South clinic")); !strings.Contains(got, `"Location/`+south+`"`) {
		t.Errorf("the southern clinic = %s, want it under %s", got, south)
	}
	seq := f.store.Seq()
	f.runOf("north")
	f.runOf("south")
	if f.store.Seq() != seq {
		t.Error("runs without changes wrote")
	}
}

func TestSourcesAreFollowedAtTheSameTime(t *testing.T) {
	testutil.Requirement(t, "SYN-1")
	names := []string{"north", "south", "east"}
	var sources []mcsd.Source
	for _, name := range names {
		u := newUpstream(t)
		for i := range 40 {
			u.put(location(fmt.Sprint(i), fmt.Sprintf("%s %d", name, i), fmt.Sprintf("Location/%d", (i+7)%45)))
		}
		sources = append(sources, mcsd.Source{Name: name, URL: u.url})
	}
	f := follow(t, sources...)
	for range 2 {
		var all sync.WaitGroup
		for _, name := range names {
			all.Go(func() {
				if _, err := f.client.Run(t.Context(), name, nil); err != nil {
					t.Errorf("run of %s: %v", name, err)
				}
			})
		}
		all.Wait()
	}
	for _, name := range names {
		for i := range 38 {
			want := fmt.Sprintf("%s %d", name, (i+7)%45)
			if (i+7)%45 >= 40 {
				continue // refers to what never came
			}
			id := byName(t, f.store, "Location", fmt.Sprintf("%s %d", name, i))
			parent := byName(t, f.store, "Location", want)
			if got := text(t, f.store, "Location/"+id); !strings.Contains(got, `"Location/`+parent+`"`) {
				t.Errorf("%s %d = %s, want it under %s", name, i, got, parent)
			}
		}
	}
}

func TestAReservedIdIsKeptFromOtherSources(t *testing.T) {
	a, b := newUpstream(t), newUpstream(t)
	a.put(location("child", "Child", "Location/x"))
	b.put(location("x", "Another x", ""))
	f := follow(t, mcsd.Source{Name: "one", URL: a.url}, mcsd.Source{Name: "two", URL: b.url})
	f.runOf("one")
	f.runOf("two")
	if got := text(t, f.store, "Location/x"); got != "" {
		t.Errorf("Location/x = %s, but it was kept for the parent that is still to come", got)
	}
	a.put(location("x", "The parent", ""))
	f.runOf("one")
	if got := text(t, f.store, "Location/x"); got != `{"name":"The parent"}` {
		t.Errorf("Location/x = %s, want the parent", got)
	}
}

func TestAReservedIdThatSomeoneTookIsGivenUp(t *testing.T) {
	testutil.Requirement(t, "MD-91-16")
	u := newUpstream(t)
	u.put(location("child", "Child", "Location/x"), location("twin", "Twin", "Location/x"))
	f := follow(t, from(u))
	f.run()
	put(t, f.store, location("x", "Made here", ""))
	u.put(location("x", "The parent", ""))
	r := f.run()
	parent := byName(t, f.store, "Location", "The parent")
	for _, ref := range []string{"Location/child", "Location/twin"} {
		if got := text(t, f.store, ref); !strings.Contains(got, `"Location/`+parent+`"`) {
			t.Errorf("%s = %s, want it under %s", ref, got, parent)
		}
	}
	if text(t, f.store, "Location/x") != `{"name":"Made here"}` || counts(r, "Location").Held != 0 {
		t.Errorf("Location/x = %s, report %+v", text(t, f.store, "Location/x"), counts(r, "Location"))
	}
	seq := f.store.Seq()
	if f.run(); f.store.Seq() != seq {
		t.Error("a run without changes wrote")
	}
}

func TestReferencesThatAreNotTypeAndId(t *testing.T) {
	testutil.Requirement(t, "MD-91-6")
	tests := map[string]struct{ there, here string }{
		"relative":                       {"Organization/o", "Organization/o"},
		"absolute, to upstream":          {"BASE/Organization/o", "Organization/o"},
		"to a version":                   {"Organization/o/_history/3", "Organization/o"},
		"to a type that is not followed": {"Patient/1", "BASE/Patient/1"},
		"absolute to such a type":        {"BASE/Patient/1", "BASE/Patient/1"},
		"to another server":              {"https://else.example.org/fhir/Organization/o", "https://else.example.org/fhir/Organization/o"},
		"to a server with a longer name": {"BASEX/Organization/o", "BASEX/Organization/o"},
		"a urn":                          {"urn:uuid:0b6d1bb2-5f5c-4f6b-9f5e-7e1f5b0a4c11", "urn:uuid:0b6d1bb2-5f5c-4f6b-9f5e-7e1f5b0a4c11"},
		"to this server":                 {"https://here.example.org/fhir/Organization/x", "Organization/x"},
		"contained":                      {"#c", "#c"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newUpstream(t)
			u.put(organization("o", "Body"))
			u.put(fmt.Sprintf(`{"resourceType":"Location","id":"a","contained":[{"resourceType":"Organization","id":"c","name":"C"}],"managingOrganization":{"reference":"%s"}}`,
				strings.ReplaceAll(tc.there, "BASE", u.url)))
			f := followWith(t, storetest.Open(t), func(o *mcsd.Options) { o.Self = []string{"https://here.example.org/fhir"} }, from(u))
			f.run()
			want := `"reference":"` + strings.ReplaceAll(tc.here, "BASE", u.url) + `"`
			if got := text(t, f.store, "Location/a"); !strings.Contains(got, want) {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func TestWhatMustComeFirstIsTriedAgain(t *testing.T) {
	testutil.Requirement(t, "MD-91-16")
	u := newUpstream(t)
	for i := range 30 {
		u.put(location(fmt.Sprintf("l%02d", i), "Level", fmt.Sprintf("Location/l%02d", i+1)))
	}
	u.put(location("l30", "Top", ""))
	f := follow(t, from(u))
	f.rules.put = func(tx store.Tx, r *fhir.Resource) error {
		parent := r.Field("partOf.reference").Str
		if parent == "" {
			return nil
		}
		if _, err := tx.Read("Location", strings.TrimPrefix(parent, "Location/")); err != nil {
			return fhir.Errorf(fhir.Unprocessable, "the parent %s does not exist", parent)
		}
		return nil
	}
	f.rules.del = func(tx store.Tx, typ, id string) error {
		var n int
		if _, err := fmt.Sscanf(id, "l%d", &n); err != nil || n == 0 {
			return err
		}
		if _, err := tx.Read(typ, fmt.Sprintf("l%02d", n-1)); err == nil {
			return fhir.Errorf(fhir.Conflict, "it has parts")
		}
		return nil
	}
	r := f.run()
	equal(t, f.store, u.store)
	if got := counts(r, "Location"); got.Created != 31 || got.Refused != 0 {
		t.Errorf("got %+v, want 31 created, none refused", got)
	}
	u.remove("Location/l04", "Location/l03", "Location/l02", "Location/l01", "Location/l00")
	if got := counts(f.run(), "Location"); got.Deleted != 5 || got.Refused != 0 {
		t.Errorf("got %+v, want 5 deleted, none refused", got)
	}
	equal(t, f.store, u.store)
}
