package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"masjala/internal/testutil"
)

func TestThereAndBack(t *testing.T) {
	testutil.Requirement(t, "R4-S2", "R4-S14")
	s := serve(t, nil)
	for i := range 31 {
		s.put(fmt.Sprintf("Organization/o%02d", i), fmt.Sprintf(`"name":"N%d"`, i%4))
	}
	for _, start := range []string{"/Organization?_count=2", "/Organization?_count=2&_sort=name,-_id&_total=none", "/?_type=Organization&_count=2"} {
		var there []string
		page := s.must("GET", start, "")
		for {
			there = append(there, strings.Join(page.entries("resource.id"), " "))
			next := page.get(`link.#(relation=="next").url`)
			last := page.get(`link.#(relation=="last").url`)
			if next == "" {
				if got := s.must("GET", last, "").entries("resource.id"); strings.Join(got, " ") != there[len(there)-1] {
					t.Errorf("the link last of %s leads to %v", start, got)
				}
				break
			}
			if last != "" {
				t.Errorf("a page of %s that others follow is the last", start)
			}
			page = s.must("GET", next, "")
		}
		if len(there) != 16 {
			t.Fatalf("%s has %d pages, want 16", start, len(there))
		}
		var back []string
		for {
			previous := page.get(`link.#(relation=="previous").url`)
			if previous == "" {
				break
			}
			page = s.must("GET", previous, "")
			back = append(back, strings.Join(page.entries("resource.id"), " "))
		}
		want := slices.Clone(there[5:15])
		slices.Reverse(want)
		if !slices.Equal(back, want) {
			t.Errorf("%s goes back by %q, want %q", start, back, want)
		}
		if got := s.must("GET", page.get(`link.#(relation=="first").url`), "").entries("resource.id"); strings.Join(got, " ") != there[0] {
			t.Errorf("the link first of %s leads to %v", start, got)
		}
	}
}

func TestBackToTheFirstPage(t *testing.T) {
	testutil.Requirement(t, "R4-S2")
	s := serve(t, nil)
	for i := range 5 {
		s.put(fmt.Sprintf("Organization/o%d", i), `"name":"N"`)
	}
	first := s.must("GET", "/Organization?name=n&_count=2", "")
	if first.get(`link.#(relation=="previous").url`) != "" {
		t.Errorf("the first page has a page before it: %s", first.body)
	}
	second := s.must("GET", first.get(`link.#(relation=="next").url`), "")
	previous := second.get(`link.#(relation=="previous").url`)
	if previous != s.base+"/Organization?name=n&_count=2" {
		t.Errorf("the link previous of the second page is %s", previous)
	}
	again := s.must("GET", previous, "", "Prefer: handling=strict")
	if !slices.Equal(again.entries("resource.id"), first.entries("resource.id")) {
		t.Errorf("it leads to %v, want %v", again.entries("resource.id"), first.entries("resource.id"))
	}
	cursor := strings.SplitN(second.get(`link.#(relation=="self").url`), "_cursor=", 2)[1]
	if !strings.HasSuffix(first.get(`link.#(relation=="next").url`), "&_back=-&_cursor="+cursor) {
		t.Errorf("the link next of the first page is %s", first.get(`link.#(relation=="next").url`))
	}
	for _, back := range []string{"%22%3E", "a%00", "-,a"} {
		if a := s.do("GET", "/Organization?name=n&_count=2&_cursor="+cursor+"&_back="+back, ""); a.status != 400 {
			t.Errorf("with _back=%s: %d, want 400", back, a.status)
		}
	}
	for _, back := range []string{"", "..", "-.", strings.Repeat("a.", 500)} {
		if a := s.do("GET", "/Organization?name=n&_count=2&_cursor="+cursor+"&_back="+back, ""); a.status != 200 {
			t.Errorf("with _back=%.20s: %d %s", back, a.status, a.body)
		}
	}
	if a := s.do("GET", "/Organization?_cursor=nonsense&_back=-", ""); a.status != 400 {
		t.Errorf("with a cursor that is none: %d, want 400", a.status)
	}
}
