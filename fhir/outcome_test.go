package fhir_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"masjala/fhir"
)

type outcome struct {
	ResourceType string
	Issue        []struct {
		Severity, Code, Diagnostics string
		Details                     struct{ Text string }
		Expression                  []string
	}
}

func readOutcome(t *testing.T, data []byte) outcome {
	t.Helper()
	r, err := fhir.Parse(data)
	if err != nil {
		t.Fatalf("the outcome is no FHIR: %v\n%s", err, data)
	}
	var o outcome
	if err := json.Unmarshal(r.JSON(), &o); err != nil {
		t.Fatal(err)
	}
	return o
}

func TestOutcome(t *testing.T) {
	secret := errors.New("disk /var/secret is full")
	tests := map[string]struct {
		err  error
		code []string
		text string
		path string
	}{
		"one error":        {fhir.Errorf(fhir.NotFound, "There is no Location/1."), []string{"not-found"}, "There is no Location/1.", ""},
		"with a path":      {fhir.Errorf(fhir.Invalid, "Bad.").At("Location.name"), []string{"invalid"}, "Bad.", "Location.name"},
		"with a code":      {fhir.Errorf(fhir.Unprocessable, "Bad.").Coded("code-invalid"), []string{"code-invalid"}, "Bad.", ""},
		"with a cause":     {fhir.Errorf(fhir.Conflict, "Taken.").Because(secret), []string{"conflict"}, "Taken.", ""},
		"wrapped":          {fmt.Errorf("save: %w", fhir.Errorf(fhir.Gone, "It was deleted.")), []string{"deleted"}, "It was deleted.", ""},
		"a foreign error":  {secret, []string{"exception"}, "The server failed", ""},
		"an internal one":  {fhir.Errorf(fhir.Internal, "secret").Because(io.EOF), []string{"exception"}, "The server failed", ""},
		"several":          {errors.Join(fhir.Errorf(fhir.Invalid, "A."), fhir.Errorf(fhir.TooCostly, "B.")), []string{"invalid", "too-costly"}, "A.", ""},
		"joined and deep":  {fmt.Errorf("x: %w", errors.Join(fhir.Errorf(fhir.Invalid, "A."), secret)), []string{"invalid", "exception"}, "A.", ""},
		"quotes in text":   {fhir.Errorf(fhir.Invalid, "Say \"a\\b\"\n\x01."), []string{"invalid"}, "Say \"a\\b\"", ""},
		"bytes, not UTF-8": {fhir.Errorf(fhir.Invalid, "a\xffb"), []string{"invalid"}, "a\ufffdb", ""},
		"nothing":          {nil, []string{"informational"}, "All OK", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			data := fhir.Outcome(tc.err)
			if strings.Contains(string(data), "secret") {
				t.Errorf("it tells what is not for users: %s", data)
			}
			o := readOutcome(t, data)
			if len(o.Issue) != len(tc.code) {
				t.Fatalf("%d issues, want %d: %s", len(o.Issue), len(tc.code), data)
			}
			for i, code := range tc.code {
				if o.Issue[i].Code != code {
					t.Errorf("code = %s, want %s", o.Issue[i].Code, code)
				}
			}
			if got := o.Issue[0].Diagnostics; !strings.HasPrefix(got, tc.text) || o.Issue[0].Details.Text != got {
				t.Errorf("text = %q, want %q", got, tc.text)
			}
			if got := strings.Join(o.Issue[0].Expression, " "); got != tc.path {
				t.Errorf("expression = %q, want %q", got, tc.path)
			}
		})
	}
}

func TestEveryKindHasAnIssueCode(t *testing.T) {
	for kind := fhir.Internal; kind <= fhir.Full; kind++ {
		o := readOutcome(t, fhir.Outcome(fhir.Errorf(kind, "x")))
		if o.Issue[0].Code == "" {
			t.Errorf("kind %d has no code", kind)
		}
	}
}

func TestFromStatus(t *testing.T) {
	tests := map[int]fhir.Kind{400: fhir.Invalid, 401: fhir.Unauthenticated, 404: fhir.NotFound, 405: fhir.NotAllowed,
		406: fhir.NotAcceptable, 413: fhir.TooLarge, 414: fhir.TooLarge, 415: fhir.UnsupportedMedia, 418: fhir.Invalid,
		426: fhir.Invalid, 429: fhir.TooMany, 431: fhir.TooLarge, 500: fhir.Internal, 502: fhir.Internal, 503: fhir.Busy, 507: fhir.Full}
	for code, want := range tests {
		if got := fhir.FromStatus(code, ""); got.Kind != want || got.Text == "" {
			t.Errorf("FromStatus(%d) = kind %d %q, want kind %d and a text", code, got.Kind, got.Text, want)
		}
	}
}

func TestAppendStringAgreesWithTheLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		var got string
		if err := json.Unmarshal(fhir.AppendString(nil, s), &got); err != nil || got != strings.ToValidUTF8(s, "\ufffd") && utf8.ValidString(s) {
			t.Fatalf("AppendString(%q) reads as %q, %v", s, got, err)
		}
	})
}

func TestValidID(t *testing.T) {
	for id, want := range map[string]bool{"a": true, "A-1.b": true, strings.Repeat("x", 64): true,
		"": false, strings.Repeat("x", 65): false, "a_b": false, "a/b": false, "é": false, "a b": false} {
		if got := fhir.ValidID(id); got != want {
			t.Errorf("ValidID(%q) = %v, want %v", id, got, want)
		}
	}
}
