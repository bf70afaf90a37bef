package mcsd_test

import (
	"strings"
	"testing"

	"masjala/fhir"
	"masjala/internal/testutil"
	"masjala/store"
	"masjala/sync/mcsd"
)

func TestWhatIsRefusedIsSetAsideAndTriedAgain(t *testing.T) {
	testutil.Requirement(t, "MD-91-10", "SYN-5")
	u := newUpstream(t)
	u.put(location("a", "Good", ""), location("b", "Bad", ""), location("c", "Good too", ""), location("d", "Worse", ""))
	f := follow(t, from(u))
	bad := []string{"Bad", "Worse"}
	f.rules.check = func(r *fhir.Resource) error {
		for _, name := range bad {
			if r.Field("name").Str == name {
				return fhir.Errorf(fhir.Unprocessable, "a place must not be called %s", name)
			}
		}
		return nil
	}
	r := f.run()
	if got := counts(r, "Location"); got.Created != 2 || got.Refused != 2 {
		t.Errorf("got %+v, want 2 created and 2 refused", got)
	}
	if len(r.Problems) != 2 || r.Problems[0].Resource != "Location/b" || r.Problems[0].Reason != "a place must not be called Bad" {
		t.Errorf("problems = %+v", r.Problems)
	}
	f.run()
	list, err := f.client.Problems(t.Context(), "nation", "Location/b", 10)
	if err != nil || len(list) != 1 || list[0].Resource != "Location/d" || list[0].Tries != 2 {
		t.Errorf("problems after b = %+v, %v; want d with two tries", list, err)
	}

	bad = bad[1:] // a rule was dropped: what it refused passes without being sent again
	u.put(location("d", "Better", ""))
	if got := counts(f.run(), "Location"); got.Created != 2 || got.Refused != 0 {
		t.Errorf("got %+v, want 2 created and none refused", got)
	}
	equal(t, f.store, u.store)
}

func TestWhatIsRefusedAndThenDeletedUpstreamIsForgotten(t *testing.T) {
	u := newUpstream(t)
	u.put(location("b", "Bad", ""))
	f := follow(t, from(u))
	f.rules.check = func(*fhir.Resource) error { return fhir.Errorf(fhir.Invalid, "no") }
	f.run()
	u.remove("Location/b")
	if r := f.run(); len(r.Problems) != 0 || counts(r, "Location").Refused != 0 {
		t.Errorf("problems = %+v, want none", r.Problems)
	}
}

func TestRefusalsInTheTransactionStopNothing(t *testing.T) {
	u := newUpstream(t)
	for _, name := range strings.Split("abcdefghijkl", "") {
		u.put(location(name, "Place "+name, ""))
	}
	f := follow(t, from(u))
	refuse := "bgl"
	f.rules.put = refusing(&refuse)
	r := f.run()
	if got := counts(r, "Location"); got.Created != 9 || got.Refused != 3 {
		t.Errorf("got %+v, want 9 created and 3 refused", got)
	}
	refuse = ""
	if got := counts(f.run(), "Location"); got.Created != 3 || got.Refused != 0 {
		t.Errorf("got %+v, want 3 created", got)
	}
	equal(t, f.store, u.store)
}

func TestADeletionThatIsRefusedIsTriedAgain(t *testing.T) {
	u := newUpstream(t)
	u.put(location("a", "A", ""))
	f := follow(t, from(u))
	f.run()
	keep := true
	f.rules.del = func(_ store.Tx, _, _ string) error {
		if keep {
			return fhir.Errorf(fhir.Conflict, "something refers to it")
		}
		return nil
	}
	u.remove("Location/a")
	if got := counts(f.run(), "Location"); got.Refused != 1 || got.Deleted != 0 {
		t.Errorf("got %+v, want one refused", got)
	}
	keep = false
	if got := counts(f.run(), "Location"); got.Refused != 0 || got.Deleted != 1 {
		t.Errorf("got %+v, want one deleted", got)
	}
}

func TestAnErrorOfThisServerStopsTheRunAndLosesNothing(t *testing.T) {
	u := newUpstream(t)
	u.put(location("a", "A", ""), location("b", "B", ""))
	f := follow(t, from(u))
	broken := true
	f.rules.put = func(store.Tx, *fhir.Resource) error {
		if broken {
			return fhir.Errorf(fhir.Full, "the disk is full")
		}
		return nil
	}
	if _, err := f.client.Run(t.Context(), "nation", nil); fhir.KindOf(err) != fhir.Full {
		t.Fatalf("run on a full disk = %v", err)
	}
	broken = false
	if r := f.run(); !r.Resumed || counts(r, "Location").Refused != 0 {
		t.Errorf("the next run = %+v", r)
	}
	equal(t, f.store, u.store)
}

func TestAResourceThatIsNotRightIsSetAside(t *testing.T) {
	testutil.Requirement(t, "MD-91-7")
	u := newUpstream(t)
	page := `{"resourceType":"Bundle","type":"history","meta":{"lastUpdated":"2026-01-01T00:00:00Z"},"entry":[` + strings.Join([]string{
		history("a", `{"resourceType":"Location","id":"a","name":"Good"}`),
		history("b", `{"resourceType":"Location","id":"b","name":""}`),
		history("c", `{"resourceType":"Location","id":"c","position":{"longitude":"east"}}`),
		history("d", `{"resourceType":"Location","id":"else","name":"Under another id"}`),
		`{"request":{"method":"PUT","url":"Location/e"},"response":{"status":"200"}}`,
		`{"resource":{"resourceType":"Basic","id":"f","code":{"text":"x"}},"request":{"method":"PUT","url":"Basic/f"},"response":{"status":"200"}}`,
		`{"request":{"method":"DELETE","url":"Location/never-seen/_history/3"},"response":{"status":"204"}}`,
	}, ",") + `]}`
	u.failing(serve("/fhir/Location/_history", page))
	f := follow(t, from(u))
	r := f.run()
	if got := counts(r, "Location"); got.Received != 7 || got.Created < 1 || got.Refused < 2 || got.Unchanged != 1 {
		t.Errorf("got %+v, want the good ones stored and the others set aside", got)
	}
	if len(r.Notes) != 2 {
		t.Errorf("notes = %q, want one about e and one about f", r.Notes)
	}
	if text(t, f.store, "Location/a") == "" || text(t, f.store, "Location/b") != "" {
		t.Error("the good resource is not stored, or the bad one is")
	}
}

// history is a history entry with a resource.
func history(id, resource string) string {
	return `{"fullUrl":"http://x/Location/` + id + `","resource":` + resource +
		`,"request":{"method":"PUT","url":"Location/` + id + `"},"response":{"status":"200","etag":"W/\"1\""}}`
}

func TestProblemsOfASourceThatIsNotThere(t *testing.T) {
	f := follow(t, mcsd.Source{URL: "http://127.0.0.1:1/fhir"})
	if _, err := f.client.Problems(t.Context(), "other", "", 1); fhir.KindOf(err) != fhir.NotFound {
		t.Errorf("Problems = %v", err)
	}
	if _, err := f.client.Reports(t.Context(), "other"); fhir.KindOf(err) != fhir.NotFound {
		t.Errorf("Reports = %v", err)
	}
}

func TestAResourceThatIsNotEvenJSONIsSetAside(t *testing.T) {
	u := newUpstream(t)
	u.failing(serve("/fhir/Location/_history", `{"resourceType":"Bundle","type":"history","entry":[`+
		history("a", `{"resourceType":"Location","id":"a","name":"A" "status":"active"}`)+`,`+
		history("b", `{"resourceType":"Location","id":"b","name":"B"}`)+`]}`))
	f := follow(t, from(u))
	r := f.run()
	if text(t, f.store, "Location/b") == "" || counts(r, "Location").Refused != 1 {
		t.Errorf("got %+v, want b stored and a set aside", counts(r, "Location"))
	}
	u.failing(nil)
	u.put(location("b", "B", ""))
	f.run()
	if text(t, f.store, "Location/b") == "" {
		t.Error("what came after a resource that is not JSON is not stored")
	}
}
