package compose

import (
	"strings"

	"github.com/tidwall/gjson"

	"masjala/fhir"
)

// Definition is what a ValueSet says it holds
// (https://hl7.org/fhir/R4/valueset.html#compose).
type Definition struct {
	URL, Version string
	Inactive     *bool // compose.inactive: false leaves inactive codes out
	Composed     bool  // it has a compose; otherwise Listed holds its stored expansion
	Include      []Include
	Exclude      []Include
	Listed       []Given                // of the stored expansion, flat
	Contained    map[string]*Definition // value sets in it, by id
	Supplements  []string               // canonicals of supplements that it needs
	Parameters   map[string]string      // of its expansion, that it asks for itself
}

// Include is one include or exclude.
type Include struct {
	System, Version string
	Concepts        []Given
	Filters         []Filter
	ValueSets       []string // canonicals

	byHash []hashed // Concepts by the hashes of their codes, where they are many
}

// Given is a code that the definition itself names.
type Given struct {
	System, Version string // of a stored expansion only
	Code, Display   string
	Designations    []Text
	Abstract        bool
	Inactive        bool
	Standing        string // deprecated or withdrawn, in this value set
	Extensions      string // JSON of a list, or empty
}

// Bare tells whether the definition says nothing of the code but that it is meant.
func (g *Given) Bare() bool {
	return g.Display == "" && len(g.Designations) == 0 && !g.Abstract && !g.Inactive && g.Standing == "" && g.Extensions == ""
}

// Text is a designation.
type Text struct {
	Language string
	Use      string // JSON of a Coding, or empty
	Value    string

	Extensions string // JSON of a list, or empty
}

// Filter selects concepts by a property (https://hl7.org/fhir/R4/valueset.html#compositions).
type Filter struct{ Property, Op, Value string }

// ParseDefinition reads the body of a ValueSet. It fails with Unprocessable for a value set
// that says nothing of what it holds, and for an include that could mean anything.
func ParseDefinition(body []byte) (*Definition, error) {
	top := gjson.ParseBytes(body)
	d := &Definition{URL: text(top.Get("url")), Version: text(top.Get("version"))}
	compose := top.Get("compose")
	d.extensions(top, compose)
	switch {
	case compose.Exists():
		d.Composed = true
		if v := compose.Get("inactive"); v.Exists() {
			inactive := v.Bool()
			d.Inactive = &inactive
		}
		var err error
		if d.Include, err = includes(compose.Get("include"), "include"); err != nil {
			return nil, err
		}
		if d.Exclude, err = includes(compose.Get("exclude"), "exclude"); err != nil {
			return nil, err
		}
		if len(d.Include) == 0 {
			return nil, fhir.Errorf(fhir.Unprocessable, "The value set %s includes nothing; compose needs an include.", d.name()).At("ValueSet.compose.include")
		}
	case top.Get("expansion").Exists():
		d.listed(top.Get("expansion.contains"))
	default:
		return nil, fhir.Errorf(fhir.Unprocessable, "The value set %s has neither a compose nor an expansion, so what it holds is not known.", d.name()).At("ValueSet.compose")
	}
	return d, nil
}

// name is the canonical, as messages show it.
func (d *Definition) name() string {
	switch {
	case d.URL == "":
		return "in the request"
	case d.Version == "":
		return d.URL
	}
	return d.URL + "|" + d.Version
}

func text(v gjson.Result) string { return strings.Clone(v.String()) }

func includes(list gjson.Result, what string) ([]Include, error) {
	var out []Include
	var err error
	list.ForEach(func(_, v gjson.Result) bool {
		in := Include{System: text(v.Get("system")), Version: text(v.Get("version"))}
		v.Get("concept").ForEach(func(_, c gjson.Result) bool {
			in.Concepts = append(in.Concepts, given(c))
			return true
		})
		v.Get("filter").ForEach(func(_, f gjson.Result) bool {
			in.Filters = append(in.Filters, Filter{text(f.Get("property")), op(f), text(f.Get("value"))})
			return true
		})
		v.Get("valueSet").ForEach(func(_, u gjson.Result) bool {
			in.ValueSets = append(in.ValueSets, text(u))
			return true
		})
		in.sort()
		err = in.check(what)
		out = append(out, in)
		return err == nil
	})
	return out, err
}

// check holds the include to the rules vsd-1 to vsd-3.
func (in *Include) check(what string) error {
	path := "ValueSet.compose." + what
	switch {
	case in.System == "" && len(in.ValueSets) == 0:
		return fhir.Errorf(fhir.Unprocessable, "Each %s of a value set needs a system or a valueSet.", what).At(path)
	case in.System == "" && len(in.Concepts)+len(in.Filters) > 0:
		return fhir.Errorf(fhir.Unprocessable, "An %s with concepts or filters needs a system.", what).At(path)
	case len(in.Concepts) > 0 && len(in.Filters) > 0:
		return fhir.Errorf(fhir.Unprocessable, "An %s cannot have both concepts and filters.", what).At(path)
	}
	return nil
}

func given(c gjson.Result) Given {
	g := Given{Code: text(c.Get("code")), Display: text(c.Get("display")), Standing: standing(c.Get("extension")), Extensions: strings.Clone(c.Get("extension").Raw)}
	c.Get("designation").ForEach(func(_, d gjson.Result) bool {
		g.Designations = append(g.Designations, Text{
			Language: text(d.Get("language")),
			Use:      strings.Clone(d.Get("use").Raw),
			Value:    text(d.Get("value")),

			Extensions: strings.Clone(d.Get("extension").Raw),
		})
		return true
	})
	return g
}

// listed takes a stored expansion, and what is nested in it.
func (d *Definition) listed(contains gjson.Result) {
	contains.ForEach(func(_, c gjson.Result) bool {
		g := given(c)
		g.System, g.Version = text(c.Get("system")), text(c.Get("version"))
		g.Abstract, g.Inactive = c.Get("abstract").Bool(), c.Get("inactive").Bool()
		if g.Code != "" {
			d.Listed = append(d.Listed, g)
		}
		d.listed(c.Get("contains"))
		return true
	})
}
