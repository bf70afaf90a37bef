package search

import (
	"iter"
	"strings"

	"masjala/fhir"
)

// node says which members of an object are indexed, and how.
type node struct{ edges []edge }

// edge leads from an object to one of its members.
type edge struct {
	name       string
	filter     string // only objects whose member filter is want
	want       string
	parameters []*Parameter // those that look at the member
	to         *node
	direct     bool // nothing but to, and no other edge of the name: it can be walked at once
}

// metaPlan holds what is indexed of meta.
var metaPlan = makePlan(everywhere, "meta.")

// newTable makes a table of the parameters of each type.
func newTable(perType [][]*Parameter) *table {
	t := &table{perType: perType, plans: make([]*node, len(types))}
	for i := range types {
		t.plans[i] = makePlan(perType[i], "")
	}
	return t
}

// translated is below the sibling _x of a text x that is given in other languages too.
const translated = ".extension[url=" + fhir.TranslationURL + "].extension[url=content].valueString"

// makePlan joins the paths that start with prefix. A text is found by its translations too
// (https://hl7.org/fhir/R4/extension-translation.html).
func makePlan(ps []*Parameter, prefix string) *node {
	root := &node{}
	for p := range eachType(ps) {
		for _, path := range p.Path {
			if path, ok := strings.CutPrefix(path, prefix); ok && p.Name != "_lastUpdated" && p.Name != "_id" {
				root.add(p, path)
				if p.element == textElement {
					last := strings.LastIndexByte(path, '.') + 1
					root.add(p, path[:last]+"_"+path[last:]+translated)
				}
			}
		}
	}
	root.settle(map[*node]bool{})
	return root
}

// eachType yields the parameters, those for several data types once for each.
func eachType(ps []*Parameter) iter.Seq[*Parameter] {
	return func(yield func(*Parameter) bool) {
		for _, p := range ps {
			if !yield(p) {
				return
			}
			for _, other := range p.also {
				if !yield(other) {
					return
				}
			}
		}
	}
}

// add enters a path: names joined by dots; name[a=b] takes only objects whose member a
// is b, name+ repeats itself to any depth.
func (n *node) add(p *Parameter, path string) {
	for {
		var want edge
		step, rest := cutStep(path)
		name, again := strings.CutSuffix(step, "+")
		want.name, want.filter = name, ""
		if at := strings.IndexByte(name, '['); at >= 0 {
			want.name = name[:at]
			want.filter, want.want, _ = strings.Cut(strings.TrimSuffix(name[at+1:], "]"), "=")
		}
		e := n.edge(want)
		if rest == "" {
			e.parameters = append(e.parameters, p)
			return
		}
		if again && e.to.find(want) == nil {
			e.to.edges = append(e.to.edges, edge{name: want.name, to: e.to})
		}
		n, path = e.to, rest
	}
}

// cutStep cuts the first step off a path; a dot between brackets is none.
func cutStep(path string) (step, rest string) {
	from := 0
	if open, end := strings.IndexByte(path, '['), strings.IndexByte(path, ']'); open >= 0 && open < strings.IndexByte(path+".", '.') {
		from = end
	}
	if dot := strings.IndexByte(path[from:], '.'); dot >= 0 {
		return path[:from+dot], path[from+dot+1:]
	}
	return path, ""
}

func (n *node) find(want edge) *edge {
	for i := range n.edges {
		if e := &n.edges[i]; e.name == want.name && e.filter == want.filter && e.want == want.want {
			return e
		}
	}
	return nil
}

func (n *node) edge(want edge) *edge {
	if e := n.find(want); e != nil {
		return e
	}
	want.to = &node{}
	n.edges = append(n.edges, want)
	return &n.edges[len(n.edges)-1]
}

// settle marks the edges that can be walked at once.
func (n *node) settle(done map[*node]bool) {
	if done[n] {
		return
	}
	done[n] = true
	for i := range n.edges {
		e := &n.edges[i]
		same := 0
		for _, other := range n.edges {
			if other.name == e.name {
				same++
			}
		}
		e.direct = same == 1 && e.filter == "" && len(e.parameters) == 0
		e.to.settle(done)
	}
}
