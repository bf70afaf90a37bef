package app_test

import (
	"net/http"
	"testing"

	"masjala/internal/testutil"
)

func TestSettingsOfPoliciesReachTheServer(t *testing.T) {
	testutil.Requirement(t, "MD-130-9", "MD-130-11")
	c := settings(t)
	c.Open, c.References, c.Profiles.Location = true, "check", "reject"
	note, _ := serve(t, open(t, c))
	const nameless = `{"resourceType":"Location","id":"a","mode":"kind"}`
	const lost = `{"resourceType":"Organization","id":"a","name":"A","partOf":{"reference":"Organization/none"}}`
	const untyped = `{"resourceType":"Organization","id":"a","name":"A"}`
	tests := map[string]struct {
		path, body string
		status     int
	}{
		"a Location without a name": {"/Location/a", nameless, http.StatusUnprocessableEntity},
		"a reference to nothing":    {"/Organization/a", lost, http.StatusUnprocessableEntity},
		"a type that may":           {"/Organization/a", untyped, http.StatusCreated},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			status, err := ask(t, client(t, nil), http.MethodPut, note.URL+"/fhir"+tc.path, note.Token, tc.body)
			if err != nil || status != tc.status {
				t.Errorf("PUT = %d, %v, want %d", status, err, tc.status)
			}
		})
	}
}

func TestSettingOfIHEStrictReachesTheServer(t *testing.T) {
	testutil.Requirement(t, "MD-90-12", "R4-14")
	for strict, want := range map[bool]int{false: http.StatusNotAcceptable, true: http.StatusBadRequest} {
		c := settings(t)
		c.Open, c.IHEStrict = true, strict
		note, _ := serve(t, open(t, c))
		status, err := ask(t, client(t, nil), http.MethodGet, note.URL+"/fhir/Location?_format=application/pdf", note.Token, "")
		if err != nil || status != want {
			t.Errorf("ihe_strict %v: a format that cannot be made gave %d, %v, want %d", strict, status, err, want)
		}
	}
}

func TestSettingOfKeptTypesReachesTheServer(t *testing.T) {
	testutil.Requirement(t, "MD-130-4")
	c := settings(t)
	c.Open, c.Keep = true, []string{"Location"}
	note, _ := serve(t, open(t, c))
	for path, want := range map[string]int{"/Location/a": http.StatusMethodNotAllowed, "/Organization/a": http.StatusOK} {
		status, err := ask(t, client(t, nil), http.MethodDelete, note.URL+"/fhir"+path, note.Token, "")
		if err != nil || status != want {
			t.Errorf("DELETE %s = %d, %v, want %d", path, status, err, want)
		}
	}
}

func TestModulesThatAreServed(t *testing.T) {
	testutil.Requirement(t, "CSD-W7", "MD-A7")
	c := settings(t)
	c.Open, c.Modules = true, []string{"facility"}
	note, _ := serve(t, open(t, c))
	for path, want := range map[string]int{
		"/Location": http.StatusOK, "/SearchParameter": http.StatusOK, "/Practitioner": http.StatusNotFound, "/CodeSystem": http.StatusNotFound,
		"/metadata?mode=terminology": http.StatusNotImplemented,
	} {
		status, err := ask(t, client(t, nil), http.MethodGet, note.URL+"/fhir"+path, note.Token, "")
		if err != nil || status != want {
			t.Errorf("GET %s = %d, %v, want %d", path, status, err, want)
		}
	}
}
