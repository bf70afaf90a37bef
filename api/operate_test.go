package api_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"masjala/api"
	"masjala/fhir"
	"masjala/internal/testutil"
)

// echo answers with what it was called with.
func echo(_ context.Context, call *api.Call) (api.Answer, error) {
	text := fmt.Sprintf("%s/%s %v", call.Type, call.ID, call.Pairs)
	if call.Body != nil {
		text += " " + call.Body.Type
	}
	return api.Answer{Body: fhir.NewOutcome(fhir.Issue{Severity: "information", Code: "informational", Text: text}), ETag: `"e1"`}, nil
}

func TestOperations(t *testing.T) {
	testutil.Requirement(t, "R4-16")
	s := serve(t, func(o *api.Options) {
		o.Operations = []api.Operation{
			{Name: "echo", Types: []string{"ValueSet"}, Level: api.AtType | api.AtInstance, Run: echo},
			{Name: "all", Level: api.AtSystem, Run: echo},
			{Name: "change", Types: []string{"Location"}, Level: api.AtType, Changes: true, Run: echo},
		}
	})
	const form = "Content-Type: application/x-www-form-urlencoded"
	parameters := `{"resourceType":"Parameters","parameter":[{"name":"a","valueString":"b"}]}`
	tests := map[string]struct {
		method, path, body, header string
		status                     int
		says                       string
	}{
		"by GET":                     {"GET", "/ValueSet/$echo?a=b&_format=json&c=d", "", "", 200, "ValueSet/ [{a b} {c d}]"},
		"with an escaped dollar":     {"GET", "/ValueSet/%24echo?a=b", "", "", 200, "ValueSet/ [{a b}]"},
		"of an instance":             {"GET", "/ValueSet/v/$echo", "", "", 200, "ValueSet/v []"},
		"of an instance, escaped":    {"GET", "/ValueSet/v/%24echo", "", "", 200, "ValueSet/v []"},
		"of the system":              {"GET", "/$all?a=b", "", "", 200, "/ [{a b}]"},
		"by POST":                    {"POST", "/ValueSet/$echo?x=y", parameters, "", 200, "ValueSet/ [{x y}] Parameters"},
		"by POST of a form":          {"POST", "/ValueSet/$echo?x=y", "a=b+c", form, 200, "ValueSet/ [{x y} {a b c}]"},
		"by POST without a body":     {"POST", "/ValueSet/$echo?x=y", "", "", 200, "ValueSet/ [{x y}]"},
		"with the tag known":         {"GET", "/ValueSet/$echo", "", `If-None-Match: W/"e1"`, 304, ""},
		"with another tag":           {"GET", "/ValueSet/$echo", "", `If-None-Match: "e2"`, 200, "ValueSet"},
		"that is not offered":        {"GET", "/Organization/$teleport", "", "", 404, "$teleport"},
		"at another level":           {"GET", "/ValueSet/v/$all", "", "", 404, "$all"},
		"of another type":            {"GET", "/CodeSystem/$echo", "", "", 404, "$echo"},
		"that changes, by GET":       {"GET", "/Location/$change", "", "", 405, "POST"},
		"that changes, by POST":      {"POST", "/Location/$change", parameters, "", 200, "Location"},
		"by PUT":                     {"PUT", "/ValueSet/$echo", parameters, "", 405, "PUT"},
		"with a body that is broken": {"POST", "/ValueSet/$echo", "{", "", 400, "JSON"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			a := s.do(tc.method, tc.path, tc.body, tc.header)
			if a.status != tc.status || !strings.Contains(a.body, tc.says) {
				t.Errorf("%s %s = %d %s, want %d and %q", tc.method, tc.path, a.status, a.body, tc.status, tc.says)
			}
			if got := a.header.Get("Allow"); (got != "") != (tc.status == 405) {
				t.Errorf("%s %s = %d with Allow %q", tc.method, tc.path, a.status, got)
			}
		})
	}
	batch := s.must("POST", "", bundle("batch", entry("", "GET", "ValueSet/$echo?a=b", "", ""), entry("", "POST", "ValueSet/$echo", parameters, "")))
	if got := batch.get("entry.1.resource.issue.0.details.text"); got != "ValueSet/ [] Parameters" {
		t.Errorf("operation in a batch got %q", got)
	}
}

func TestEveryKindOfErrorHasItsStatus(t *testing.T) {
	testutil.Requirement(t, "Z-7a")
	status := map[fhir.Kind]int{
		fhir.Internal: 500, fhir.Invalid: 400, fhir.NotFound: 404, fhir.Gone: 410, fhir.Conflict: 409, fhir.Forbidden: 403,
		fhir.TooCostly: 422, fhir.Unsupported: 501, fhir.Unauthenticated: 401, fhir.NotAllowed: 405, fhir.NotAcceptable: 406,
		fhir.PreconditionFailed: 412, fhir.TooLarge: 413, fhir.UnsupportedMedia: 415, fhir.Unprocessable: 422, fhir.TooMany: 429,
		fhir.Busy: 503, fhir.Full: 507,
	}
	var failure error
	s := serve(t, func(o *api.Options) {
		o.Operations = []api.Operation{{Name: "fail", Level: api.AtSystem, Run: func(context.Context, *api.Call) (api.Answer, error) {
			return api.Answer{}, failure
		}}}
	})
	for kind := fhir.Internal; kind <= fhir.Full; kind++ {
		failure = fmt.Errorf("wrapped: %w", fhir.Errorf(kind, "the reason").Because(errors.New("select x from secret")))
		a := s.do("GET", "/$fail", "")
		if want, ok := status[kind]; !ok || a.status != want {
			t.Errorf("kind %d = %d, want %d", kind, a.status, want)
		}
		if shown := strings.Contains(a.body, "the reason"); shown != (kind != fhir.Internal) {
			t.Errorf("kind %d: shown is %v: %s", kind, shown, a.body)
		}
	}
	for name, err := range map[string]error{"unknown error": errors.New("select x from secret"), "joined": errors.Join(errors.New("open /secret.go:1"))} {
		failure = err
		if a := s.do("GET", "/$fail", ""); a.status != 500 || !strings.Contains(s.log.String(), "secret") {
			t.Errorf("%s = %d, logged %v, want 500 and a line in the log", name, a.status, strings.Contains(s.log.String(), "secret"))
		}
	}
	failure = context.DeadlineExceeded
	if a := s.do("GET", "/$fail", ""); a.status != 503 || a.header.Get("Retry-After") == "" {
		t.Errorf("a deadline = %d, Retry-After %q, want 503 with it", a.status, a.header.Get("Retry-After"))
	}
}

func TestPanicEndsTheRequestOnly(t *testing.T) {
	s := serve(t, func(o *api.Options) {
		o.Operations = []api.Operation{{Name: "panic", Definition: "http://example.org/panic", Level: api.AtSystem, Run: func(context.Context, *api.Call) (api.Answer, error) {
			panic("out of range")
		}}}
	})
	if a := s.do("GET", "/$panic", ""); a.status != 500 || strings.Contains(a.body, "range") {
		t.Errorf("a panic = %d %s, want 500 that says nothing of it", a.status, a.body)
	}
	if a := s.do("POST", "", bundle("batch", entry("", "GET", "$panic", "", ""), entry("", "GET", "metadata", "", ""))); a.get("entry.1.response.status") != "200 OK" {
		t.Errorf("a panic in a batch: %s, want the other entry done", a.body)
	}
}
