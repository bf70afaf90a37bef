package search

import "strings"

// unsearched says of parameters that R4 defines for every type, and that would choose other
// resources if they were left out, why this server refuses them
// (https://hl7.org/fhir/R4/search.html#all).
var unsearched = map[string]string{
	"_content": "this server does not search the whole text of resources; search by name, or by what _filter compares",
	"_text":    "this server does not search narratives; search by name, or by what _filter compares",
	"_list":    "this server keeps no lists; name the resources by _id",
	"_query":   "this server has no named queries; write the conditions as parameters or as _filter",
}

// special reads a parameter of every type that is no search parameter of resources, such as
// _contained. Known is false for all others.
func (r *reader) special(p Pair) (v verdict, known bool, err error) {
	name, modifier, _ := strings.Cut(p.Name, ":")
	why, refused := unsearched[name]
	switch {
	case refused:
		return unknown, true, refuse(p.Name, "%s", why)
	case name != "_contained" && name != "_containedType":
		return unknown, false, nil
	case modifier != "":
		return unknown, true, refuse(p.Name, "%s takes no modifier", name)
	case p.Value == "":
		return silent, true, r.empty(p)
	case name == "_containedType":
		if p.Value != "container" && p.Value != "contained" {
			return unknown, true, refuse(p.Name, "%q is neither container nor contained", clip(p.Value))
		}
	case p.Value == "true" || p.Value == "both":
		return unknown, true, refuse(p.Name, "this server searches resources, not those contained in others; false is what it does")
	case p.Value != "false":
		return unknown, true, refuse(p.Name, "%q is not one of false, true, both", clip(p.Value))
	}
	return understood, true, nil
}

// byDistance tells whether a key of _sort asks for what a search near a point does anyway:
// the nearest first.
func (r *reader) byDistance(name string, desc bool) bool {
	if name != "near" || desc || len(r.q.Sort) > 0 {
		return false
	}
	for _, p := range r.req.Pairs {
		if p.Name == name && p.Value != "" {
			return true
		}
	}
	return false
}
