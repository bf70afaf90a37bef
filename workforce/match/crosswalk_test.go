package match_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"masjala/fhir"
	"masjala/internal/linkage"
	"masjala/internal/testutil"
	"masjala/store"
	"masjala/store/storetest"
	"masjala/workforce/match"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func keep(t *testing.T, resources ...string) store.Store {
	t.Helper()
	s := storetest.Open(t)
	storetest.Put(t, s, resources...)
	return s
}

func TestCrosswalk(t *testing.T) {
	testutil.Requirement(t, "CSD-W9")
	s := keep(t,
		`{"resourceType":"Practitioner","id":"a","identifier":[{"system":"urn:nid","value":"1"},{"use":"old","system":"urn:council","value":"gone"}],"qualification":[{"code":{"text":"x"},"identifier":[{"system":"urn:council","value":"N/7"}]}]}`,
		`{"resourceType":"PractitionerRole","id":"r","practitioner":{"reference":"Practitioner/a"},"identifier":[{"system":"urn:payroll","value":"P-9"}]}`,
		`{"resourceType":"Practitioner","id":"b","identifier":[{"system":"urn:nid","value":"2"}]}`)
	id := func(system, value string) match.Identifier { return match.Identifier{System: system, Value: value} }
	to := func(holder, system, value string) linkage.Mapped {
		return linkage.Mapped{Identifier: id(system, value), Holder: holder}
	}
	tests := map[string]struct {
		from match.Identifier
		to   []string
		want []linkage.Mapped
	}{
		"to a licence":        {id("urn:nid", "1"), []string{"urn:council"}, []linkage.Mapped{to("Practitioner/a", "urn:council", "N/7")}},
		"from a licence":      {id("urn:council", "N/7"), []string{"urn:nid"}, []linkage.Mapped{to("Practitioner/a", "urn:nid", "1")}},
		"to a post":           {id("urn:nid", "1"), []string{"urn:payroll"}, []linkage.Mapped{to("PractitionerRole/r", "urn:payroll", "P-9")}},
		"from a post":         {id("urn:payroll", "P-9"), []string{"urn:nid", "urn:council"}, []linkage.Mapped{to("Practitioner/a", "urn:nid", "1"), to("Practitioner/a", "urn:council", "N/7")}},
		"nothing of the sort": {id("urn:nid", "2"), []string{"urn:council"}, nil},
		"nobody":              {id("urn:nid", "3"), []string{"urn:council"}, nil},
	}
	for name, tc := range tests {
		got, err := match.Crosswalk(t.Context(), s, []match.Identifier{tc.from}, tc.to)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]linkage.Walked{{From: tc.from, To: tc.want}}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestCrosswalkOfAnIdentifierThatManyHave(t *testing.T) {
	var all []string
	for i := range 21 {
		all = append(all, fmt.Sprintf(`{"resourceType":"Practitioner","id":"p%d","identifier":[{"system":"urn:nid","value":"same"}]}`, i))
	}
	_, err := match.Crosswalk(t.Context(), keep(t, all...), []match.Identifier{{System: "urn:nid", Value: "same"}}, []string{"urn:council"})
	if fhir.KindOf(err) != fhir.TooCostly {
		t.Errorf("%v, want TooCostly", err)
	}
}
