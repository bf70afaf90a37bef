package terminology

import (
	"context"
	"slices"
	"strings"

	"masjala/fhir"
	"masjala/terminology/compose"
)

// ExpandRequest asks for the codes of a value set
// (https://hl7.org/fhir/R4/valueset-operation-expand.html, ITI-97).
type ExpandRequest struct {
	Common
	SetRef
	Rules
	Filter              string
	Offset              int
	Count               *int // nil: all
	IncludeDesignations bool
	Designations        []string // which: a language "urn:ietf:bcp:47|fr", or a use "system|code"
	IncludeDefinition   bool
	ActiveOnly          bool
	ExcludeNotForUI     bool
	Nested              bool     // what lies below a code is nested in it, unless there are pages; else a flat list
	Supplements         []string // useSupplement: canonicals of supplements to honour
	Language            string   // displayLanguage, or Accept-Language
	ExcludeSystems      []string // canonicals
	Properties          []string // what to show of each code beside its texts
	Echo                []Echo   // the parameters of the request, to be shown in the expansion
}

// Echo is a parameter of the request as the expansion repeats it.
type Echo struct {
	Name  string
	Type  string // String, Uri, Code, Integer, Boolean
	Value string
}

// Expansion is the answer to Expand.
type Expansion struct {
	Total int
	body  []byte
	etag  string
}

// JSON is the answer as a ValueSet. It must not be changed.
func (x *Expansion) JSON() []byte { return x.body }

// ETag is a weak entity tag that changes only with the codes and texts of the expansion,
// not with its identifier and time (TSWF-3).
func (x *Expansion) ETag() string { return x.etag }

// Expand lists the codes of a value set. It fails with NotFound if the value set, or a code
// system or value set that it needs, is not known; with Unprocessable if the definition
// cannot be evaluated; and with TooCostly if the page would have too many codes.
func (s *Service) Expand(ctx context.Context, req ExpandRequest) (out *Expansion, err error) {
	defer s.unguard(guarding(), &err)
	if err := req.Common.check(); err != nil {
		return nil, err
	}
	v, err := s.view(&req.Common, req.Rules, req.Supplements)
	if err != nil {
		return nil, err
	}
	defer v.done()
	ctx, end := bounded(ctx, &err)
	defer end()
	t, err := v.target(&req.SetRef)
	if err != nil {
		return nil, err
	}
	return v.expand(ctx, t, &req)
}

// expand lists the codes of a value set that was found.
func (v *view) expand(ctx context.Context, t *target, req *ExpandRequest) (*Expansion, error) {
	sub, err := v.subject(ctx, t)
	if err != nil {
		return nil, err
	}
	plan, err := v.plan(ctx, t)
	if err != nil {
		return nil, err
	}
	req.declared(sub)
	req.Echo = append(slices.Clone(req.Echo), v.said...)
	w := newExpansionWriter(req, plan, parseLanguages(req.Language))
	w.warnings = v.warnings(plan, sub)
	sel, limit := req.selection(), req.limit(v.s.opt.MaxExpansion)
	sel.Languages, sel.InOrder = w.languages, w.nests()
	if sel.Count < 0 || sel.Count > limit {
		sel.Count = limit + 1
	}
	if sel.Count > heavyMembers && plan.Size() > heavyMembers {
		if err := v.Heavy(ctx); err != nil {
			return nil, err
		}
	}
	total, err := plan.List(ctx, sel, w.member)
	if err != nil {
		return nil, err
	}
	if w.count > limit {
		return nil, tooCostly(sub.name(), limit)
	}
	head, err := v.head(ctx, t, req)
	if err != nil {
		return nil, err
	}
	return w.finish(head, total, v.s.opt.NewID(), v.s.opt.Now()), nil
}

func (req *ExpandRequest) selection() compose.Selection {
	sel := compose.Selection{
		Text: req.Filter, ActiveOnly: req.ActiveOnly, ForUI: req.ExcludeNotForUI,
		Offset: req.Offset, Count: -1,
	}
	if req.Count != nil {
		sel.Count = *req.Count
	}
	if len(req.ExcludeSystems) > 0 {
		sel.Without = func(sys *compose.System) bool {
			return slices.ContainsFunc(req.ExcludeSystems, func(c string) bool {
				url, version, _ := strings.Cut(c, "|")
				return url == sys.URL && (version == "" || version == sys.Version)
			})
		}
	}
	return sel
}

// head returns the members of the ValueSet that stand before its expansion, as JSON with a
// comma after each.
func (v *view) head(ctx context.Context, t *target, req *ExpandRequest) ([]byte, error) {
	var body []byte
	if req.ValueSet != nil {
		body = req.ValueSet.Body
	}
	if e := t.entry; e != nil {
		if b := e.brief.Load(); b != nil && !req.IncludeDefinition {
			return *b, nil
		}
		var err error
		if body, err = v.body(ctx, e); err != nil {
			return nil, err
		}
		if !req.IncludeDefinition {
			b := header(body, false)
			e.brief.Store(&b)
			return b, nil
		}
	}
	if body == nil { // implicit
		b := []byte(`"url":`)
		b = fhir.AppendString(b, t.url)
		if t.version != "" {
			b = append(b, `,"version":`...)
			b = fhir.AppendString(b, t.version)
		}
		return append(b, `,"status":"active",`...), nil
	}
	return header(body, req.IncludeDefinition), nil
}
