package compose

import (
	"context"

	"masjala/terminology/concept"
)

// Selection says which members List shows.
type Selection struct {
	Text       string                    // what somebody typed to find members: best first, unless InOrder
	Languages  []string                  // of the reader of what Text finds, best first
	InOrder    bool                      // all that Text finds, in the order of the value set
	ActiveOnly bool                      // leave inactive members out
	ForUI      bool                      // leave abstract members out
	Without    func(system *System) bool // systems to leave out; nil for none
	Offset     int
	Count      int // members on the page; -1 for all
}

// List calls yield with the members of a page, in the order of the value set or those that a
// text finds best first, and returns how many members the selection has on all pages. It fails with the error of ctx.
func (p *Plan) List(ctx context.Context, sel Selection, yield func(Member)) (total int, err error) {
	if q := concept.NewQuery(sel.Text, sel.Languages); q != nil {
		return p.search(ctx, &sel, q, yield)
	}
	for _, x := range p.parts {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		if sel.Without != nil && sel.Without(x.sys) {
			continue
		}
		page := sel
		page.Offset = max(0, sel.Offset-total)
		if sel.Count >= 0 {
			page.Count = max(0, sel.Count-max(0, total-sel.Offset))
		}
		if x.listed != nil || x.bits == nil {
			total += x.listPage(&page, yield)
		} else {
			total += x.bitsPage(&page, yield)
		}
	}
	return total, nil
}

// bitsPage lists members by number.
func (x *part) bitsPage(sel *Selection, yield func(Member)) int {
	set, bits := x.sys.Set, x.bits
	if sel.ActiveOnly || sel.ForUI {
		left := concept.NewRuns(set.Len())
		for k := range bits.All {
			if !(sel.ActiveOnly && set.Inactive(k) || sel.ForUI && set.Abstract(k)) {
				left.Add(k)
			}
		}
		bits = left
	}
	total := bits.Count()
	left := sel.Count
	if first, ok := bits.Skip(sel.Offset); ok && left != 0 {
		bits.From(first, func(k uint32) bool {
			yield(Member{System: x.sys, Number: k, Known: true})
			left--
			return left != 0
		})
	}
	return total
}

// listPage lists members in the order of the definition.
func (x *part) listPage(sel *Selection, yield func(Member)) int {
	total, left := 0, sel.Count
	if !sel.ActiveOnly && !sel.ForUI {
		all := len(x.listed)
		for i := sel.Offset; i < all && left != 0; i++ {
			yield(x.member(&x.listed[i]))
			left--
		}
		return all
	}
	for i := range x.listed {
		m := x.member(&x.listed[i])
		if sel.ActiveOnly && m.Inactive() || sel.ForUI && m.Abstract() {
			continue
		}
		if total >= sel.Offset && left != 0 {
			yield(m)
			left--
		}
		total++
	}
	return total
}
