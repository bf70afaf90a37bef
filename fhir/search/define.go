package search

import (
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	"masjala/fhir"
	"masjala/fhir/structure"
)

// table is the search parameters of each type, in the order of types, and what is indexed
// for them. A table is never changed once it is in use.
type table struct {
	perType [][]*Parameter
	plans   []*node
}

// inUse is the table with the parameters that were defined while the program runs; nil
// before there are any.
var inUse atomic.Pointer[table]

// tables returns the table that holds now.
func tables() *table {
	if t := inUse.Load(); t != nil {
		return t
	}
	return builtin
}

// maxDefined is how many parameters may be defined for one type beside those of the program.
const maxDefined = 40

// Use puts parameters, made by Define, beside those of the program, in the place of what
// Use was given before. Parse, Extract and the others see all of them or none.
func Use(defined []*Parameter) {
	t := &table{perType: slices.Clone(builtin.perType), plans: slices.Clone(builtin.plans)}
	for i, typ := range types {
		var more []*Parameter
		for _, p := range defined {
			if p.Type == typ && named(builtin.perType[i], p.Name) == nil && len(more) < maxDefined {
				more = append(more, p)
			}
		}
		if len(more) > 0 {
			t.perType[i] = slices.Concat(builtin.perType[i], more)
			t.plans[i] = makePlan(t.perType[i], "")
		}
	}
	inUse.Store(t)
	generation.Add(1)
}

// generation counts the calls of Use.
var generation atomic.Int64

// Generation changes when the table of parameters does.
func Generation() int64 { return generation.Load() }

// Unready returns a copy of the parameter that is indexed but not searched: Parse refuses
// it with Busy, because resources stored before it was defined may lack rows.
func (p *Parameter) Unready() *Parameter {
	c := *p
	c.unready = true
	return &c
}

// Fingerprint changes when the parameter's index rows do.
func (p *Parameter) Fingerprint() string {
	rows := p.Kind.TypeCode() + " " + string(rune('A'+p.element)) + " " + p.system + " " + strings.Join(p.Path, " | ")
	for _, other := range p.also {
		rows += " | " + other.Fingerprint()
	}
	return rows
}

// Defines tells whether a SearchParameter resource is one to be searched by: it is active.
func Defines(r *fhir.Resource) bool { return r.Field("status").String() == "active" }

// Define makes the parameters that a SearchParameter resource defines, one for each type
// in base. Its expression may have paths joined by |, each a type and elements of it,
// with .where(element = 'code'), .extension('url'), .value.ofType(Type) and (path as Type).
// A path that ends with .value alone leads to all types that the parameter can search by.
// It fails with Unprocessable and a sentence when it asks for more, when an element is not
// there, or when its data type cannot be searched by as the parameter's type says
// (https://hl7.org/fhir/R4/searchparameter.html).
func Define(r *fhir.Resource) ([]*Parameter, error) {
	name := r.Field("code").String()
	if !validName(name) {
		return nil, undefined("code", "%q cannot be the name of a search parameter; use letters, digits and -, 64 at most, a letter first", clip(name))
	}
	var list []*Parameter
	for _, b := range r.Field("base").Array() {
		typ := b.String()
		i := slices.Index(types, typ)
		switch {
		case i < 0:
			return nil, undefined("base", "this server does not hold resources of type %q", clip(typ))
		case named(builtin.perType[i], name) != nil:
			return nil, undefined("code", "%s has a search parameter %s of its own; choose another code", typ, name)
		}
		p, err := define(r, typ, name)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	if list == nil {
		return nil, undefined("base", "it names no resource type")
	}
	return list, nil
}

// undefined makes the error for a definition that cannot be used.
func undefined(element, format string, args ...any) error {
	e := fhir.Errorf(fhir.Unprocessable, "SearchParameter.%s: "+format+".", append([]any{element}, args...)...)
	return e.At("SearchParameter." + element)
}

func validName(s string) bool {
	for i := range len(s) {
		if c := s[i]; !nameChar(c) || c == '_' || i == 0 && (c == '-' || c >= '0' && c <= '9') {
			return false
		}
	}
	return s != "" && len(s) <= 64
}

// define makes the parameter of one type.
func define(r *fhir.Resource, typ, name string) (*Parameter, error) {
	p := &Parameter{Name: name, Type: typ, URL: r.Field("url").String()}
	for _, t := range r.Field("target").Array() {
		p.Targets = append(p.Targets, t.String())
	}
	kind := r.Field("type").String()
	for k := Token; k <= Quantity; k++ {
		if k.TypeCode() == kind {
			p.Kind = k
		}
	}
	if p.Kind == 0 {
		return nil, undefined("type", "this server defines parameters of type token, string, reference, date, uri, number and quantity, not %q", clip(kind))
	}
	if err := p.follow(r.Field("expression").String()); err != nil {
		return nil, err
	}
	switch {
	case p.Path == nil:
		return nil, undefined("expression", "it has no path for %s", typ)
	case p.element == referenceElement && p.Targets == nil:
		return nil, undefined("target", "name the resource types that %s refers to", name)
	}
	return p, nil
}

// follow reads the expression of a parameter that is being defined.
func (p *Parameter) follow(text string) error {
	found := map[element]*Parameter{}
	for _, part := range unionOf(text) {
		e := &expression{typ: p.Type, s: part}
		leads, err := e.read()
		if err != nil {
			return err
		}
		fits := len(leads) == 0 // of another type
		for _, l := range leads {
			el := elementOf(p.Kind, l.of)
			if el == 0 || el == contactElement && len(leads) > 1 {
				continue
			}
			fits = true
			if found[el] == nil {
				found[el] = &Parameter{Name: p.Name, Type: p.Type, URL: p.URL, Kind: p.Kind, Targets: p.Targets, element: el}
			}
			found[el].Path = append(found[el].Path, l.path)
		}
		if !fits {
			return undefined("expression", "%q holds a %s, which cannot be searched by as %s", clip(part), leads[0].of.Name, p.Kind.TypeCode())
		}
	}
	if found[contactElement] != nil && len(found) > 1 {
		return undefined("expression", "%q holds contacts beside others; give each a parameter of its own", clip(text))
	}
	p.merge(found)
	return nil
}

// byNeed is the order in which data types decide how a value is read that is searched for:
// what is before others reads what means something for them, too.
var byNeed = []element{conceptElement, codingElement, identifierElement, bareElement, textElement, momentElement}

// merge makes the parameter one of all that were found, which differ in the data type.
func (p *Parameter) merge(found map[element]*Parameter) {
	rank := func(el element) int {
		if i := slices.Index(byNeed, el); i >= 0 {
			return i
		}
		return len(byNeed) + int(el)
	}
	order := slices.SortedFunc(maps.Keys(found), func(a, b element) int { return rank(a) - rank(b) })
	for i, el := range order {
		if i == 0 {
			p.element, p.Path = el, found[el].Path
		} else {
			p.also = append(p.also, found[el])
		}
	}
}

// elementOf returns how elements of a data type are searched by; 0 when they cannot be.
func elementOf(k Kind, of *structure.Type) element {
	switch k {
	case Token:
		switch of.Name {
		case "CodeableConcept":
			return conceptElement
		case "Coding":
			return codingElement
		case "Identifier":
			return identifierElement
		case "ContactPoint":
			return contactElement
		}
		switch of.Primitive {
		case structure.Boolean:
			return booleanElement
		case structure.Code, structure.String, structure.ID, structure.URI:
			return bareElement
		}
	case String:
		switch of.Name {
		case "HumanName":
			return nameElement
		case "Address":
			return addressElement
		case "string", "markdown":
			return textElement
		}
	case Date:
		switch of.Name {
		case "Period":
			return periodElement
		case "date", "dateTime", "instant":
			return momentElement
		}
	}
	return otherElementOf(k, of.Name)
}

// otherElementOf is elementOf for the kinds with few data types.
func otherElementOf(k Kind, of string) element {
	switch {
	case k == Reference && of == "Reference":
		return referenceElement
	case k == URI && (of == "uri" || of == "url" || of == "canonical"):
		return uriElement
	case k == Quantity && (of == "Quantity" || of == "Range"):
		return quantityElement
	case k == Number && (of == "integer" || of == "decimal" || of == "positiveInt" || of == "unsignedInt"):
		return numberElement
	}
	return 0
}
