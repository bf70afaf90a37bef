package importers

import (
	"cmp"
	"fmt"

	"masjala/importers/sheet"
)

// chain is the columns of areas, from the highest, that a list fills in only where an area begins:
// the blank cells below mean the same.
type chain struct {
	at    []int       // positions in the sheet
	above [][2]string // by position in at: the cell above, as displayed and as stored
	taken []int       // by position in at: how many blank cells were filled
}

// findAreas finds the columns of areas, and of what each row must have. What this program exported says in
// each cell what is so.
func (s *Source) findAreas(targets []Target) {
	if s.Has(KeyTarget) {
		return
	}
	for i := range targets {
		t := &targets[i]
		if t.Needed {
			s.needed = append(s.needed, s.positions(t.Name)...)
		}
		s.area = append(s.area, s.positionsIf(t.Levels, t.Name)...)
	}
}

// data are those of the first rows that are read: no headings, no sums and no titles.
func (s *Source) data(rows []sheet.Row) []sheet.Row {
	var out []sheet.Row
	for i := range rows {
		if r := &rows[i]; r.Number > s.Head.Row && !RepeatsHead(s.Head.Names, r.Cells) && !s.isSum(r.Cells) && !s.isTitle(r) {
			out = append(out, *r)
		}
	}
	return out
}

// findChains finds the chains of the targets with levels, by the first rows with data.
func (s *Source) findChains(rows []sheet.Row, targets []Target) {
	if s.Has(KeyTarget) {
		return
	}
	for i := range targets {
		var c chain
		for _, at := range s.positionsIf(targets[i].Levels, targets[i].Name) {
			if !s.begins(rows, c.at, at) {
				break
			}
			c.at = append(c.at, at)
		}
		if len(c.at) > 0 {
			c.above, c.taken = make([][2]string, len(c.at)), make([]int, len(c.at))
			s.chains = append(s.chains, c)
		}
	}
}

// positions are those in the sheet of the columns of a target.
func (s *Source) positions(target string) []int {
	var out []int
	for _, i := range s.byKey[target] {
		out = append(out, s.at[i])
	}
	return out
}

func (s *Source) positionsIf(wanted bool, target string) []int {
	if !wanted {
		return nil
	}
	return s.positions(target)
}

// begins tells whether a column is filled in only where an area begins: once for each area within a higher
// one, always where a higher one begins, and the highest in no more than half of the rows. An area that
// comes again, or a single blank, is of a list in which blanks are blanks.
func (s *Source) begins(rows []sheet.Row, higher []int, at int) bool {
	filled, blank, above := 0, 0, ""
	seen := map[string]bool{}
	for _, r := range rows {
		if !s.named(r.Cells) {
			continue
		}
		began := false
		for _, h := range higher {
			began = began || !blankAt(r.Cells, h)
		}
		if began {
			clear(seen)
		}
		switch v := Clean(cellAt(r.Cells, at)); {
		case v == "" && (began || above == ""), seen[v]:
			return false
		case v == "":
			blank++
		default:
			above, seen[v] = v, true
			filled++
		}
	}
	return blank > 0 && (len(higher) > 0 || blank > 1 && blank >= filled)
}

func blankAt(cells []string, at int) bool { return Clean(cellAt(cells, at)) == "" }

// named tells whether a row has what each must have, such as the name.
func (s *Source) named(cells []string) bool {
	for _, at := range s.needed {
		if !blankAt(cells, at) {
			return true
		}
	}
	return false
}

// carry gives the blank cells of chains in a row the values above.
func (s *Source) carry(row *sheet.Row) {
	if len(s.chains) == 0 || !s.named(row.Cells) {
		return
	}
	for i := range s.chains {
		c, began := &s.chains[i], false
		for k, at := range c.at {
			switch {
			case !blankAt(row.Cells, at):
				began = true
				shown := cellAt(row.Cells, at)
				c.above[k] = [2]string{shown, cmp.Or(cellAt(row.Raw, at), shown)}
			case began:
				c.above[k] = [2]string{}
			case c.above[k][0] != "":
				row.Fill(at, c.above[k][0], c.above[k][1])
				c.taken[k]++
			}
		}
	}
}

// reportChains reports, once for each column, the cells that were filled from above.
func (s *Source) reportChains(issues *Issues) {
	for _, c := range s.chains {
		for k, at := range c.at {
			issues.Add(Issue{Column: s.Head.Names[at], Severity: Info, Rule: "area-above",
				Reason: fmt.Sprintf("the column is filled in where an area begins, and blank in the %d rows below that belong to it", c.taken[k]),
				Fix:    "They were taken to lie in the area above; if one does not, write its area into its cell."})
		}
	}
}
