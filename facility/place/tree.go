package place

import "slices"

// none ends a list of edges.
const none = -1

// tree is who lies below whom among the resources of one type, in all hierarchies at once.
// Nodes and edges are numbers, so that a national directory takes some dozens of megabytes
// and a walk touches no other memory.
type tree struct {
	ids   ids
	nodes []node
	edges []edge
	free  int32 // first edge that is not in use, by down
}

// node is a resource that is there, or that others say they lie below.
type node struct {
	up, down int32 // first edge to a parent, and to a child
	there    bool  // the resource is current
}

// edge puts a child below a parent in the hierarchy of a kind.
type edge struct {
	kind          int32
	parent, child int32
	up            int32 // next edge of the same child
	down, before  int32 // next and last edge of the same parent
}

func newTree() *tree { return &tree{ids: newIDs(), free: none} }

// grow makes room for so many resources.
func (t *tree) grow(n int) {
	t.ids.grow(n)
	t.nodes = slices.Grow(t.nodes, max(0, n-len(t.nodes)))
	t.edges = slices.Grow(t.edges, max(0, n-len(t.edges)))
}

// number returns the node of an id, which it makes if needed.
func (t *tree) number(id string) int32 {
	n, added := t.ids.add(id)
	if added {
		t.nodes = append(t.nodes, node{up: none, down: none})
	}
	return n
}

// link adds an edge and returns its number.
func (t *tree) link(kind, parent, child int32) int32 {
	e := t.free
	if e == none {
		e = int32(len(t.edges))
		t.edges = append(t.edges, edge{})
	} else {
		t.free = t.edges[e].down
	}
	p, c := &t.nodes[parent], &t.nodes[child]
	t.edges[e] = edge{kind: kind, parent: parent, child: child, up: c.up, down: p.down, before: none}
	if p.down != none {
		t.edges[p.down].before = e
	}
	p.down, c.up = e, e
	return e
}

// cut removes an edge.
func (t *tree) cut(e int32) {
	gone := t.edges[e]
	if gone.before == none {
		t.nodes[gone.parent].down = gone.down
	} else {
		t.edges[gone.before].down = gone.down
	}
	if gone.down != none {
		t.edges[gone.down].before = gone.before
	}
	for at := &t.nodes[gone.child].up; *at != none; at = &t.edges[*at].up {
		if *at == e {
			*at = gone.up
			break
		}
	}
	t.edges[e].down, t.free = t.free, e
}

// parentIn returns the edge of a kind from a node to a parent, none when there is none.
func (t *tree) parentIn(kind, child int32) int32 {
	for e := t.nodes[child].up; e != none; e = t.edges[e].up {
		if t.edges[e].kind == kind {
			return e
		}
	}
	return none
}

// kinds is a set of hierarchies.
type kinds []int32

func (k kinds) has(kind int32) bool {
	return len(k) == 1 && k[0] == kind || slices.Contains(k, kind)
}

// reach calls fn for every node that can be reached from one by edges of some kinds, up or
// down, nearest first and each once, never for the start; depth bounds the steps. A cycle
// ends where it comes back.
func (t *tree) reach(from int32, k kinds, down bool, depth int, fn func(n int32)) {
	seen := make(marks, (t.ids.len()+63)/64)
	seen.mark(from)
	level := []int32{from}
	var next []int32
	for step := 0; len(level) > 0 && step < depth; step++ {
		for _, n := range level {
			next = t.step(n, k, down, seen, next)
		}
		for _, n := range next {
			fn(n)
		}
		level, next = next, level[:0]
	}
}

// step appends the nodes one step away that were not seen.
func (t *tree) step(n int32, k kinds, down bool, seen marks, out []int32) []int32 {
	e := t.nodes[n].up
	if down {
		e = t.nodes[n].down
	}
	for e != none {
		at := &t.edges[e]
		to := at.parent
		e = at.up
		if down {
			to, e = at.child, at.down
		}
		if k.has(at.kind) && seen.mark(to) {
			out = append(out, to)
		}
	}
	return out
}

// marks is a set of nodes.
type marks []uint64

// mark adds a node and tells whether it was not in the set.
func (m marks) mark(n int32) bool {
	bit := uint64(1) << (n & 63)
	if m[n>>6]&bit != 0 {
		return false
	}
	m[n>>6] |= bit
	return true
}
