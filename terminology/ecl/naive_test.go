package ecl_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"masjala/terminology/concept"
)

// codes is a set of codes.
type codes map[string]bool

// fact is a value of a concept, in the plain world.
type fact struct {
	property, member, text string // member is the JSON name of its kind
	group                  int
}

func (f fact) numeric() bool { return f.member == "valueInteger" || f.member == "valueDecimal" }

// plainWorld is a code system as plain maps, which the naive evaluator walks.
type plainWorld struct {
	codes      []string
	parents    map[string][]string
	above      map[string]codes // all ancestors
	facts      map[string][]fact
	sets       map[string]codes // members of reference sets
	attributes []string
	ontology   bool // attributes are concepts
}

// newPlainWorld makes a polyhierarchy of n concepts with values in and out of groups, and
// the same as a set.
func newPlainWorld(t testing.TB, r *rand.Rand, n int, ontology bool) (*plainWorld, *concept.Set) {
	w := &plainWorld{parents: map[string][]string{}, above: map[string]codes{}, facts: map[string][]fact{}, sets: map[string]codes{}, ontology: ontology}
	for i := range n {
		w.codes = append(w.codes, fmt.Sprintf([]string{"c%d", "c %d", "c.%d", "OR%d"}[i%4], i))
	}
	for i := range 6 {
		w.attributes = append(w.attributes, fmt.Sprint("p", i))
		if ontology {
			w.attributes[i] = w.codes[r.IntN(n)]
		}
	}
	slices.Sort(w.attributes)
	w.attributes = slices.Compact(w.attributes)
	label := r.Perm(n)
	var list []any
	for i, c := range w.codes {
		var properties []any
		for range r.IntN(4) {
			if up := r.IntN(n); label[up] < label[i] && !slices.Contains(w.parents[c], w.codes[up]) {
				w.parents[c] = append(w.parents[c], w.codes[up])
				properties = append(properties, map[string]any{"code": "parent", "valueCode": w.codes[up]})
			}
		}
		for range r.IntN(7) {
			f := w.randomFact(r)
			if !slices.Contains(w.facts[c], f) {
				w.facts[c] = append(w.facts[c], f)
			}
			properties = append(properties, f.json())
		}
		for range r.IntN(3) {
			set := w.codes[r.IntN(4)]
			if w.sets[set] == nil {
				w.sets[set] = codes{}
			}
			w.sets[set][c] = true
			properties = append(properties, map[string]any{"code": "memberOf", "valueCode": set})
		}
		list = append(list, map[string]any{"code": c, "property": properties})
	}
	for _, c := range w.codes {
		w.climb(c)
	}
	body, err := json.Marshal(map[string]any{"concept": list})
	if err != nil {
		t.Fatal(err)
	}
	return w, build(t, string(body))
}

// climb finds all that lies above a code.
func (w *plainWorld) climb(c string) codes {
	if w.above[c] == nil {
		w.above[c] = codes{}
		for _, p := range w.parents[c] {
			w.above[c][p] = true
			maps.Copy(w.above[c], w.climb(p))
		}
	}
	return w.above[c]
}

func (w *plainWorld) randomFact(r *rand.Rand) fact {
	f := fact{property: w.attributes[r.IntN(len(w.attributes))], group: r.IntN(4)}
	switch r.IntN(8) {
	case 0:
		f.member, f.text = "valueInteger", strconv.Itoa(r.IntN(9)-4)
	case 1:
		f.member, f.text = "valueDecimal", []string{"0.5", "1.0", "1", "-2.50", "1e2"}[r.IntN(5)]
	case 2:
		f.member, f.text = "valueString", randomText(r)
	case 3:
		f.member, f.text = "valueCode", fmt.Sprint("v", r.IntN(4))
	case 4:
		f.member, f.text = "valueCoding", w.few(r)
	default:
		f.member, f.text = "valueCode", w.few(r)
	}
	return f
}

func randomText(r *rand.Rand) string { return []string{"a", "A b", `q"\`, "1"}[r.IntN(4)] }

// few is one of few codes, so that values meet.
func (w *plainWorld) few(r *rand.Rand) string { return w.codes[r.IntN(min(len(w.codes), 25))] }

// json is the fact as a property of a concept.
func (f fact) json() map[string]any {
	out := map[string]any{"code": f.property, f.member: f.text}
	switch f.member {
	case "valueInteger", "valueDecimal":
		out[f.member] = json.RawMessage(f.text)
	case "valueCoding":
		out[f.member] = map[string]any{"system": "urn:x", "code": f.text}
	}
	if f.group > 0 {
		out["extension"] = []any{map[string]any{"url": concept.GroupExtension, "valueInteger": f.group}}
	}
	return out
}

// where lists the codes that meet a condition.
func (w *plainWorld) where(ok func(c string) bool) codes {
	out := codes{}
	for _, c := range w.codes {
		if ok(c) {
			out[c] = true
		}
	}
	return out
}

// related evaluates an operator.
func (w *plainWorld) related(op string, of codes) codes {
	touches := func(list codes) bool {
		for c := range list {
			if of[c] {
				return true
			}
		}
		return false
	}
	up := codes{}
	for c := range of {
		maps.Copy(up, w.above[c])
	}
	child := func(c string) bool { return slices.ContainsFunc(w.parents[c], func(p string) bool { return of[p] }) }
	parent := codes{}
	for c := range of {
		for _, p := range w.parents[c] {
			parent[p] = true
		}
	}
	switch op {
	case "<":
		return w.where(func(c string) bool { return touches(w.above[c]) })
	case "<<":
		return w.where(func(c string) bool { return of[c] || touches(w.above[c]) })
	case "<!":
		return w.where(child)
	case "<<!":
		return w.where(func(c string) bool { return of[c] || child(c) })
	case ">":
		return up
	case ">>":
		return w.where(func(c string) bool { return of[c] || up[c] })
	case ">!":
		return parent
	case ">>!":
		return w.where(func(c string) bool { return of[c] || parent[c] })
	case "!!>":
		return w.where(func(c string) bool { return of[c] && !touches(w.above[c]) })
	}
	return w.where(func(c string) bool { return of[c] && !up[c] })
}
