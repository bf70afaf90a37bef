package importers

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"masjala/importers/cell"
	"masjala/importers/sheet"
)

// sumWords are what the first cell of a row of sums says, as Key makes it.
var sumWords = wordSet("total|totals|totaux|totales|totais|total general|total generale|total geral|grand total|overall total|sub total|subtotal|sub totals|subtotals|sous total|sous totaux|" +
	"subtotales|subtotais|somme|suma|soma|sum|jumla|jumla kuu|jumla ndogo|المجموع|المجموع الكلي|المجموع العام|الاجمالي|الاجمالي العام|اجمالي|الجملة|ድምር|ጠቅላላ ድምር")

// placeWords are those of them that are names of places as well: Soma in the Gambia, Jumla in Nepal.
var placeWords = wordSet("suma|soma|sum|jumla")

func wordSet(list string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.SplitSeq(list, "|") {
		out[Key(w)] = true
	}
	return out
}

// isSum tells whether a row of a list with areas holds sums, which are nothing to import: a word for
// that, and beside it only numbers and areas; no areas beside a word that may be a name.
func (s *Source) isSum(cells []string) bool {
	if len(s.area) == 0 {
		return false
	}
	sum, sure, placed := false, true, false
	for at, c := range cells {
		c = cell.Western(strings.TrimSpace(c))
		if c == "" || isFigure(c) {
			continue
		}
		if len(c) <= 60 {
			if says, surely := s.saysSum(Key(c), at); says {
				sum, sure = true, sure && surely
				continue
			}
		}
		if !slices.Contains(s.area, at) {
			return false
		}
		placed = true
	}
	return sum && (sure || !placed)
}

// saysSum tells whether a cell says that its row holds sums: "Total", and "Total Kila" outside of the
// columns of what each row must have, where it may be a name. surely is false for the name of a place.
func (s *Source) saysSum(key string, at int) (says, surely bool) {
	if sumWords[key] {
		return true, !placeWords[key]
	}
	if slices.Contains(s.needed, at) {
		number, cut := strings.CutPrefix(key, "total ")
		return cut && strings.Trim(number, "0123456789 ") == "", true
	}
	for n := strings.IndexByte(key, ' '); n > 0; {
		if sumWords[key[:n]] {
			says, surely = true, surely || !placeWords[key[:n]]
		}
		next := strings.IndexByte(key[n+1:], ' ')
		if next < 0 {
			break
		}
		n += 1 + next
	}
	return says, surely
}

// betweenDigits takes out of a number what stands between and behind its digits.
var betweenDigits = strings.NewReplacer(",", "", " ", "", "\u00a0", "", "%", "")

// isFigure tells whether a cell holds a number, maybe with a percent sign or groups of digits.
func isFigure(c string) bool {
	if c[0] != '-' && c[0] != '+' && (c[0] < '0' || c[0] > '9') {
		return false
	}
	_, err := strconv.ParseFloat(betweenDigits.Replace(c), 64)
	return err == nil
}

// mostAside is how many rows that are passed over are told one by one.
const mostAside = 100

// passes tells whether a row is passed over: one of sums, or a title or note that is merged over several
// columns of a list with areas.
func (s *Source) passes(row *sheet.Row) bool {
	told := Issue{Row: row.Number, Severity: Info, Rule: "row-of-sums", Reason: "the row holds sums of others", Fix: "Not imported."}
	if !s.isSum(row.Cells) {
		if !s.isTitle(row) {
			return false
		}
		told = Issue{Row: row.Number, Severity: Warning, Rule: "row-title", Value: Clean(strings.Join(row.Cells, " ")),
			Reason: "the row has one text, over several columns: a title of the rows below it, or a note",
			Fix:    "Not imported; if it names the area of the rows below, write that into a column of theirs."}
	}
	if len(s.aside) < mostAside {
		s.aside = append(s.aside, told)
	} else {
		s.beyond++
	}
	return true
}

// isTitle tells whether the only text of a row of a list with areas is merged over columns that have several
// headings; where the names of all rows are merged like their heading, they are none.
func (s *Source) isTitle(row *sheet.Row) bool {
	if row.Title == nil || len(s.area) == 0 {
		return false
	}
	headed := 0
	for at := row.Title.Left; at <= row.Title.Right && at < len(s.headings); at++ {
		if s.headings[at] != "" {
			headed++
		}
	}
	return headed > 1
}

// reportAside reports the rows that were passed over.
func (s *Source) reportAside(issues *Issues) {
	for _, i := range s.aside {
		issues.Add(i)
	}
	if s.beyond > 0 {
		issues.Add(Issue{Row: s.aside[mostAside-1].Row, Severity: Warning, Rule: "more-rows-aside", Reason: fmt.Sprintf("below this row, %d more hold sums, titles or notes", s.beyond),
			Fix: "Not imported; look through them."})
	}
}
