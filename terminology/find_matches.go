package terminology

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"masjala/fhir"
	"masjala/terminology/compose"
	"masjala/terminology/concept"
)

// FindMatchesRequest asks which codes of a code system have some properties
// (https://hl7.org/fhir/R4/codesystem-operation-find-matches.html).
type FindMatchesRequest struct {
	Common
	ID              string // of the CodeSystem, for a call on an instance
	System, Version string
	Properties      []WantedProperty
	Exact           bool // a machine asks: only codes that have all properties
	Language        string
	Count           int // codes at most; 20 without
}

// WantedProperty is a property with a value that a code should have. It may be a declared
// property, code, display, definition, parent or child.
type WantedProperty struct {
	Code  string
	Value string // as text; of a Coding, its code
	Raw   string // JSON name and value, "valueString":"…", to be repeated
}

// FoundMatch is a code that has some of the properties.
type FoundMatch struct {
	Coding
	Unmatched []WantedProperty
	Comment   string // for a person
}

// FoundMatches is the answer to FindMatches, best first.
type FoundMatches []FoundMatch

const (
	usualMatches  = 20
	maxMatches    = 1000
	maxProperties = 50
)

// FindMatches lists the codes that have all of some properties or, for a person, most of
// them. It fails with NotFound if the code system is not known, and with Unprocessable for a
// property that it does not have.
func (s *Service) FindMatches(ctx context.Context, req FindMatchesRequest) (out FoundMatches, err error) {
	defer s.unguard(guarding(), &err)
	if err := req.Common.undated(); err != nil {
		return nil, err
	}
	if len(req.Properties) > maxProperties {
		return nil, fhir.Errorf(fhir.TooCostly, "The request names %d properties; at most %d are allowed.", len(req.Properties), maxProperties).At("property")
	}
	c, err := s.seen(&req.Common)
	if err != nil {
		return nil, err
	}
	defer runtime.KeepAlive(c)
	e, err := c.ofMatches(&req)
	if err != nil {
		return nil, err
	}
	if len(req.Properties) == 0 {
		return nil, missing("$find-matches needs a property with its value.")
	}
	var named []string
	for _, p := range req.Properties {
		if p.Code == "code" {
			named = append(named, p.Value)
		}
	}
	e = e.holding(s, named...)
	ctx, end := bounded(ctx, &err)
	defer end()
	hits := make([]*concept.Bits, len(req.Properties))
	for i := range req.Properties {
		if hits[i], err = e.having(ctx, &req.Properties[i]); err != nil {
			return nil, err
		}
	}
	return e.matches(&req, hits), nil
}

// ofMatches finds the code system of a request.
func (c *catalog) ofMatches(req *FindMatchesRequest) (*entry, error) {
	if req.ID == "" {
		if req.System == "" {
			return nil, missing("$find-matches needs the system, or a call on a CodeSystem.")
		}
		return c.usable(split(req.System, req.Version))
	}
	return withConcepts(c.instance(codeSystem, req.ID))
}

// having finds the concepts with a property. Texts are found by their words.
func (e *entry) having(ctx context.Context, p *WantedProperty) (*concept.Bits, error) {
	if p.Code == "display" || p.Code == "designation" {
		return e.set.Text(p.Value), nil
	}
	if p.Code == "definition" {
		out := concept.NewBits(e.set.Len())
		words := concept.Words(nil, p.Value)
		for k := range uint32(e.set.Len()) {
			if k%1024 == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if text := concept.Words(nil, string(e.set.Definition(k))); len(words) > 0 && containsAll(text, words) {
				out.Add(k)
			}
		}
		return out, nil
	}
	return compose.Bits(ctx, e.system, &compose.Include{System: e.info.URL, Filters: []compose.Filter{{Property: p.Code, Op: "=", Value: p.Value}}})
}

func containsAll(list, words []string) bool {
	for _, w := range words {
		if !slices.ContainsFunc(list, func(have string) bool { return strings.HasPrefix(have, w) }) {
			return false
		}
	}
	return true
}

// matches lists the concepts that have most of the properties.
func (e *entry) matches(req *FindMatchesRequest, hits []*concept.Bits) FoundMatches {
	limit := req.Count
	if limit <= 0 {
		limit = usualMatches
	}
	limit = min(limit, maxMatches)
	any := concept.NewBits(e.set.Len())
	for i, h := range hits {
		if req.Exact && i > 0 {
			any.And(h)
		} else {
			any.Or(h)
		}
	}
	type hit struct {
		number uint32
		score  int
	}
	var list []hit
	for k := range any.All {
		x := hit{number: k}
		for _, h := range hits {
			if h.Has(k) {
				x.score++
			}
		}
		list = append(list, x)
	}
	slices.SortStableFunc(list, func(a, b hit) int { return cmp.Compare(b.score, a.score) })
	langs := parseLanguages(req.Language)
	var out FoundMatches
	for _, x := range list[:min(limit, len(list))] {
		m := FoundMatch{Coding: Coding{System: e.info.URL, Version: e.info.Version,
			Code: string(e.set.Code(x.number)), Display: displayOf(e.set, x.number, langs)}}
		for i, h := range hits {
			if !h.Has(x.number) {
				m.Unmatched = append(m.Unmatched, req.Properties[i])
			}
		}
		if !req.Exact {
			m.Comment = voiceOf(req.Language).say(msgMatchComment, strconv.Itoa(x.score), strconv.Itoa(len(hits)))
		}
		out = append(out, m)
	}
	return out
}

// JSON is the answer as a Parameters resource.
func (l FoundMatches) JSON() []byte {
	p := newParameters(nil)
	for i := range l {
		m := &l[i]
		p.begin("match")
		p.coding("code", m.Coding)
		for _, u := range m.Unmatched {
			p.begin("unmatched")
			p.text("code", "Code", u.Code)
			p.name("value")
			p.b = append(p.b, ',')
			p.b = append(p.b, u.Raw...)
			p.b = append(p.b, '}')
			p.end()
		}
		p.text("comment", "String", m.Comment)
		p.end()
	}
	if len(l) == 0 {
		return []byte(`{"resourceType":"Parameters"}`)
	}
	return p.done()
}
