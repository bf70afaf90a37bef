package search

import "strings"

// ProvenanceTarget is the value of _revinclude that asks for the Provenance of what is found.
const ProvenanceTarget = "Provenance:target"

// include reads Type:parameter[:target], Type:* or * of _include and _revinclude
// (https://hl7.org/fhir/R4/search.html#revinclude).
func (r *reader) include(p Pair, reverse bool, modifier string) (verdict, error) {
	inc := Include{Reverse: reverse}
	switch modifier {
	case "":
	case "iterate", "recurse": // recurse is the name before R4
		inc.Iterate = true
	default:
		return unknown, refuse(p.Name, "the modifier %q is not :iterate", clip(modifier))
	}
	if p.Value == "" {
		return unknown, r.empty(p)
	}
	if reverse && !inc.Iterate && p.Value == ProvenanceTarget {
		r.q.Provenance = true
		return understood, nil
	}
	if why := inc.read(p.Value); why != "" {
		return silent, r.ignore(p, why)
	}
	r.q.Includes = append(r.q.Includes, inc)
	return understood, nil
}

// read fills Source, Param and Target, or says what is wrong.
func (inc *Include) read(value string) string {
	parts := strings.Split(value, ":")
	inc.Source = parts[0]
	if inc.Source == "*" {
		if len(parts) > 1 {
			return "write * alone, or Type:parameter"
		}
		return ""
	}
	if !held(inc.Source) {
		return "this server does not hold resources of type " + clip(inc.Source)
	}
	if len(parts) < 2 || len(parts) > 3 {
		return "write Type:parameter or Type:parameter:TargetType"
	}
	if parts[1] != "*" {
		inc.Param = Lookup(inc.Source, parts[1])
		if inc.Param == nil || inc.Param.Kind != Reference {
			return clip(parts[1]) + " is not a reference parameter of " + inc.Source
		}
	}
	if len(parts) == 3 {
		inc.Target = parts[2]
		if !held(inc.Target) {
			return "this server does not hold resources of type " + clip(inc.Target)
		}
	}
	return ""
}
