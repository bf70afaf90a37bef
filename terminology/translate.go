package terminology

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"masjala/fhir"
)

// TranslateRequest asks what a code is in another code system
// (https://hl7.org/fhir/R4/conceptmap-operation-translate.html, ITI-101).
type TranslateRequest struct {
	Common
	ID           string // of the ConceptMap, for a call on an instance
	URL, Version string // of the ConceptMap; without, all maps that fit are used
	ConceptMap   *fhir.Resource

	Code, System, CodeVersion string
	Coding                    *Coding
	Concept                   []Coding // of a CodeableConcept

	Source       string // value set that the code is from
	Target       string // value set that the answer should be from
	TargetSystem string
	Dependencies []Dependency
	Reverse      bool // the code is a target, what maps to it is wanted
	Later        bool // the client asks in the terms of R5
}

// Dependency is another value that a mapping may depend on.
type Dependency struct {
	Element string
	Concept []Coding
}

// Match is one translation.
type Match struct {
	Equivalence string
	Concept     *Coding // nil when the map says that there is no match
	Products    []Product
	Source      string // canonical of the map
	Comment     string
	asked       *Coding // the code that was asked about
}

// Product is another value that follows from a mapping.
type Product struct {
	Element string
	Concept Coding
}

// Translation is the answer to Translate.
type Translation struct {
	Result  bool // some match is one
	Message string
	Matches []Match
	later   bool // to be written in the terms of R5
	reverse bool
}

// JSON is the answer as a Parameters resource.
func (t *Translation) JSON() []byte { return t.AppendJSON(nil) }

// AppendJSON appends the answer as a Parameters resource.
func (t *Translation) AppendJSON(dst []byte) []byte {
	p := newParameters(dst)
	p.boolean("result", t.Result)
	p.text("message", "String", t.Message)
	for i := range t.Matches {
		m := &t.Matches[i]
		p.begin("match")
		p.text("equivalence", "Code", m.Equivalence)
		if t.later {
			t.laterMatch(&p, m)
			continue
		}
		if m.Concept != nil {
			p.coding("concept", *m.Concept)
		}
		for _, x := range m.Products {
			p.begin("product")
			p.text("element", "Uri", x.Element)
			p.coding("concept", x.Concept)
			p.end()
		}
		p.text("source", "Uri", m.Source)
		p.end()
	}
	return p.done()
}

// laterMatch writes a match in the terms of R5, but for the relationship: concept is always
// the target, and source the code that maps to it.
func (t *Translation) laterMatch(p *parameters, m *Match) {
	concept := m.Concept
	if t.reverse {
		concept = m.asked
		if m.Concept != nil {
			p.coding("source", *m.Concept)
		}
	}
	if concept != nil {
		p.coding("concept", *concept)
	}
	p.text("originMap", "Canonical", m.Source)
	p.end()
}

// Translate finds what a code maps to. It fails with NotFound if the map is not known, and
// with Invalid if the request names no code, or neither a map nor where to look for one.
func (s *Service) Translate(ctx context.Context, req TranslateRequest) (out *Translation, err error) {
	defer s.unguard(guarding(), &err)
	if err := req.undated(); err != nil {
		return nil, err
	}
	codings, err := req.codings()
	if err != nil {
		return nil, err
	}
	c, err := s.seen(&req.Common)
	if err != nil {
		return nil, err
	}
	v := &view{s: s, c: c}
	defer v.done()
	maps, err := v.maps(ctx, &req)
	if err != nil {
		return nil, err
	}
	out = &Translation{later: req.Later, reverse: req.Reverse}
	for _, m := range maps {
		for i := range codings {
			tr, had := translator{v: v, req: &req, out: out}, len(out.Matches)
			if err := tr.in(ctx, m, &codings[i], 0); err != nil {
				return nil, err
			}
			for k := had; k < len(out.Matches); k++ {
				out.Matches[k].asked = &codings[i]
			}
		}
	}
	for _, m := range out.Matches {
		out.Result = out.Result || m.Equivalence != "unmatched" && m.Equivalence != "disjoint"
	}
	if !out.Result {
		out.Message = fmt.Sprintf("No translation of '%s' was found", codings[0].plain())
		for _, m := range out.Matches {
			if m.Comment != "" {
				out.Message += ": " + m.Comment
			}
		}
	}
	return out, nil
}

func (req *TranslateRequest) codings() ([]Coding, error) {
	given := 0
	var out []Coding
	if req.Code != "" {
		given++
		if req.System == "" {
			return nil, missing("$translate needs the system of the code.")
		}
		out = append(out, Coding{System: req.System, Version: req.CodeVersion, Code: req.Code})
	}
	if req.Coding != nil {
		given++
		out = append(out, *req.Coding)
	}
	if len(req.Concept) > 0 {
		given++
		out = append(out, req.Concept...)
	}
	if given != 1 {
		return nil, missing("$translate needs one of code, coding and codeableConcept.")
	}
	return out, nil
}

// namedMap is a map with the canonical that matches show. It was written, or is implied.
type namedMap struct {
	canonical string
	*mapping
	implied *implied
}

// maps finds the maps that a request means: the one it names, or all that fit.
func (v *view) maps(ctx context.Context, req *TranslateRequest) ([]namedMap, error) {
	switch {
	case req.ConceptMap != nil:
		if req.ConceptMap.Type != conceptMap {
			return nil, missing("The parameter conceptMap holds a %s; it takes a ConceptMap.", req.ConceptMap.Type)
		}
		m, err := parseMapping(req.ConceptMap.Body)
		n := note(req.ConceptMap)
		return []namedMap{{canonical: n.canonical(), mapping: m}}, err
	case req.ID != "":
		e, err := v.c.instance(conceptMap, req.ID)
		if err != nil {
			return nil, err
		}
		return v.opened(ctx, e)
	case req.URL != "":
		url, version := split(req.URL, req.Version)
		e := v.c.find(conceptMap, url, version)
		if e != nil {
			return v.opened(ctx, e)
		}
		if m := v.c.implied(url, version); m != nil {
			return []namedMap{{canonical: canonical(url, m.e.info.Version), implied: m}}, nil
		}
		return nil, v.c.notHere(conceptMap, url, version)
	}
	return v.opened(ctx, v.c.fitting(req)...)
}

// fitting lists the maps, the best version of each, that are between the value sets of a
// request, in the order of their addresses. Whether their groups fit is seen later.
func (c *catalog) fitting(req *TranslateRequest) []*entry {
	var out []*entry
	for _, list := range c.byURL {
		e := list[0]
		source, target := e.info.Source, e.info.Target
		if req.Reverse {
			source, target = target, source
		}
		if e.typ == conceptMap && e.info.Status != "retired" && sameSet(req.Source, source) && sameSet(req.Target, target) {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b *entry) int { return strings.Compare(a.info.URL, b.info.URL) })
	return out
}

// sameSet tells whether a value set is the wanted one; nothing wanted means any.
func sameSet(want, have string) bool {
	if want == "" {
		return true
	}
	w, wv := split(want, "")
	h, hv := split(have, "")
	return w == h && (wv == "" || hv == "" || wv == hv)
}

// opened reads maps, each on its first use.
func (v *view) opened(ctx context.Context, list ...*entry) ([]namedMap, error) {
	var out []namedMap
	for _, e := range list {
		m := e.mapping.Load()
		if m == nil {
			body, err := v.body(ctx, e)
			if err != nil {
				return nil, err
			}
			if m, err = parseMapping(body); err != nil {
				return nil, err
			}
			e.mapping.Store(m)
		}
		out = append(out, namedMap{canonical: e.canonical(), mapping: m})
	}
	return out, nil
}
