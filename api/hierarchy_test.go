package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"masjala/api"
	"masjala/facility/place"
	"masjala/internal/testutil"
)

// serveAreas starts a server that answers for hierarchies: a nation by partOf, and the
// supply of its clinics by affiliations.
func serveAreas(t *testing.T) *server {
	t.Helper()
	var h *place.Hierarchies
	s := serve(t, func(o *api.Options) {
		h = place.NewHierarchies(o.Store)
		o.Operations = api.HierarchyOperations(api.Directory{Store: o.Store, Hierarchies: h, Now: time.Now})
	})
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	below := func(typ, id, parent string) string {
		return entry("", "PUT", typ+"/"+id, `{"resourceType":"`+typ+`","id":"`+id+`","name":"`+id+`","partOf":{"reference":"`+typ+`/`+parent+`"}}`, "")
	}
	var list []string
	for _, typ := range []string{"Organization", "Location"} {
		list = append(list, entry("", "PUT", typ+"/nation", `{"resourceType":"`+typ+`","id":"nation","name":"nation"}`, ""),
			below(typ, "north", "nation"), below(typ, "kila", "north"), below(typ, "clinic", "kila"), below(typ, "south", "nation"))
	}
	affiliation := `{"resourceType":"OrganizationAffiliation","id":"a","organization":{"reference":"Organization/south"},"participatingOrganization":{"reference":"Organization/clinic"},` +
		`"code":[{"coding":[{"system":"urn:h","code":"supply"}]}]}`
	s.must("POST", "", bundle("transaction", append(list, entry("", "PUT", "OrganizationAffiliation/a", affiliation, ""))...))
	return s
}

func TestHierarchyOperations(t *testing.T) {
	testutil.Requirement(t, "FRF-2", "UC-4")
	s := serveAreas(t)
	tests := map[string]struct{ path, want string }{
		"above":                   {"/Location/clinic/$ancestors", "kila north nation"},
		"above, escaped":          {"/Location/clinic/%24ancestors", "kila north nation"},
		"above in another":        {"/Organization/clinic/$ancestors?hierarchy=supply", "south"},
		"above in two":            {"/Organization/clinic/$ancestors?hierarchy=urn:h|supply,partof", "kila nation north south"},
		"above in two, repeated":  {"/Organization/clinic/$ancestors?hierarchy=urn:h|supply&hierarchy=partof", "kila nation north south"},
		"below":                   {"/Location/nation/$descendants", "clinic kila north south"},
		"below in another":        {"/Organization/south/$descendants?hierarchy=urn:h|supply", "clinic"},
		"below by partOf alone":   {"/Organization/south/$descendants", ""},
		"members":                 {"/Organization/nation/$members", "north south"},
		"members in another":      {"/Organization/south/$members?hierarchy=supply", "clinic"},
		"members in a third":      {"/Organization/south/$members?hierarchy=finance", ""},
		"of a Location by partOf": {"/Location/kila/$members?hierarchy=partof", "clinic"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			a := s.must("GET", tc.path, "")
			got := a.entries("resource.id")
			if strings.Contains(tc.path, "ancestors") && strings.Contains(tc.path, "hierarchy") {
				slices.Sort(got) // those equally near have no order
			}
			if strings.Join(got, " ") != tc.want || a.get("total") != fmt.Sprint(len(got)) || a.get("type") != "searchset" {
				t.Errorf("%s = %v of %s, want %s", tc.path, got, a.get("total"), tc.want)
			}
		})
	}
	for path, status := range map[string]int{
		"/Location/nobody/$members": 404, "/Location/kila/$members?hierarchy=supply": 400, "/Location/kila/$members?_count=many": 400, "/Endpoint/x/$members": 404,
	} {
		if a := s.do("GET", path, ""); a.status != status {
			t.Errorf("%s = %d, want %d: %s", path, a.status, status, a.body)
		}
	}
	s.must("DELETE", "/Location/south", "")
	if a := s.do("GET", "/Location/south/$members", ""); a.status != 410 {
		t.Errorf("members of what was deleted = %d, want 410", a.status)
	}
}

func TestPagesOfAHierarchy(t *testing.T) {
	s := serveAreas(t)
	var got []string
	pages := 0
	for next := s.base + "/Organization/nation/$descendants?_count=2"; next != ""; pages++ {
		a := s.must("GET", next, "")
		got = append(got, a.entries("resource.id")...)
		next = a.get(`link.#(relation=="next").url`)
	}
	if want := []string{"clinic", "kila", "north", "south"}; !slices.Equal(got, want) || pages != 2 {
		t.Errorf("pages = %v on %d, want %v on 2", got, pages, want)
	}
	if a := s.must("GET", "/Organization/nation/$descendants?_count=0", ""); a.get("total") != "4" || a.get("entry") != "" {
		t.Errorf("the total alone = %s", a.body)
	}
}

// An operation of ours must be found by who has only the CapabilityStatement.
func TestOwnOperationsAreDefined(t *testing.T) {
	testutil.Requirement(t, "R4-16")
	s := serveAreas(t)
	list := s.must("GET", "/metadata", "")
	address := list.get(`rest.0.resource.#(type=="Location").operation.#(name=="descendants").definition`)
	if address != s.base+"/OperationDefinition/descendants" || list.get(`rest.0.resource.#(type=="Location").operation.#(name=="descendants").documentation`) == "" {
		t.Fatalf("the statement names %q", address)
	}
	a := s.must("GET", address, "")
	if a.get("url") != address || a.get("code") != "descendants" || a.get(`parameter.#(name=="hierarchy").max`) != "*" || a.get("instance") != "true" || a.get("type") != "false" {
		t.Errorf("the definition = %s", a.body)
	}
	for path, status := range map[string]int{"/OperationDefinition/teleport": 404, "/OperationDefinition": 404, "/OperationDefinition/a/b": 404} {
		if a := s.do("GET", path, ""); a.status != status {
			t.Errorf("%s = %d, want %d", path, a.status, status)
		}
	}
	if a := s.do("PUT", "/OperationDefinition/descendants", `{"resourceType":"OperationDefinition","id":"descendants"}`); a.status != 405 {
		t.Errorf("writing a definition = %d, want 405", a.status)
	}
}
