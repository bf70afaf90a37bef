package sheet

import (
	"strconv"
	"strings"
)

// Head is the row of column headings.
type Head struct {
	Row   int      // its number; 0 when the table has none
	Names []string // heading of each column as written; "" for an unnamed column
}

// String lists the headings for a message, the first of them where there are many.
func (h Head) String() string {
	const most = 12
	var names []string
	for _, n := range h.Names {
		if n == "" {
			continue
		}
		if len(names) == most {
			names = append(names, "…")
			break
		}
		names = append(names, strconv.Quote(n))
	}
	return strings.Join(names, ", ")
}

// FindHead finds the headings among the first rows of a sheet (40 are plenty). known tells
// how surely a text is a heading, 0 to 1; nil when nothing is known. The row with the best
// score wins: known headings, texts instead of numbers, no text twice, as wide as the rows
// below it. Headings in two rows are joined; Row is the lower one. ok is false when no row looks
// like headings.
func FindHead(rows []Row, known func(string) float64) (head Head, ok bool) {
	best, at := 0.35, 0
	width := commonWidth(rows)
	for i, r := range rows {
		lead := 0.1 // a later row must be clearly better: headings may be repeated further down
		if !ok {
			lead = 0
		}
		if s := headScore(r, rows[i+1:], width, known); s > best+lead {
			best, at, ok = s, i, true
		}
	}
	if !ok {
		return Head{}, false
	}
	if at+1 < len(rows) && divides(rows[at], rows[at+1]) {
		at++
	}
	return headAt(rows, at), true
}

// HeadAt returns the headings that end in a row, which FindHead gave before or a person chose.
// ok is false when there is no such row with content.
func HeadAt(rows []Row, number int) (head Head, ok bool) {
	for i, r := range rows {
		if r.Number == number {
			return headAt(rows, i), true
		}
	}
	return Head{}, false
}

// divides tells whether a row below headings holds the second half of them: texts below the
// blanks to the right of a heading (Coordinates: Lat, Long), and nothing or the same below others.
func divides(upper, lower Row) bool {
	if lower.Number != upper.Number+1 {
		return false
	}
	divided := 0
	for i, c := range lower.Cells {
		above := cellOf(upper, i)
		switch {
		case isBlank(c), strings.TrimSpace(c) == strings.TrimSpace(above):
		case isNumber(c), c[0] == '#', len(c) > 60:
			return false
		case !isBlank(above) && (i+1 >= len(lower.Cells) || !isBlank(cellOf(upper, i+1)) || isBlank(lower.Cells[i+1])):
			return false // a value below a heading of its own
		case isBlank(above):
			divided++
		}
	}
	return divided > 0
}

// headAt joins the headings of a row with those of the row above it, where its own are blank or
// repeated and the row above is no title.
func headAt(rows []Row, i int) Head {
	h := Head{Row: rows[i].Number, Names: trimmed(rows[i].Cells)}
	if i == 0 || rows[i-1].Number != h.Row-1 {
		return h
	}
	above := trimmed(rows[i-1].Cells)
	filled := 0
	for _, c := range above {
		if c != "" {
			filled++
		}
		if isNumber(c) {
			return h
		}
	}
	if filled < 2 {
		return h
	}
	times := map[string]int{}
	for _, n := range h.Names {
		times[n]++
	}
	for len(h.Names) < len(above) {
		h.Names = append(h.Names, "")
	}
	group := ""
	for c := range h.Names {
		if c < len(above) && above[c] != "" {
			group = above[c]
		}
		switch n := h.Names[c]; {
		case n == "" && c < len(above):
			h.Names[c] = above[c]
		case n != "" && times[n] > 1 && group != "" && group != n:
			h.Names[c] = group + " " + n
		}
	}
	return h
}

func cellOf(r Row, i int) string {
	if i < len(r.Cells) {
		return r.Cells[i]
	}
	return ""
}

// headScore judges one row as headings, from 0 to a little over 1.
func headScore(r Row, below []Row, width int, known func(string) float64) float64 {
	filled, texts, tags, sure := 0, 0, 0, 0.0
	seen := map[string]bool{}
	for _, c := range r.Cells {
		if isBlank(c) {
			continue
		}
		filled++
		if c[0] == '#' {
			tags++
		}
		key := strings.ToLower(strings.TrimSpace(c))
		if _, err := strconv.ParseFloat(key, 64); err != nil && len(c) <= 120 && !seen[key] {
			texts++
		}
		seen[key] = true
		if known != nil {
			sure += known(c)
		}
	}
	if filled == tags || width == 0 { // blank, or hashtags that stand below headings
		return 0
	}
	wide := min(1, float64(filled)/float64(width))
	clean := float64(texts) / float64(filled)
	score := 0.3*wide + 0.3*clean*wide + 0.4*min(1, sure/float64(filled)*1.5)*wide + 0.1*contrast(r, below)
	if filled == 1 && width > 1 {
		score /= 4
	}
	return score
}

// contrast is the share of columns that have a text on top and numbers below.
func contrast(r Row, below []Row) float64 {
	columns, differ := 0, 0
	for j, c := range r.Cells {
		if isBlank(c) || isNumber(c) {
			continue
		}
		columns++
		numbers, filled := 0, 0
		for _, b := range below[:min(len(below), 10)] {
			if j < len(b.Cells) && !isBlank(b.Cells[j]) {
				filled++
				if isNumber(b.Cells[j]) {
					numbers++
				}
			}
		}
		if filled > 0 && 2*numbers > filled {
			differ++
		}
	}
	if columns == 0 {
		return 0
	}
	return float64(differ) / float64(columns)
}

// commonWidth is the number of filled cells that most rows reach: the upper quartile.
func commonWidth(rows []Row) int {
	counts := map[int]int{}
	for _, r := range rows {
		n := 0
		for _, c := range r.Cells {
			if !isBlank(c) {
				n++
			}
		}
		counts[n]++
	}
	most := 0
	for n := range counts {
		most = max(most, n)
	}
	for left := len(rows) / 4; most > 0 && left >= counts[most]; most-- {
		left -= counts[most]
	}
	return most
}

func isNumber(s string) bool {
	_, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	return err == nil
}

func trimmed(cells []string) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = strings.Join(strings.Fields(strings.Trim(c, "\ufeff\u200b")), " ")
	}
	return out
}
