package text

import "slices"

// result makes what was collected into a set.
func (b *Buffer) result() Rids {
	if len(b.rids) == 0 {
		return Rids{}
	}
	slices.Sort(b.rids)
	b.rids = slices.Compact(b.rids)
	return Rids{Count: len(b.rids), List: b.rids}
}
