package importers

import (
	"slices"
	"strconv"
	"strings"

	"masjala/importers/sheet"
)

// sumWords are what the first cell of a row of sums says, as Key makes it.
var sumWords = wordSet("total|totals|totaux|totales|totais|total general|total generale|total geral|grand total|overall total|sub total|subtotal|sub totals|subtotals|sous total|sous totaux|" +
	"subtotales|subtotais|somme|suma|soma|sum|jumla|jumla kuu|jumla ndogo|المجموع|المجموع الكلي|المجموع العام|الاجمالي|الاجمالي العام|اجمالي|الجملة|ድምር|ጠቅላላ ድምር")

func wordSet(list string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.SplitSeq(list, "|") {
		out[Key(w)] = true
	}
	return out
}

// isSum tells whether a row of a list with areas holds sums, which are nothing to import: a word for
// that, and beside it only numbers and areas.
func (s *Source) isSum(cells []string) bool {
	if len(s.area) == 0 {
		return false
	}
	sum := false
	for at, c := range cells {
		c = strings.TrimSpace(c)
		switch {
		case c == "", isFigure(c):
		case len(c) <= 60 && s.saysSum(Key(c), at):
			sum = true
		case !slices.Contains(s.area, at):
			return false
		}
	}
	return sum
}

// saysSum tells whether a cell says that its row holds sums: "Total", and "Total Kila" outside of the
// columns of what each row must have, where it may be a name.
func (s *Source) saysSum(key string, at int) bool {
	if sumWords[key] {
		return true
	}
	if slices.Contains(s.needed, at) {
		number, cut := strings.CutPrefix(key, "total ")
		return cut && strings.Trim(number, "0123456789 ") == ""
	}
	for n := strings.IndexByte(key, ' '); n > 0; {
		if sumWords[key[:n]] {
			return true
		}
		next := strings.IndexByte(key[n+1:], ' ')
		if next < 0 {
			break
		}
		n += 1 + next
	}
	return false
}

// isFigure tells whether a cell holds a number, maybe with a percent sign or groups of digits.
func isFigure(c string) bool {
	if c[0] != '-' && c[0] != '+' && (c[0] < '0' || c[0] > '9') {
		return false
	}
	_, err := strconv.ParseFloat(strings.NewReplacer(",", "", " ", "", "\u00a0", "", "%", "").Replace(c), 64)
	return err == nil
}

// mostAside is how many rows that are passed over are told one by one.
const mostAside = 100

// passes tells whether a row is passed over: one of sums, or a title or note that is merged over several
// columns of a list with areas.
func (s *Source) passes(row *sheet.Row) bool {
	told := Issue{Row: row.Number, Severity: Info, Rule: "row-of-sums", Reason: "the row holds sums of others", Fix: "Not imported."}
	if !s.isSum(row.Cells) {
		if !row.Title || len(s.area) == 0 {
			return false
		}
		told = Issue{Row: row.Number, Severity: Warning, Rule: "row-title", Value: Clean(strings.Join(row.Cells, " ")),
			Reason: "the row has one text, over several columns: a title of the rows below it, or a note",
			Fix:    "Not imported; if it names the area of the rows below, write that into a column of theirs."}
	}
	if len(s.aside) < mostAside {
		s.aside = append(s.aside, told)
	}
	return true
}

// reportAside reports the rows that were passed over.
func (s *Source) reportAside(issues *Issues) {
	for _, i := range s.aside {
		issues.Add(i)
	}
}
