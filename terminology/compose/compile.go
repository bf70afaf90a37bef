package compose

import (
	"context"
	"errors"
	"slices"
	"strings"

	"masjala/fhir"
	"masjala/terminology/concept"
)

// Source hands out what definitions refer to.
type Source interface {
	// System returns a version of a code system, the preferred one when version is empty. It
	// fails with NotFound if that is not known here.
	System(ctx context.Context, url, version string) (*System, error)
	// ValueSet returns a definition, the preferred version when version is empty. It fails
	// with NotFound if that is not known here.
	ValueSet(ctx context.Context, url, version string) (*Definition, error)
}

// Slower is a Source that expensive work asks first.
type Slower interface {
	// Heavy waits until there is room for expensive work. It fails with the error of ctx.
	Heavy(ctx context.Context) error
}

const (
	heavySet = 20_000       // concepts of a system from which on filters over it are expensive
	maxWords = 64 << 20 / 8 // words of all bit sets of one plan: 64 MB
)

// maxDepth is how many value sets may import each other in a row.
const maxDepth = 64

// compiler makes one plan and those of all imported value sets.
type compiler struct {
	src   Source
	done  map[string]*Plan // imported value sets, by canonical
	stack []string
	at    []*Definition // that are being compiled, for what they contain
	plan  *Plan         // gathers Systems, ValueSets and Needs
	words int           // of the bit sets so far
}

// Compile makes a plan of d. It fails with NotFound if a system that must be looked into or
// an imported value set is not known, with Unprocessable for a filter that the system does
// not support and for value sets that import themselves, and with the error of ctx.
func Compile(ctx context.Context, src Source, d *Definition) (*Plan, error) {
	c := &compiler{src: src, done: map[string]*Plan{}, plan: &Plan{}}
	parts, err := c.definition(ctx, d)
	if err != nil {
		return nil, err
	}
	c.plan.parts = parts
	c.plan.Nests = d.Composed && len(d.Include) == 1 && len(d.Exclude) == 0 && len(d.Include[0].ValueSets) == 0
	for i, s := range c.plan.Systems {
		if slices.ContainsFunc(c.plan.Systems[:i], func(o *System) bool { return o.URL == s.URL }) {
			c.plan.several = append(c.plan.several, s.URL)
		}
	}
	return c.plan, nil
}

// ErrAbsent is the cause of a failure when the concepts of a known code system are not here.
var ErrAbsent = errors.New("the concepts of the code system are not here")

// Bits finds the concepts that an include takes from a version of its system, whatever value
// sets it names beside. It fails as Compile does.
func Bits(ctx context.Context, sys *System, in *Include) (*concept.Bits, error) {
	x, err := from(ctx, sys, in)
	if err != nil {
		return nil, err
	}
	return x.bits, nil
}

// Part makes a plan of what one include takes from a version of its system, whatever value
// sets it names beside. It fails as Compile does.
func Part(ctx context.Context, sys *System, in *Include) (*Plan, error) {
	x, err := from(ctx, sys, in)
	if err != nil {
		return nil, err
	}
	return &Plan{parts: []*part{x}}, nil
}

func (c *compiler) need(url string) {
	if url != "" && !slices.Contains(c.plan.Needs, url) {
		c.plan.Needs = append(c.plan.Needs, url)
	}
}

// system resolves a system and notes that it was used.
func (c *compiler) system(ctx context.Context, url, version string) (*System, error) {
	c.need(url)
	for _, s := range c.plan.Systems {
		if s.URL == url && s.Version == version && version != "" {
			return s, nil
		}
	}
	s, err := c.src.System(ctx, url, version)
	if err != nil {
		return nil, err
	}
	for _, known := range c.plan.Systems {
		if known.URL == s.URL && known.Version == s.Version {
			return known, nil
		}
	}
	c.plan.Systems = append(c.plan.Systems, s)
	return s, nil
}

// definition compiles one value set.
func (c *compiler) definition(ctx context.Context, d *Definition) ([]*part, error) {
	name := d.name()
	if d.URL != "" && slices.Contains(c.stack, name) {
		return nil, fhir.Errorf(fhir.Unprocessable, "Found a circularity pointing to %s processing ValueSet with pathway [%s]", name,
			strings.Join(c.stack[slices.Index(c.stack, name):], ", ")).Coded("processing").Detailed("vs-invalid")
	}
	if len(c.stack) >= maxDepth {
		return nil, fhir.Errorf(fhir.TooCostly, "Value sets include each other more than %d deep.", maxDepth)
	}
	c.stack, c.at = append(c.stack, name), append(c.at, d)
	defer func() { c.stack, c.at = c.stack[:len(c.stack)-1], c.at[:len(c.at)-1] }()
	c.need(d.URL)
	if !d.Composed {
		return c.stored(ctx, d)
	}
	return c.composed(ctx, d)
}

func (c *compiler) composed(ctx context.Context, d *Definition) ([]*part, error) {
	if err := d.CheckFilters(); err != nil {
		return nil, err
	}
	var all []*part
	for i := range d.Include {
		parts, err := c.include(ctx, &d.Include[i])
		if err != nil {
			return nil, err
		}
		for _, x := range parts {
			x.without(all, func(o *part) bool {
				return o.sys.URL == x.sys.URL && (o.sys.Version == x.sys.Version || d.Parameters["versionsMatch"] == "true")
			})
			all = append(all, x)
		}
	}
	c.plan.VersionsMatch = c.plan.VersionsMatch || d.Parameters["versionsMatch"] == "true"
	for i := range d.Exclude {
		parts, err := c.include(ctx, &d.Exclude[i])
		if err != nil {
			return nil, err
		}
		c.take(d, all, parts)
	}
	if d.Inactive != nil && !*d.Inactive {
		for _, x := range all {
			x.keep(func(m Member) bool { return !m.Inactive() })
		}
	}
	if err := bearable(all); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, (*part).empty), nil
}

// include compiles one include: the members of its system that its value sets have, too,
// or without a system what all of its value sets have in common.
func (c *compiler) include(ctx context.Context, in *Include) ([]*part, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var parts []*part
	rest := in.ValueSets
	if in.System != "" {
		x, err := c.fromSystem(ctx, in)
		if err != nil {
			return nil, err
		}
		parts = []*part{x}
	} else {
		first, err := c.imported(ctx, rest[0])
		if err != nil {
			return nil, err
		}
		for _, x := range first.parts {
			parts = append(parts, x.clone())
		}
		rest = rest[1:]
	}
	for _, canonical := range rest {
		other, err := c.imported(ctx, canonical)
		if err != nil {
			return nil, err
		}
		if parts, err = within(ctx, parts, other.parts); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// imported compiles an imported value set, once.
func (c *compiler) imported(ctx context.Context, canonical string) (*Plan, error) {
	if id, ok := strings.CutPrefix(canonical, "#"); ok {
		if d := c.at[len(c.at)-1].Contained[id]; d != nil {
			parts, err := c.definition(ctx, d)
			return &Plan{parts: parts}, err
		}
	}
	if p := c.done[canonical]; p != nil {
		return p, nil
	}
	url, version := Canonical(canonical)
	c.need(url)
	d, err := c.src.ValueSet(ctx, url, version)
	if err != nil {
		return nil, err
	}
	parts, err := c.definition(ctx, d)
	if err != nil {
		return nil, err
	}
	c.plan.ValueSets = append(c.plan.ValueSets, d.name())
	c.done[canonical] = &Plan{parts: parts}
	return c.done[canonical], nil
}

// fromSystem compiles the system of an include with its concepts or filters.
func (c *compiler) fromSystem(ctx context.Context, in *Include) (*part, error) {
	sys, err := c.system(ctx, in.System, in.Version)
	if len(in.Concepts) > 0 {
		if err != nil && fhir.KindOf(err) != fhir.NotFound {
			return nil, err
		}
		if sys == nil {
			sys = &System{URL: in.System, Version: in.Version}
		}
		return enumerate(sys, in.Concepts), nil
	}
	if err != nil {
		return nil, err
	}
	if err := c.afford(ctx, sys, in); err != nil {
		return nil, err
	}
	return from(ctx, sys, in)
}

// afford waits for room if a system is large, and fails with TooCostly if the plan would be.
func (c *compiler) afford(ctx context.Context, sys *System, in *Include) error {
	if sys.Set == nil {
		return nil
	}
	if c.words += sys.Set.Len()/64 + 1; c.words > maxWords {
		return fhir.Errorf(fhir.TooCostly, "The value set takes from large code systems too many times; at most %d MB are allowed to hold its parts.", maxWords*8>>20)
	}
	if slower, ok := c.src.(Slower); ok && slices.ContainsFunc(in.Filters, heavy) && sys.Set.Len() > heavySet {
		return slower.Heavy(ctx)
	}
	return nil
}

// heavy tells whether a filter looks at every concept or value, and not only at those that
// it selects.
func heavy(f Filter) bool {
	switch f.Op {
	case opEqual, opIn:
		return slices.Contains([]string{propertyDisplay, propertyConstraint, "inactive", "notSelectable"}, f.Property)
	case opDescendentLeaf:
		return true
	}
	return !f.hierarchical()
}

// from makes the part of a system with the concepts or filters of an include.
func from(ctx context.Context, sys *System, in *Include) (*part, error) {
	if len(in.Concepts) > 0 {
		return enumerate(sys, in.Concepts), nil
	}
	if sys.Set == nil {
		return nil, fhir.Errorf(fhir.NotFound, "The concepts of the code system %s are not on this server, so it cannot tell which of them a value set has.", sys.URL).
			At("ValueSet.compose.include.system").Because(ErrAbsent)
	}
	x := &part{sys: sys}
	if sys.Grammar != nil {
		x.open, x.looks = in, 1
	}
	for i := range in.Filters {
		b, err := filter(ctx, sys, &in.Filters[i])
		switch {
		case err != nil:
			return nil, err
		case x.bits == nil:
			x.bits = b
		default:
			x.bits.And(b)
		}
	}
	if x.bits == nil {
		x.bits = concept.NewRuns(sys.Set.Len())
		x.bits.Not()
	}
	return x, nil
}

// enumerate makes the part of listed codes. A code that its system does not have is left
// out if all of the system is here.
func enumerate(sys *System, codes []Given) *part {
	if sys.Grammar != nil {
		sys = sys.naming(codes)
	}
	x := &part{sys: sys}
	var list []listed
	var known []uint32
	seen := make(map[string]bool, len(codes))
	for i := range codes {
		g := &codes[i]
		l := listed{given: g}
		code := g.Code
		if sys.Set != nil {
			if l.number, l.known = sys.Set.Find(g.Code); l.known {
				code = string(sys.Set.Code(l.number))
				known = append(known, l.number)
			} else if !sys.Partial {
				continue
			}
		}
		if !seen[code] {
			seen[code] = true
			list = append(list, l)
		}
	}
	if sys.Set != nil {
		x.bits = concept.NewRuns(sys.Set.Len())
		slices.Sort(known)
		for _, k := range known {
			x.bits.Add(k)
		}
	}
	x.list(list)
	return x
}

// naming returns a system of a grammar with the set of just those codes that are listed.
func (s *System) naming(codes []Given) *System {
	list := make([]string, len(codes))
	for i := range codes {
		list[i] = codes[i].Code
	}
	if set := s.Grammar(list); set != nil {
		return s.with(set)
	}
	return s
}

// stored makes parts of a stored expansion, in its order: one for each run of codes from
// one system version. Codes that their system does not have stay members.
func (c *compiler) stored(ctx context.Context, d *Definition) ([]*part, error) {
	var parts []*part
	for i := 0; i < len(d.Listed); {
		first := &d.Listed[i]
		n := i
		for n < len(d.Listed) && d.Listed[n].System == first.System && d.Listed[n].Version == first.Version {
			n++
		}
		sys, err := c.system(ctx, first.System, first.Version)
		if err != nil && fhir.KindOf(err) != fhir.NotFound {
			return nil, err
		}
		if sys == nil {
			sys = &System{URL: first.System, Version: first.Version}
		} else {
			sys = &System{URL: sys.URL, Version: sys.Version, Set: sys.Set, Partial: true}
		}
		x := enumerate(sys, d.Listed[i:n])
		x.without(parts, func(o *part) bool { return o.sys.URL == x.sys.URL && o.sys.Version == x.sys.Version })
		parts = append(parts, x)
		i = n
	}
	return slices.DeleteFunc(parts, (*part).empty), nil
}
