package compose

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"masjala/fhir"
	"masjala/terminology/concept"
	"masjala/terminology/ecl"
)

// Operators of a filter that this package evaluates: those of R4, child-of and
// descendent-leaf of R5.
const (
	opEqual        = "="
	opIsA          = "is-a"
	opDescendentOf = "descendent-of"
	opIsNotA       = "is-not-a"
	opRegex        = "regex"
	opIn           = "in"
	opNotIn        = "not-in"
	opGeneralizes  = "generalizes"
	opExists       = "exists"
	opChildOf      = "child-of"

	opDescendentLeaf = "descendent-leaf"

	pathFilter      = "ValueSet.compose.include.filter"
	propertyConcept = "concept"
	propertyCode    = "code"
	propertyDisplay = "display"
	// propertyConstraint takes an expression constraint
	// (https://hl7.org/fhir/R4/snomedct.html#4.3.1.0.6); here it does for every code system.
	propertyConstraint = "constraint"
)

// filter evaluates f over all concepts of a system.
func filter(ctx context.Context, sys *System, f *Filter) (*concept.Bits, error) {
	out := concept.NewRuns(sys.Set.Len())
	if f.hierarchical() {
		return out, lineage(sys, f, out)
	}
	if f.constrains(sys) {
		b, err := constrained(ctx, sys, f)
		if err != nil {
			return nil, err
		}
		return b.Clone(), nil
	}
	switch f.Op {
	case opEqual:
		return out, values(sys, f, []string{f.Value}, out)
	case opIn, opNotIn:
		list := strings.Split(f.Value, ",")
		for i := range list {
			list[i] = strings.TrimSpace(list[i])
		}
		if !members(sys, f, list, out) {
			if err := values(sys, f, list, out); err != nil {
				return nil, err
			}
		}
		if f.Op == opNotIn {
			out.Not()
		}
		return out, nil
	case opExists:
		return out, exists(sys, f, out)
	case opRegex:
		return out, matching(ctx, sys, f, out)
	}
	return nil, fhir.Errorf(fhir.Unprocessable, "The filter operator %q is not supported.", f.Op).At(pathFilter + ".op")
}

// constrains tells whether the value of a filter is an expression constraint.
func (f *Filter) constrains(sys *System) bool {
	return f.Property == propertyConstraint && f.Op == opEqual && !known(sys, propertyConstraint)
}

// constrained evaluates an expression constraint. What it returns must not be changed.
func constrained(ctx context.Context, sys *System, f *Filter) (*concept.Bits, error) {
	if b := sys.Kept.of(sys.Set, f.Value); b != nil {
		return b, nil
	}
	x, err := ecl.Parse(f.Value)
	if err == nil {
		var out *concept.Bits
		if out, err = x.Select(ctx, sys.Set); err == nil {
			sys.Kept.keep(sys.Set, f.Value, out)
			return out, nil
		}
	}
	if e, ok := errors.AsType[*fhir.Error](err); ok {
		return nil, e.At(pathFilter + ".value").Detailed("vs-invalid")
	}
	return nil, err
}

// Parts lists filters that together select what the filter does: the parts of an expression
// constraint that can be understood, or else the filter itself.
func (f *Filter) Parts(sys *System) []Filter {
	if !f.constrains(sys) {
		return []Filter{*f}
	}
	x, err := ecl.Parse(f.Value)
	if err != nil {
		return []Filter{*f}
	}
	var out []Filter
	for _, part := range x.Parts() {
		out = append(out, Filter{f.Property, f.Op, part})
	}
	return out
}

// hierarchical tells whether a filter follows the hierarchy from one concept.
func (f *Filter) hierarchical() bool {
	switch f.Op {
	case opIsA, opDescendentOf, opIsNotA, opGeneralizes, opChildOf, opDescendentLeaf:
		return true
	}
	return false
}

// root is the concept that a hierarchical filter follows the hierarchy from.
func root(sys *System, f *Filter) (uint32, error) {
	if f.Property != propertyConcept && f.Property != propertyCode {
		return 0, fhir.Errorf(fhir.Unprocessable, "The filter operator %q works on the property \"concept\", not on %q.", f.Op, f.Property).At(pathFilter + ".property")
	}
	k, ok := sys.Set.Find(f.Value)
	if !ok {
		return 0, fhir.Errorf(fhir.Unprocessable, "The filter %s %s %s names a code that the code system %s does not have.",
			f.Property, f.Op, f.Value, name(sys)).At(pathFilter + ".value")
	}
	return k, nil
}

// lineage evaluates the operators that follow the hierarchy from one concept.
func lineage(sys *System, f *Filter, out *concept.Bits) error {
	k, err := root(sys, f)
	if err != nil {
		return err
	}
	switch f.Op {
	case opIsA:
		sys.Set.AddBelow(out, k)
	case opDescendentOf:
		sys.Set.AddBelow(out, k)
		out.Remove(k)
	case opIsNotA:
		sys.Set.AddBelow(out, k)
		out.Not()
	case opGeneralizes:
		sys.Set.AddAbove(out, k)
	case opDescendentLeaf:
		below := concept.NewRuns(sys.Set.Len())
		sys.Set.AddBelow(below, k)
		below.Remove(k)
		for c := range below.All {
			if sys.Set.Children(c).Len() == 0 {
				out.Add(c)
			}
		}
	case opChildOf:
		for c := range sys.Set.Children(k).All() {
			out.Add(c)
		}
	}
	return nil
}

func name(sys *System) string {
	if sys.Version == "" {
		return sys.URL
	}
	return sys.URL + "|" + sys.Version
}

// values adds the concepts that have one of some values for the property of f.
func values(sys *System, f *Filter, list []string, out *concept.Bits) error {
	set := sys.Set
	switch f.Property {
	case propertyConcept, propertyCode:
		for _, v := range list {
			if k, ok := set.Find(v); ok {
				out.Add(k)
			}
		}
		return nil
	case propertyDisplay:
		for k := range uint32(set.Len()) {
			if slices.Contains(list, string(set.Display(k))) {
				out.Add(k)
			}
		}
		return nil
	}
	if set.Used(f.Property) && decimal(set, f.Property) {
		numbers(set, f.Property, list, out)
		return nil
	}
	if set.Used(f.Property) {
		for _, v := range list {
			out.AddNumbers(set.With(f.Property, v))
		}
		if f.Property != "parent" && f.Property != "child" {
			return nil
		}
	}
	return derived(sys, f, list, out)
}

// members adds the members of the reference sets that a filter concept in … names
// (https://hl7.org/fhir/R4/snomedct.html#filters); false if it names none.
func members(sys *System, f *Filter, list []string, out *concept.Bits) bool {
	if f.Property != propertyConcept || !sys.Set.Used(concept.MemberOf) {
		return false
	}
	found := false
	for _, v := range list {
		list := sys.Set.With(concept.MemberOf, v)
		out.AddNumbers(list)
		found = found || list.Len() > 0
	}
	return found
}

// derived adds concepts by what the code system says otherwise than by a property: its
// hierarchy and which concepts are inactive or abstract.
func derived(sys *System, f *Filter, list []string, out *concept.Bits) error {
	set := sys.Set
	switch f.Property {
	case "parent", "child":
		for _, v := range list {
			k, ok := set.Find(v)
			if !ok {
				continue
			}
			near := set.Children(k)
			if f.Property == "child" {
				near = set.Parents(k)
			}
			out.AddNumbers(near)
		}
		return nil
	case "inactive", "notSelectable":
		holds := set.Inactive
		if f.Property == "notSelectable" {
			holds = set.Abstract
		}
		for k := range uint32(set.Len()) {
			if slices.Contains(list, strconv.FormatBool(holds(k))) {
				out.Add(k)
			}
		}
		return nil
	}
	return declared(sys, f)
}

// declared fails for a property that the code system does not know.
func declared(sys *System, f *Filter) error {
	if known(sys, f.Property) {
		return nil
	}
	return fhir.Errorf(fhir.Unprocessable, "The code system %s has no property %q to filter by.", name(sys), f.Property).At(pathFilter + ".property")
}

// known tells whether a code system uses or declares a property.
func known(sys *System, property string) bool {
	return sys.Set.Used(property) || slices.ContainsFunc(sys.Set.Meta().Properties, func(d concept.Declared) bool { return d.Code == property })
}

// exists adds the concepts that have some value, or none, for the property of f.
func exists(sys *System, f *Filter, out *concept.Bits) error {
	if f.Value != "true" && f.Value != "false" {
		return fhir.Errorf(fhir.Unprocessable, "The filter operator \"exists\" takes true or false, not %q.", f.Value).At(pathFilter + ".value")
	}
	set := sys.Set
	switch f.Property {
	case propertyConcept, propertyCode:
		out.Not()
	case propertyDisplay:
		for k := range uint32(set.Len()) {
			if len(set.Display(k)) > 0 {
				out.Add(k)
			}
		}
	case "parent", "child":
		for k := range uint32(set.Len()) {
			if near := set.Parents(k); f.Property == "parent" && near.Len() > 0 || f.Property == "child" && set.Children(k).Len() > 0 {
				out.Add(k)
			}
		}
	default:
		if err := declared(sys, f); err != nil {
			return err
		}
		for _, list := range set.Values(f.Property) {
			out.AddNumbers(list)
		}
	}
	if f.Value == "false" {
		out.Not()
	}
	return nil
}

// matching adds the concepts of which the whole code, display or property value meets a
// regular expression.
func matching(ctx context.Context, sys *System, f *Filter, out *concept.Bits) error {
	re, err := pattern(f.Value, sys.Set.Len())
	if err != nil {
		return err
	}
	set := sys.Set
	field := set.Code
	switch f.Property {
	case propertyConcept, propertyCode:
	case propertyDisplay:
		field = set.Display
	default:
		if err := declared(sys, f); err != nil {
			return err
		}
		for v, list := range set.Values(f.Property) {
			if err := ctx.Err(); err != nil {
				return err
			}
			if re.Match(v) {
				out.AddNumbers(list)
			}
		}
		return nil
	}
	for k := range uint32(set.Len()) {
		if k%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if re.Match(field(k)) {
			out.Add(k)
		}
	}
	return nil
}
