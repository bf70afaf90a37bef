package sheet

import "masjala/importers/sheet/grid"

// filler gives the rows below the first of merged cells the value that they show: a district
// that is written once beside its five facilities is the district of each.
type filler struct {
	byTop  map[int][]grid.Merge
	active []filled
}

// filled is a range that the present row may lie in.
type filled struct {
	grid.Merge
	shown, raw string
}

func newFiller(merges []grid.Merge) filler {
	f := filler{}
	for _, m := range merges {
		if m.Bottom > m.Top {
			if f.byTop == nil {
				f.byTop = map[int][]grid.Merge{}
			}
			f.byTop[m.Top] = append(f.byTop[m.Top], m)
		}
	}
	return f
}

// titleWidth is over how many columns a title is merged at least.
const titleWidth = 3

// wideOf finds the merged cells that are wide enough for a title, by the row and column they begin at.
func wideOf(merges []grid.Merge) map[[2]int]*grid.Merge {
	out := map[[2]int]*grid.Merge{}
	for i := range merges {
		if m := &merges[i]; m.Right-m.Left+1 >= titleWidth {
			out[[2]int{m.Top, m.Left}] = m
		}
	}
	return out
}

// apply fills a row that has something of its own.
func (f *filler) apply(row *Row) {
	if f.byTop == nil {
		return
	}
	kept := f.active[:0]
	for _, a := range f.active {
		if row.Number > a.Bottom {
			continue
		}
		kept = append(kept, a)
		row.Fill(a.Left, a.shown, a.raw)
	}
	f.active = kept
	for _, m := range f.byTop[row.Number] {
		if m.Left < len(row.Cells) && !isBlank(row.Cells[m.Left]) {
			a := filled{Merge: m, shown: row.Cells[m.Left], raw: row.Cells[m.Left]}
			if m.Left < len(row.Raw) {
				a.raw = row.Raw[m.Left]
			}
			f.active = append(f.active, a)
		}
	}
}
