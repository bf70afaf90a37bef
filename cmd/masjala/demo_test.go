package main

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"masjala/internal/testutil"
)

// The demo does the main job: what it imports is what the registry counts and what the
// second server gets.
func TestDemo(t *testing.T) {
	testutil.Requirement(t, "NFR-7")
	if testing.Short() {
		t.Skip("takes ten seconds or more")
	}
	t.Setenv("TMPDIR", t.TempDir())
	var d demonstration
	if err := json.Unmarshal([]byte(done(t, "demo", "--data", filepath.Join(t.TempDir(), "data"), "--json")), &d); err != nil {
		t.Fatal(err)
	}
	answers := map[string]string{}
	for _, a := range d.Answers {
		answers[a.Means] = a.Answer
	}
	for what, want := range map[string]string{
		"health workers": "5000", "the first hospital by name": "Barumaro Regional Hospital",
		"what the code RN means": "Registered nurse", "whether RN is a code of the list": "true", `whether "unknown" is`: "false",
	} {
		if answers[what] != want {
			t.Errorf("%s: got %q, want %q", what, answers[what], want)
		}
	}
	if got := len(d.Imports); got != 5 {
		t.Errorf("got %d imports, want 5", got)
	}
	received := map[string]int64{}
	for _, typ := range d.Follower.Types {
		received[typ.Type] = typ.Created
	}
	if received["Practitioner"] != 5000 || received["PractitionerRole"] != 5000 || received["Location"] < 2000 {
		t.Errorf("the second server got %v, want all of it", received)
	}
}
