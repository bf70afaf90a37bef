package importers

import (
	"strings"

	"masjala/importers/sheet"
)

// floatColumns tells which columns have whole numbers as programs write them that take codes and telephones
// for decimal numbers: 1023.0, and nan for none. Where all values of the first rows with data are so, the point
// and the nought say nothing.
func (s *Source) floatColumns(rows []sheet.Row) []bool {
	out := make([]bool, len(s.Columns))
	if s.Has(KeyTarget) {
		return out
	}
	for i, at := range s.at {
		whole, others := 0, 0
		for _, r := range rows {
			switch v := Clean(cellAt(r.Cells, at)); {
			case v == "" || strings.EqualFold(v, "nan"):
			case withoutFraction(v) != v:
				whole++
			default:
				others++
			}
		}
		out[i] = whole > 1 && others == 0 && !s.plain[s.Columns[i].Target]
	}
	return out
}

// withoutFraction takes the fraction of nought off a whole number.
func withoutFraction(v string) string {
	if number, cut := strings.CutSuffix(v, ".0"); cut && isNumber(number) {
		return number
	}
	return v
}

// reportFloats reports the columns whose numbers were taken without their fractions.
func (s *Source) reportFloats(issues *Issues) {
	for i := range s.Columns {
		if s.float[i] {
			issues.Add(Issue{Column: s.Columns[i].Heading, Severity: Info, Rule: "numbers-as-decimals",
				Reason: "the numbers of the column end in .0, as programs write them that take them for decimal numbers; zeros in front may be lost",
				Fix:    "Imported without the .0; nan was taken for an empty cell."})
		}
	}
}
