package terminology

import (
	"context"
	"slices"

	"masjala/fhir"
)

// maxMaps is how many maps may send an unmapped code on to the next.
const maxMaps = 16

// translator gathers the matches for one request.
type translator struct {
	v   *view
	req *TranslateRequest
	out *Translation
}

// inverse is how the source relates to the target when an equivalence is read backwards.
var inverse = map[string]string{
	"wider": "narrower", "narrower": "wider", "subsumes": "specializes", "specializes": "subsumes",
}

// in adds the matches of one map.
func (t *translator) in(ctx context.Context, m namedMap, x *Coding, depth int) error {
	if depth > maxMaps {
		return fhir.Errorf(fhir.Unprocessable, "Concept maps send a code on to each other more than %d times; %s is one of them.", maxMaps, m.canonical)
	}
	if m.implied != nil {
		t.implied(m.implied, m.canonical, x)
		return nil
	}
	for i := range m.groups {
		g := &m.groups[i]
		if t.req.Reverse {
			t.backward(g, m.canonical, x)
		} else if err := t.forward(ctx, g, m.canonical, x, depth); err != nil {
			return err
		}
	}
	return nil
}

// fitsGroup tells whether a coding is of a group's system, and the group leads where the
// request wants to go.
func (t *translator) fitsGroup(system, version, other string, x *Coding) bool {
	return (system == "" || system == x.System || x.System == "") &&
		(version == "" || x.Version == "" || version == x.Version) &&
		(t.req.TargetSystem == "" || other == "" || t.req.TargetSystem == other)
}

func (t *translator) forward(ctx context.Context, g *mapGroup, canonical string, x *Coding, depth int) error {
	if !t.fitsGroup(g.source, g.sourceVersion, g.target, x) {
		return nil
	}
	elements := g.from[x.Code]
	if len(elements) == 0 {
		return t.unmapped(ctx, g, canonical, x, depth)
	}
	for _, i := range elements {
		e := &g.elements[i]
		for k := range e.targets {
			to := &e.targets[k]
			if !t.depends(to) {
				continue
			}
			m := Match{Equivalence: to.equivalence, Source: canonical, Comment: to.comment}
			if to.code != "" {
				m.Concept = t.coding(g.target, g.targetVersion, to.code, to.display)
			}
			for _, p := range to.product {
				m.Products = append(m.Products, Product{p.property, Coding{System: p.system, Code: p.value, Display: p.display}})
			}
			t.out.Matches = append(t.out.Matches, m)
		}
	}
	return nil
}

// coding makes a target, with the display of its code system if the map gives none.
func (t *translator) coding(system, version, code, display string) *Coding {
	c := &Coding{System: system, Version: version, Code: code, Display: display}
	if display != "" || t.req.Later { // R5 shows what the map says
		return c
	}
	if e := t.v.c.system(system, version); e != nil && e.set != nil {
		if k, ok := e.set.Find(code); ok {
			c.Display = string(e.set.Display(k))
		}
	}
	return c
}

// depends tells whether the request meets what a target depends on.
func (t *translator) depends(to *mapTarget) bool {
	for _, need := range to.dependsOn {
		met := slices.ContainsFunc(t.req.Dependencies, func(d Dependency) bool {
			return d.Element == need.property && slices.ContainsFunc(d.Concept, func(c Coding) bool {
				return c.Code == need.value && (need.system == "" || c.System == need.system)
			})
		})
		if !met {
			return false
		}
	}
	return true
}

// unmapped applies what the group says of codes that it does not have.
func (t *translator) unmapped(ctx context.Context, g *mapGroup, canonical string, x *Coding, depth int) error {
	u := g.unmapped
	if u == nil {
		return nil
	}
	switch u.mode {
	case "provided":
		t.out.Matches = append(t.out.Matches, Match{Equivalence: "equal", Source: canonical, Concept: t.coding(g.target, g.targetVersion, x.Code, "")})
	case "fixed":
		t.out.Matches = append(t.out.Matches, Match{Equivalence: "inexact", Source: canonical, Concept: t.coding(g.target, g.targetVersion, u.code, u.display)})
	case "other-map":
		url, version := split(u.url, "")
		e := t.v.c.find(conceptMap, url, version)
		if e == nil {
			return t.v.c.notHere(conceptMap, url, version)
		}
		maps, err := t.v.opened(ctx, e)
		if err != nil {
			return err
		}
		return t.in(ctx, maps[0], x, depth+1)
	}
	return nil
}

// backward adds the sources of targets with the code.
func (t *translator) backward(g *mapGroup, canonical string, x *Coding) {
	if !t.fitsGroup(g.target, g.targetVersion, g.source, x) {
		return
	}
	for _, i := range g.back[x.Code] {
		e := &g.elements[i]
		for k := range e.targets {
			to := &e.targets[k]
			if to.code != x.Code || !t.depends(to) {
				continue
			}
			m := Match{Equivalence: to.equivalence, Source: canonical, Comment: to.comment,
				Concept: t.coding(g.source, g.sourceVersion, e.code, e.display)}
			if turned, ok := inverse[to.equivalence]; ok {
				m.Equivalence = turned
			}
			t.out.Matches = append(t.out.Matches, m)
		}
	}
}
