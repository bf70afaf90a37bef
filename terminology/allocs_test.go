package terminology_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"masjala/fhir"
	"masjala/internal/testutil"
	"masjala/terminology"
)

const (
	wideURL = "http://example.org/wide"
	wideSet = "http://example.org/vs/wide"
)

// wide is a code system of n concepts below one, with a value set of those.
func wide(n int) []string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"resourceType":"CodeSystem","id":"wide","url":%q,"version":"1","status":"active","content":"complete","caseSensitive":true,"hierarchyMeaning":"is-a",
		"property":[{"code":"color","type":"code"}],"concept":[{"code":"top","display":"Everything","concept":[`, wideURL)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"code":"%07d0","display":"Thing number %d","property":[{"code":"color","valueCode":"c%d"}]}`, i, i, i%50)
	}
	b.WriteString(`]}]}`)
	return []string{b.String(), fmt.Sprintf(`{"resourceType":"ValueSet","id":"wide","url":%q,"version":"1","status":"active","compose":{"include":[{"system":%q,
		"filter":[{"property":"concept","op":"descendent-of","value":"top"}]}]}}`, wideSet, wideURL)}
}

// TestQuestionsAllocateLittle holds what forms ask all the time to a number of allocations,
// whatever the size of the code system: none of them may gather what it does not answer.
func TestQuestionsAllocateLittle(t *testing.T) {
	const n = 30_000
	s, _ := service(t, wide(n)...)
	ctx := context.Background()
	in := terminology.SetRef{URL: wideSet}
	sent := func(value string) terminology.SetRef {
		return terminology.SetRef{ValueSet: &fhir.Resource{Type: "ValueSet", Body: fmt.Appendf(nil, `{"status":"active","compose":{"include":[{"system":%q,
			"filter":[{"property":"concept","op":"is-a","value":"top"},{"property":"color","op":"=","value":%q}]}]}}`, wideURL, value)}}
	}
	page := func(count, offset int, of terminology.SetRef) func() error {
		return func() error {
			x, err := s.Expand(ctx, terminology.ExpandRequest{SetRef: of, Count: &count, Offset: offset})
			if err == nil && x.Total < count {
				return fmt.Errorf("%d codes in all", x.Total)
			}
			return err
		}
	}
	validated := func(want bool, req terminology.ValidateInSetRequest) func() error {
		return func() error {
			v, err := s.ValidateInSet(ctx, req)
			if err == nil && (v.Result != want || len(v.JSON()) == 0) {
				return fmt.Errorf("result %v", v.Result)
			}
			return err
		}
	}
	questions := map[string]struct {
		most float64
		ask  func() error
	}{
		"lookup": {5, func() error {
			d, err := s.Lookup(ctx, terminology.LookupRequest{System: wideURL, Code: "00123450"})
			if err == nil && len(d.JSON()) == 0 {
				return fmt.Errorf("no answer")
			}
			return err
		}},
		"lookup of a code that is not there": {11, func() error {
			if _, err := s.Lookup(ctx, terminology.LookupRequest{System: wideURL, Code: "999999912345678"}); fhir.KindOf(err) != fhir.NotFound {
				return fmt.Errorf("got %v, want NotFound", err)
			}
			return nil
		}},
		"code and display": {5, func() error {
			v, err := s.ValidateCode(ctx, terminology.ValidateCodeRequest{URL: wideURL, Code: "00123450", Display: "Thing number 12345"})
			if err == nil && (!v.Result || len(v.JSON()) == 0) {
				return fmt.Errorf("result %v", v.Result)
			}
			return err
		}},
		"member of a value set":  {7, validated(true, terminology.ValidateInSetRequest{SetRef: in, System: wideURL, Code: "00123450"})},
		"not a member":           {12, validated(false, terminology.ValidateInSetRequest{SetRef: in, System: wideURL, Code: "top"})},
		"code that is not there": {15, validated(false, terminology.ValidateInSetRequest{SetRef: in, System: wideURL, Code: "999999912345678"})},
		"subsumption": {3, func() error {
			_, err := s.Subsumes(ctx, terminology.SubsumesRequest{System: wideURL, CodeA: "top", CodeB: "00123450"})
			return err
		}},
		"first page":                {30, page(20, 0, in)},
		"last page":                 {30, page(20, n-20, in)},
		"page of 100":               {30, page(100, 0, in)},
		"set that is sent":          {75, page(20, 0, sent("c7"))},
		"set that is sent, further": {75, page(20, 500, sent("c7"))},
	}
	for name, q := range questions {
		t.Run(name, func(t *testing.T) {
			if err := q.ask(); err != nil {
				t.Fatal(err)
			}
			got := testing.AllocsPerRun(200, func() {
				if err := q.ask(); err != nil {
					t.Fatal(err)
				}
			})
			if t.Logf("%.0f allocations", got); got > q.most && !testutil.Race() {
				t.Errorf("%.0f allocations, want at most %.0f", got, q.most)
			}
		})
	}
}
