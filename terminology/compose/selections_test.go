package compose_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"masjala/internal/testutil"
	"masjala/terminology/compose"
)

// TestExpressionsAreEvaluatedOnce asks again after the caller left: what is kept needs no time.
func TestExpressionsAreEvaluatedOnce(t *testing.T) {
	testutil.Requirement(t, "TX-14")
	set := built(t, `{"concept":[{"code":"a","concept":[{"code":"b"},{"code":"c"}]},{"code":"d"}]}`)
	kept := compose.NewSelections(set)
	sys := &compose.System{Set: set, Kept: kept}
	gone, leave := context.WithCancel(t.Context())
	leave()
	include := func(values ...string) *compose.Include {
		in := &compose.Include{}
		for _, v := range values {
			in.Filters = append(in.Filters, compose.Filter{Property: "constraint", Op: "=", Value: v})
		}
		return in
	}
	holds := func(ctx context.Context, sys *compose.System, code, expression string) (bool, error) {
		k, _ := sys.Set.Find(code)
		_, ok, err := include(expression).Holds(ctx, sys, k)
		return ok, err
	}
	if _, err := holds(gone, sys, "b", "<< a"); !errors.Is(err, context.Canceled) {
		t.Fatalf("at first: %v, want it evaluated", err)
	}
	// A value set takes less than the first of its filters, which stays as it is.
	if b, err := compose.Bits(t.Context(), sys, include("<< a", "<< b")); err != nil || b.Count() != 1 {
		t.Fatalf("both select %v, %v; want b", b, err)
	}
	for code, want := range map[string]bool{"a": true, "b": true, "c": true, "d": false} {
		if ok, err := holds(gone, sys, code, "<< a"); ok != want || err != nil {
			t.Errorf("<< a has %s: %v, %v; want %v", code, ok, err, want)
		}
	}
	other := &compose.System{Set: built(t, `{"concept":[{"code":"a"},{"code":"b"}]}`), Kept: kept}
	if ok, err := holds(t.Context(), other, "b", "<< a"); ok || err != nil {
		t.Errorf("of another set: %v, %v; want it evaluated there", ok, err)
	}
	for i := range 20 {
		if _, err := holds(t.Context(), sys, "b", fmt.Sprintf("<< a /* %d */", i)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := holds(gone, sys, "b", "<< a"); !errors.Is(err, context.Canceled) {
		t.Errorf("after 20 others: %v, want it forgotten", err)
	}
}

// BenchmarkHolds checks a code against an expression over 100,000 concepts.
func BenchmarkHolds(b *testing.B) {
	sys := lettered(b, 100_000)
	in := &compose.Include{Filters: []compose.Filter{{Property: "constraint", Op: "=", Value: "* MINUS aaaaaaaaaaaaaaaaaaaa"}}}
	for name, kept := range map[string]*compose.Selections{"each time": nil, "kept": compose.NewSelections(sys.Set)} {
		b.Run(name, func(b *testing.B) {
			sys := &compose.System{Set: sys.Set, Kept: kept}
			for b.Loop() {
				if _, ok, err := in.Holds(b.Context(), sys, 7); !ok || err != nil {
					b.Fatal(ok, err)
				}
			}
		})
	}
}
