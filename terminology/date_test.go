package terminology_test

import (
	"fmt"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/internal/testutil"
	"masjala/terminology"
)

// dated is a version of a code system with one code, of a date or none.
func dated(version, date, display string) string {
	if date != "" {
		date = fmt.Sprintf(`"date":%q,`, date)
	}
	return fmt.Sprintf(`{"resourceType":"CodeSystem","id":"d%s","url":"http://example.org/cs/dated","version":%q,%s"status":"active","content":"complete","concept":[{"code":"a","display":%q}]}`, version, version, date, display)
}

func TestDate(t *testing.T) {
	testutil.Requirement(t, "SV-97-2", "SV-98-2")
	s, _ := service(t, dated("1", "2020-05", "First"), dated("2", "2022-01-01T12:00:00Z", "Second"), dated("3", "", "Third"),
		`{"resourceType":"ValueSet","id":"d","url":"http://example.org/vs/dated","status":"active","date":"2019","compose":{"include":[{"system":"http://example.org/cs/dated"}]}}`)
	tests := map[string]string{
		"":                     "Third",
		"2020-05-01":           "First", // from the first moment that the date may mean
		"2021":                 "First",
		"2022":                 "Second",
		"2022-01-01T11:00:00Z": "First",
		"2030-01-01":           "Second",
	}
	for date, want := range tests {
		t.Run(date, func(t *testing.T) {
			common := terminology.Common{Date: date}
			d, err := s.Lookup(t.Context(), terminology.LookupRequest{Common: common, System: "http://example.org/cs/dated", Code: "a"})
			if err != nil || d.Display != want {
				t.Errorf("Lookup = %v, %v, want %s", d, err, want)
			}
			v, err := s.ValidateCode(t.Context(), terminology.ValidateCodeRequest{Common: common, URL: "http://example.org/cs/dated", Code: "a"})
			if err != nil || v.Display != want {
				t.Errorf("ValidateCode = %v, %v, want %s", v, err, want)
			}
			m, err := s.ValidateInSet(t.Context(), terminology.ValidateInSetRequest{Common: common, SetRef: terminology.SetRef{ID: "d"}, System: "http://example.org/cs/dated", Code: "a"})
			if err != nil || m.Display != want {
				t.Errorf("ValidateInSet = %v, %v, want %s", m, err, want)
			}
			x, err := s.Expand(t.Context(), terminology.ExpandRequest{Common: common, SetRef: terminology.SetRef{URL: "http://example.org/vs/dated"}})
			if err != nil || gjson.GetBytes(x.JSON(), "expansion.contains.0.display").Str != want {
				t.Errorf("Expand = %v, want %s", err, want)
			}
		})
	}
	_, err := s.Lookup(t.Context(), terminology.LookupRequest{Common: terminology.Common{Date: "2018"}, System: "http://example.org/cs/dated", Code: "a"})
	wantError(t, err, fhir.NotFound, "dated later than 2018")
	_, err = s.Expand(t.Context(), terminology.ExpandRequest{Common: terminology.Common{Date: "2018"}, SetRef: terminology.SetRef{ID: "d"}})
	wantError(t, err, fhir.NotFound, `"d"`)
	_, err = s.Lookup(t.Context(), terminology.LookupRequest{Common: terminology.Common{Date: "May"}, System: "http://example.org/cs/dated", Code: "a"})
	wantError(t, err, fhir.Invalid, "date")
	_, err = s.Subsumes(t.Context(), terminology.SubsumesRequest{Common: terminology.Common{Date: "2020"}, System: "http://example.org/cs/dated", CodeA: "a", CodeB: "a"})
	wantError(t, err, fhir.Unsupported, "date")
}
