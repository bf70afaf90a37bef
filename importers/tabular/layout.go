package tabular

import "slices"

// Layout finds columns for lists of values that must keep their order: the values of each list
// stand in the order of the columns, though lists may differ. A column is known by its heading.
type Layout struct{ Headings []string }

// most is how many columns a Layout makes; what needs more goes into More.
const most = 200

// Place makes sure that a list finds its columns. It tells whether there are enough.
func (l *Layout) Place(headings []string) bool {
	if l.At(headings) != nil {
		return true
	}
	all, from := slices.Clone(l.Headings), 0
	for _, h := range headings {
		at := slices.Index(all[from:], h)
		if at < 0 {
			all, at = slices.Insert(all, from, h), 0
		}
		from += at + 1
	}
	if len(all) > most {
		return false
	}
	l.Headings = all
	return true
}

// At returns the columns of a list, nil when it does not find them.
func (l *Layout) At(headings []string) []int {
	at, from := make([]int, 0, len(headings)), 0
	for _, h := range headings {
		i := slices.Index(l.Headings[from:], h)
		if i < 0 {
			return nil
		}
		at = append(at, from+i)
		from += i + 1
	}
	return at
}
