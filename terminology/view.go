package terminology

import (
	"context"
	"fmt"
	"slices"

	"masjala/fhir"
	"masjala/terminology/compose"
)

// view is the catalog as one request sees it: the source for compiling value sets.
type view struct {
	s         *Service
	c         *catalog
	rules     Rules
	said      []Echo    // rules that decided which versions are used
	used      []*entry  // supplements that the request asks for
	clearance Clearance // of the caller

	heavy bool // it holds a place among the expensive questions
}

// view makes the view of a request. It fails with NotFound if a supplement is not known:
// they are never passed over in silence (TX-11).
func (s *Service) view(req *Common, rules Rules, supplements []string) (*view, error) {
	c, err := s.seen(req)
	if err != nil {
		return nil, err
	}
	v := &view{s: s, c: c, rules: rules, clearance: req.Clearance}
	return v, v.use(supplements)
}

// use takes supplements into account.
func (v *view) use(supplements []string) error {
	for _, canonical := range supplements {
		e := v.c.supplement(canonical)
		if e == nil {
			return failure(fhir.NotFound, msgSupplementMissing, canonical).Detailed("not-found")
		}
		if !slices.Contains(v.used, e) {
			v.used = append(v.used, e)
		}
	}
	return nil
}

// decided notes that a rule decided which version is used, for expansions to tell.
func (v *view) decided(rule, url, version string) {
	if rule == "" {
		return
	}
	e := Echo{Name: rule, Type: "Uri", Value: url + "|" + version}
	if !slices.Contains(v.said, e) {
		v.said = append(v.said, e)
	}
}

// everyday tells whether the request asks for nothing beside the catalog as it is.
func (v *view) everyday() bool { return v.rules.none() && len(v.used) == 0 && v.c.date == "" }

// System finds a version of a code system by the rules of the request.
func (v *view) System(_ context.Context, url, version string) (*compose.System, error) {
	version, rule := v.rules.decide(url, version)
	v.decided(rule, url, version)
	e := v.c.system(url, version)
	if e == nil {
		return nil, v.noSystem(url, version)
	}
	if err := v.rules.check(url, e.info.Version); err != nil {
		return nil, err
	}
	return v.systemOf(e), nil
}

// ValueSet finds a definition: a stored one, or that of all codes of a code system.
func (v *view) ValueSet(ctx context.Context, url, version string) (*compose.Definition, error) {
	pinned, rule := v.rules.setVersion(url, version)
	v.decided(rule, url, pinned)
	if e := v.c.find(valueSet, url, pinned); e != nil {
		if err := v.admit(e); err != nil {
			return nil, err
		}
		if err := v.rules.checkSet(url, e.info.Version); err != nil {
			return nil, err
		}
		return v.definition(ctx, e)
	}
	if d := v.c.implicit(url, pinned); d != nil {
		return d, nil
	}
	if pinned != "" {
		return nil, failure(fhir.NotFound, msgUnknownImportPinned, url, pinned).Detailed("not-found")
	}
	return nil, failure(fhir.NotFound, msgUnknownImport, url).Detailed("not-found")
}

// definition reads the definition of an entry, on first use.
func (v *view) definition(ctx context.Context, e *entry) (*compose.Definition, error) {
	if d := e.definition.Load(); d != nil {
		return d, nil
	}
	body, err := v.body(ctx, e)
	if err != nil {
		return nil, err
	}
	d, err := compose.ParseDefinition(body)
	if err != nil {
		return nil, err
	}
	arrange(d)
	e.definition.Store(d)
	return d, nil
}

// body reads the resource of an entry.
func (v *view) body(ctx context.Context, e *entry) ([]byte, error) {
	if e.body != nil {
		return e.body, nil
	}
	r, err := v.s.opt.Store.ReadVersion(ctx, e.typ, e.id, e.info.Resource)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", e.key(), err)
	}
	return r.Body, nil
}

// target is a value set that a request asks about.
type target struct {
	url, version string
	entry        *entry              // nil for one that is implicit or was sent
	definition   *compose.Definition // nil to read that of entry
	sent         *fhir.Resource      // one that was sent
}

// SetRef says which value set is meant: by the id of an instance, by address, or sent.
type SetRef struct {
	ID           string
	URL, Version string
	ValueSet     *fhir.Resource
}

// target finds the value set of a request. It fails with NotFound if it is not known.
func (v *view) target(ref *SetRef) (*target, error) {
	switch {
	case ref.ValueSet != nil:
		if ref.ValueSet.Type != valueSet {
			return nil, missing("The parameter valueSet holds a %s; it takes a ValueSet.", ref.ValueSet.Type)
		}
		d, err := compose.ParseDefinition(ref.ValueSet.Body)
		if err != nil {
			return nil, err
		}
		arrange(d)
		return &target{url: d.URL, version: d.Version, definition: d, sent: ref.ValueSet}, nil
	case ref.ID != "":
		e, err := v.c.instance(valueSet, ref.ID)
		if err != nil {
			return nil, err
		}
		if err := v.admit(e); err != nil {
			return nil, err
		}
		return &target{url: e.info.URL, version: e.info.Version, entry: e}, nil
	case ref.URL == "":
		return nil, missing("Say which value set is meant: by url, by calling the operation on it, or by sending it as valueSet.")
	}
	url, version := split(ref.URL, ref.Version)
	version, rule := v.rules.targetVersion(url, version)
	v.decided(rule, url, version)
	if e := v.c.find(valueSet, url, version); e != nil {
		if err := v.admit(e); err != nil {
			return nil, err
		}
		if err := v.rules.checkSet(url, e.info.Version); err != nil {
			return nil, err
		}
		return &target{url: e.info.URL, version: e.info.Version, entry: e}, nil
	}
	if d := v.c.implicit(url, version); d != nil {
		return &target{url: d.URL, version: d.Version, definition: d}, nil
	}
	return nil, v.c.noSet(url, version)
}

// plan compiles a value set, or finds it compiled.
func (v *view) plan(ctx context.Context, t *target) (*compose.Plan, error) {
	keep := t.entry != nil && v.everyday()
	if keep {
		if p := v.c.plans.get(t.entry.key()); p != nil {
			return p, v.admitAll(p)
		}
	}
	d := t.definition
	if t.entry != nil {
		var err error
		if d, err = v.definition(ctx, t.entry); err != nil {
			return nil, err
		}
	}
	p, err := v.compile(ctx, d)
	if err != nil {
		return nil, err
	}
	p.Quiet = len(d.Supplements) == 0 && v.quiet(p, t)
	if keep {
		v.c.plans.put(t.entry.key(), p)
	}
	return p, nil
}

// compile compiles a definition in the time that one question may take.
func (v *view) compile(ctx context.Context, d *compose.Definition) (p *compose.Plan, err error) {
	ctx, end := bounded(ctx, &err)
	defer end()
	return compose.Compile(ctx, v, d)
}
