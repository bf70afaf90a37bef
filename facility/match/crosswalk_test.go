package match_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"masjala/facility/match"
	"masjala/fhir"
	"masjala/internal/linkage"
	"masjala/internal/testutil"
	"masjala/store"
	"masjala/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	national = "urn:mfl"
	reports  = "urn:dhis2"
	supply   = "urn:lmis"
)

func keep(t *testing.T, resources ...string) store.Store {
	t.Helper()
	s := storetest.Open(t)
	storetest.Put(t, s, resources...)
	return s
}

// coded makes a resource with identifiers given as system, value, system, value, …
func coded(typ, id, more string, ids ...string) string {
	list := ""
	for i := 0; i < len(ids); i += 2 {
		if i > 0 {
			list += ","
		}
		list += fmt.Sprintf(`{"system":%q,"value":%q}`, ids[i], ids[i+1])
	}
	return fmt.Sprintf(`{"resourceType":%q,"id":%q,"name":"x"%s,"identifier":[%s]}`, typ, id, more, list)
}

func TestCrosswalk(t *testing.T) {
	testutil.Requirement(t, "CSD-W9")
	s := keep(t,
		coded("Location", "a", `,"managingOrganization":{"reference":"Organization/a"}`, national, "100", reports, "ImspTQPwCqd"),
		coded("Organization", "a", "", national, "100", supply, "L-1"),
		coded("Location", "b", "", national, "200", reports, "x|y,z", reports, "second"),
		coded("Location", "c", `,"managingOrganization":{"reference":"Organization/gone"}`, national, "300"),
		`{"resourceType":"Location","id":"d","identifier":[{"system":"`+national+`","value":"400"},{"use":"old","system":"`+reports+`","value":"before"}]}`)
	id := func(system, value string) match.Identifier { return match.Identifier{System: system, Value: value} }
	to := func(holder, system, value string) linkage.Mapped {
		return linkage.Mapped{Identifier: id(system, value), Holder: holder}
	}
	tests := map[string]struct {
		typ  string
		from match.Identifier
		to   []string
		want []linkage.Mapped
	}{
		"of the resource":                  {"Location", id(national, "100"), []string{reports}, []linkage.Mapped{to("Location/a", reports, "ImspTQPwCqd")}},
		"of the organization that manages": {"Location", id(national, "100"), []string{supply}, []linkage.Mapped{to("Organization/a", supply, "L-1")}},
		"of the place that it manages":     {"Organization", id(supply, "L-1"), []string{reports}, []linkage.Mapped{to("Location/a", reports, "ImspTQPwCqd")}},
		"of both halves, once":             {"Organization", id(supply, "L-1"), []string{national}, []linkage.Mapped{to("Organization/a", national, "100")}},
		"into two systems":                 {"Location", id(national, "100"), []string{supply, reports}, []linkage.Mapped{to("Location/a", reports, "ImspTQPwCqd"), to("Organization/a", supply, "L-1")}},
		"two of one system":                {"Location", id(national, "200"), []string{reports}, []linkage.Mapped{to("Location/b", reports, "x|y,z"), to("Location/b", reports, "second")}},
		"signs that searches use":          {"Location", id(reports, "x|y,z"), []string{national}, []linkage.Mapped{to("Location/b", national, "200")}},
		"an organization that is gone":     {"Location", id(national, "300"), []string{reports}, nil},
		"an old identifier":                {"Location", id(national, "400"), []string{reports}, nil},
		"nobody":                           {"Location", id(national, "999"), []string{reports}, nil},
		"the value in another system":      {"Location", id(supply, "100"), []string{reports}, nil},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := match.Crosswalk(t.Context(), s, tc.typ, []match.Identifier{tc.from}, tc.to)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]linkage.Walked{{From: tc.from, To: tc.want}}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestCrosswalkOfAnIdentifierThatManyHave(t *testing.T) {
	var all []string
	for i := range 21 {
		all = append(all, coded("Location", fmt.Sprint("l", i), "", national, "same"))
	}
	_, err := match.Crosswalk(t.Context(), keep(t, all...), "Location", []match.Identifier{{System: national, Value: "same"}}, []string{reports})
	if fhir.KindOf(err) != fhir.TooCostly {
		t.Errorf("%v, want TooCostly", err)
	}
}
