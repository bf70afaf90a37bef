package terminology

import (
	"context"
	"strconv"
	"strings"

	"masjala/fhir"
	"masjala/terminology/compose"
)

// Reason is one step of why a code is, or is not, in a value set: what an include or an
// exclude does to it.
type Reason struct {
	ValueSet string // canonical of the value set that has the include
	Path     string // "compose.include[0]"
	Holds    bool   // the include has the code, or the exclude takes it out
	Text     string // in words
}

const (
	maxReasons   = 200
	maxExplained = 8 // how deep imported value sets are explained
)

// explain tells step by step why a value set has a coding or not.
func (k *checker) explain(ctx context.Context, s *subject, x *Coding, depth int) ([]Reason, bool, error) {
	if !s.definition.Composed {
		a := k.quietly().inListed(s, "", x, &match{})
		return []Reason{{s.name(), "expansion", a == yes, k.verdict(a == yes, msgWhyListed, msgWhyNotListed)}}, a == yes, nil
	}
	var out []Reason
	in, removed := false, false
	for i := range s.definition.Include {
		list, holds, err := k.reasons(ctx, s, &s.definition.Include[i], "compose.include["+strconv.Itoa(i)+"]", x, depth)
		if err != nil {
			return nil, false, err
		}
		out, in = append(out, list...), in || holds
	}
	for i := range s.definition.Exclude {
		list, holds, err := k.reasons(ctx, s, &s.definition.Exclude[i], "compose.exclude["+strconv.Itoa(i)+"]", x, depth)
		if err != nil {
			return nil, false, err
		}
		out, removed = append(out, list...), removed || holds
	}
	return out[:min(len(out), maxReasons)], in && !removed, nil
}

// quietly is the checker without its findings, for questions aside.
func (k *checker) quietly() *checker {
	return &checker{v: k.v, voice: k.voice, infer: k.infer, steps: k.steps, checks: Checks{MembershipOnly: true}}
}

func (k *checker) verdict(holds bool, good, bad string, args ...string) string {
	if holds {
		return k.say(good, args...)
	}
	return k.say(bad, args...)
}

// reasons explains one include or exclude: its system, then each value set that it names.
func (k *checker) reasons(ctx context.Context, s *subject, in *compose.Include, path string, x *Coding, depth int) ([]Reason, bool, error) {
	var out []Reason
	holds := true
	if in.System != "" {
		ok, text, err := k.ofSystem(ctx, s, in, x)
		if err != nil {
			return nil, false, err
		}
		out, holds = append(out, Reason{s.name(), path, ok, text}), ok
	}
	for i, canonical := range in.ValueSets {
		at := path + ".valueSet[" + strconv.Itoa(i) + "]"
		if depth >= maxExplained {
			return append(out, Reason{s.name(), at, false, k.say(msgWhyDeep)}), false, nil
		}
		other, err := k.imported(ctx, s, canonical)
		if err != nil {
			return nil, false, err
		}
		list, ok, err := k.explain(ctx, other, x, depth+1)
		if err != nil {
			return nil, false, err
		}
		out = append(out, Reason{s.name(), at, ok, k.verdict(ok, msgWhyImport, msgWhyNotImport, other.name())})
		out, holds = append(out, list...), holds && ok
	}
	return out, holds, nil
}

// ofSystem tells whether the system of an include, with its concepts or filters, has a coding.
func (k *checker) ofSystem(ctx context.Context, s *subject, in *compose.Include, x *Coding) (bool, string, error) {
	if !k.v.c.same(in.System, x.System) {
		return false, k.say(msgWhyOtherSystem, in.System), nil
	}
	e := k.v.c.usableOrNil(in.System, k.v.rules.version(in.System, in.Version))
	if e == nil {
		listed := in.Names(x.Code) != nil
		return listed, k.verdict(listed, msgWhyConcept, msgWhySystemAbsent, in.System), nil
	}
	e = e.holding(k.v.s, x.Code)
	if _, known := e.set.Find(x.Code); !known {
		id, args := unknownCodePhrase(x.Code, e)
		return false, k.say(id, args...), nil
	}
	if len(in.Concepts) > 0 {
		_, ok, err := k.v.has(ctx, s, in, k.v.systemOf(e), x.Code)
		return ok, k.verdict(ok, msgWhyConcept, msgWhyNotConcept, e.canonical()), err
	}
	var met, missed []string
	sys := k.v.systemOf(e)
	var filters []compose.Filter
	for i := range in.Filters {
		filters = append(filters, in.Filters[i].Parts(sys)...)
	}
	for i, f := range filters {
		one := compose.Include{System: in.System, Version: in.Version, Filters: filters[i : i+1]}
		_, ok, err := k.v.has(ctx, s, &one, sys, x.Code)
		if err != nil {
			return false, "", err
		}
		text := f.Property + " " + f.Op + " " + f.Value
		if ok {
			met = append(met, text)
		} else {
			missed = append(missed, text)
		}
	}
	switch {
	case len(missed) > 0:
		return false, k.say(msgWhyFilterMissed, strings.Join(missed, ", ")), nil
	case len(met) > 0:
		return true, k.say(msgWhyFilterMet, strings.Join(met, ", ")), nil
	}
	return true, k.say(msgWhyWhole, e.canonical()), nil
}

// reasonsFor explains all codings of a request. A value set that cannot be evaluated is not
// explained.
func (k *checker) reasonsFor(ctx context.Context, s *subject, codings []Coding) ([]Reason, error) {
	var out []Reason
	for i := range codings {
		x := codings[i]
		if x.System == "" {
			x.System = k.implied
		}
		list, _, err := k.quietly().explain(ctx, s, &x, 0)
		if fhir.KindOf(err) == fhir.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out[:min(len(out), maxReasons)], nil
}
