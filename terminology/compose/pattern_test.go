package compose_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"masjala/fhir"
	"masjala/internal/testutil"
	"masjala/terminology/compose"
	"masjala/terminology/concept"
)

// lettered is a system of n concepts with codes of the letter a.
func lettered(t testing.TB, n int) *compose.System {
	t.Helper()
	var b strings.Builder
	b.WriteString(`{"concept":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`{"code":"` + strings.Repeat("a", 20+i%30) + strings.Repeat("b", i/30) + `"}`)
	}
	return &compose.System{URL: "urn:a", Set: built(t, b.String()+"]}")}
}

// built makes a set of the JSON of a code system.
func built(t testing.TB, body string) *concept.Set {
	t.Helper()
	src, err := concept.Read([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	set, err := concept.Build(src)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func regexInclude(property, pattern string) *compose.Include {
	return &compose.Include{System: "urn:a", Filters: []compose.Filter{{Property: property, Op: "regex", Value: pattern}}}
}

func TestPatternsTakeBoundedTime(t *testing.T) {
	testutil.Requirement(t, "TX-14")
	sys := lettered(t, 900)
	tests := map[string]struct {
		pattern string
		kind    fhir.Kind // 0: it is evaluated
	}{
		"nested repetition":        {"(a+)+$", 0},
		"alternatives that meet":   {"(a|aa)+", 0},
		"every way to split":       {"(.*)(.*)(.*)(.*)(.*)x", 0},
		"too long":                 {strings.Repeat("a", 2001), fhir.TooCostly},
		"too many steps":           {strings.Repeat("[a-z]{900}", 100), fhir.TooCostly},
		"repetition of repetition": {"((a{900}){900}){900}", fhir.Unprocessable},
		"not closed":               {"(a", fhir.Unprocessable},
		"closed too often":         {"a)|(b", fhir.Unprocessable},
		"a reference backwards":    {`(a)\1`, fhir.Unprocessable},
		"a look ahead":             {"a(?=b)", fhir.Unprocessable},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, err := compose.Bits(t.Context(), sys, regexInclude("code", tc.pattern))
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
			if tc.kind == 0 && err != nil || tc.kind != 0 && (err == nil || fhir.KindOf(err) != tc.kind) {
				t.Errorf("= %v, want kind %d", err, tc.kind)
			}
		})
	}
}

func TestFiltersHeedTheClock(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := compose.Bits(ctx, lettered(t, 300), regexInclude("code", "a+")); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end of the request: %v, want it to stop", err)
	}
}

func FuzzRegexFilter(f *testing.F) {
	sys := lettered(f, 60)
	for _, p := range []string{"a+", "(a|b)*", "[^b]{20}", "(?i)A+", "\\p{L}+", "(", "a{1000}{1000}", "", "a|", "\\Qa\\E+", "(?m)^a$"} {
		f.Add("code", p)
		f.Add("display", p)
	}
	f.Fuzz(func(t *testing.T, property, pattern string) {
		bits, err := compose.Bits(t.Context(), sys, regexInclude(property, pattern))
		if err != nil {
			var e *fhir.Error
			if !errors.As(err, &e) || e.Kind != fhir.Unprocessable && e.Kind != fhir.TooCostly || e.Text == "" {
				t.Fatalf("regex %q on %q: %v, want a failure that a user can read", pattern, property, err)
			}
			return
		}
		if property != "code" {
			return
		}
		re, err := regexp.Compile(pattern)
		if err != nil {
			t.Fatalf("regex %q is evaluated, but is none: %v", pattern, err)
		}
		re.Longest()
		for k := range uint32(sys.Set.Len()) {
			code := string(sys.Set.Code(k))
			found := re.FindStringIndex(code)
			if whole := found != nil && found[0] == 0 && found[1] == len(code); bits.Has(k) != whole {
				t.Fatalf("regex %q finds %s: %v, want %v", pattern, code, !whole, whole)
			}
		}
	})
}
