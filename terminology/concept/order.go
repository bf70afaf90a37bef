package concept

import (
	"cmp"
	"slices"

	"masjala/fhir"
)

// hierarchy is the numbering of concepts and who stands above whom.
// All of its numbers but those of doc and number are concept numbers.
type hierarchy struct {
	number   []uint32   // document position → concept number
	doc      []uint32   // concept number → document position
	end      []uint32   // last number of the concept's subtree in the tree cover
	extra    [][]uint32 // further descendants as pairs of first and last number; nil for most
	parents  csr
	children csr
}

// csr is a list of numbers for each concept, in two arrays.
type csr struct{ start, list []uint32 }

func (c *csr) of(i uint32) []uint32 { return c.list[c.start[i]:c.start[i+1]] }

// edge says that one concept lies directly below another.
type edge struct{ child, parent uint32 }

// group builds sorted lists by key.
func group(n int, edges []edge, key, value func(edge) uint32) csr {
	slices.SortFunc(edges, func(a, b edge) int {
		return cmp.Or(cmp.Compare(key(a), key(b)), cmp.Compare(value(a), value(b)))
	})
	out := csr{start: make([]uint32, n+1), list: make([]uint32, len(edges))}
	for i, e := range edges {
		out.list[i] = value(e)
		out.start[key(e)+1]++
	}
	for k := range n {
		out.start[k+1] += out.start[k]
	}
	return out
}

func child(e edge) uint32  { return e.child }
func parent(e edge) uint32 { return e.parent }

// order numbers n concepts in pre-order over a tree cover: each concept hangs below that
// parent of it which lies deepest. It fails with Unprocessable if a concept lies below
// itself; name tells the code at a document position. No edge may occur twice.
func order(n int, edges []edge, name func(doc uint32) string) (*hierarchy, error) {
	up := group(n, edges, child, parent)
	down := group(n, edges, parent, child)
	sorted, depth := topological(n, &up, &down)
	if len(sorted) < n {
		return nil, fhir.Errorf(fhir.Unprocessable, "concept %q lies below itself; break the circle of parents",
			name(inCircle(n, sorted))).At("CodeSystem.concept")
	}
	tree := make([]int64, n) // the parent in the tree cover, -1 for none
	for c := range uint32(n) {
		tree[c] = -1
		for _, p := range up.of(c) {
			if tree[c] < 0 || depth[p] > depth[tree[c]] {
				tree[c] = int64(p)
			}
		}
	}
	h := &hierarchy{number: make([]uint32, n), doc: make([]uint32, n), end: make([]uint32, n), extra: make([][]uint32, n)}
	h.walk(tree, &up, &down)
	h.parents, h.children = h.renumber(&up), h.renumber(&down)
	h.inherit(sorted, tree)
	return h, nil
}

// topological sorts parents before children and tells how deep each concept lies.
// Concepts in or below a circle are missing from it.
func topological(n int, up, down *csr) (sorted, depth []uint32) {
	open, depth := make([]uint32, n), make([]uint32, n)
	sorted = make([]uint32, 0, n)
	for c := range uint32(n) {
		if open[c] = uint32(len(up.of(c))); open[c] == 0 {
			sorted = append(sorted, c)
		}
	}
	for i := 0; i < len(sorted); i++ {
		p := sorted[i]
		for _, c := range down.of(p) {
			depth[c] = max(depth[c], depth[p]+1)
			if open[c]--; open[c] == 0 {
				sorted = append(sorted, c)
			}
		}
	}
	return sorted, depth
}

// inCircle returns the first document position that sorted lacks.
func inCircle(n int, sorted []uint32) uint32 {
	seen := make([]bool, n)
	for _, c := range sorted {
		seen[c] = true
	}
	return uint32(slices.Index(seen, false))
}

// walk gives the numbers, from the top, in document order among siblings.
func (h *hierarchy) walk(tree []int64, up, down *csr) {
	type visit struct {
		doc  uint32
		next int // position in down.of(doc)
	}
	var stack []visit
	count := uint32(0)
	enter := func(doc uint32) {
		h.number[doc], h.doc[count] = count, doc
		count++
		stack = append(stack, visit{doc: doc})
	}
	for root := range uint32(len(h.number)) {
		if len(up.of(root)) > 0 {
			continue
		}
		enter(root)
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			below := down.of(top.doc)
			for top.next < len(below) && tree[below[top.next]] != int64(top.doc) {
				top.next++
			}
			if top.next == len(below) {
				h.end[h.number[top.doc]] = count - 1
				stack = stack[:len(stack)-1]
				continue
			}
			top.next++
			enter(below[top.next-1])
		}
	}
}

// renumber turns lists over document positions into lists over numbers, each sorted.
func (h *hierarchy) renumber(c *csr) csr {
	n := len(h.doc)
	out := csr{start: make([]uint32, n+1), list: make([]uint32, 0, len(c.list))}
	for k := range uint32(n) {
		for _, v := range c.of(h.doc[k]) {
			out.list = append(out.list, h.number[v])
		}
		slices.Sort(out.list[out.start[k]:])
		out.start[k+1] = uint32(len(out.list))
	}
	return out
}

// inherit collects, children before parents, the descendants that the subtree lacks.
func (h *hierarchy) inherit(sorted []uint32, tree []int64) {
	var pairs [][2]uint32
	for i := len(sorted) - 1; i >= 0; i-- {
		doc := sorted[i]
		k := h.number[doc]
		pairs = pairs[:0]
		for _, c := range h.children.of(k) {
			if tree[h.doc[c]] != int64(doc) {
				pairs = append(pairs, [2]uint32{c, h.end[c]})
			}
			for e := h.extra[c]; len(e) > 0; e = e[2:] {
				pairs = append(pairs, [2]uint32{e[0], e[1]})
			}
		}
		if len(pairs) > 0 {
			h.extra[k] = merge(pairs, k, h.end[k])
		}
	}
}

// merge joins pairs that touch and drops what lies between first and last.
func merge(pairs [][2]uint32, first, last uint32) []uint32 {
	slices.SortFunc(pairs, func(a, b [2]uint32) int { return cmp.Compare(a[0], b[0]) })
	var out []uint32
	for _, p := range pairs {
		if p[0] >= first && p[1] <= last {
			continue
		}
		if n := len(out); n > 0 && p[0] <= out[n-1]+1 {
			out[n-1] = max(out[n-1], p[1])
			continue
		}
		out = append(out, p[0], p[1])
	}
	return out
}
